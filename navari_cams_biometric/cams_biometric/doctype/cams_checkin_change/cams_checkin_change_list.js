{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

frappe.listview_settings["CAMS Checkin Change"] = {
	add_fields: ["state"],
	hide_name_column: true,
	get_indicator: cams_biometric.indicator,
};

{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

frappe.listview_settings["CAMS History Load"] = {
	add_fields: ["state"],
	get_indicator: cams_biometric.indicator,
};

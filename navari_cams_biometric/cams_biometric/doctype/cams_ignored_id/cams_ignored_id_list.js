{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

frappe.listview_settings["CAMS Ignored ID"] = {
	hide_name_column: true,
	formatters: { service_tag: cams_biometric.device_cell },
};

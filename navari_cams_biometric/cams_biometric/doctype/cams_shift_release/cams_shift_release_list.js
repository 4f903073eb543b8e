{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

cams_biometric.name_links("CAMS Shift Release");

frappe.listview_settings["CAMS Shift Release"] = {
	hide_name_column: true,
	formatters: { released_until: cams_biometric.time_cell },
};

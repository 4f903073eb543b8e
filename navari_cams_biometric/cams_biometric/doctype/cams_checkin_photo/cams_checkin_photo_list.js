{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

cams_biometric.name_links("CAMS Checkin Photo");

frappe.listview_settings["CAMS Checkin Photo"] = {
	hide_name_column: true,
	formatters: {
		employee: (_employee, _df, doc) => cams_biometric.named(cams_biometric.person(doc), doc.employee),
		taken_at: cams_biometric.time_cell,
	},
	onload: cams_biometric.name_employees,
};

{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

cams_biometric.name_links("CAMS Checkin Change");

frappe.listview_settings["CAMS Checkin Change"] = {
	add_fields: ["state"],
	hide_name_column: true,
	formatters: {
		employee: (_employee, _df, doc) => cams_biometric.named(cams_biometric.person(doc), doc.employee),
		punch_time: cams_biometric.time_cell,
	},
	onload: cams_biometric.name_employees,
	get_indicator: cams_biometric.indicator,
};

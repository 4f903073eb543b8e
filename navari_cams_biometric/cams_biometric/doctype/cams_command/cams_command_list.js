{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

cams_biometric.name_links("CAMS Command");

frappe.listview_settings["CAMS Command"] = {
	add_fields: ["state", "outcome_unknown", "user_id"],
	hide_name_column: true,
	formatters: {
		operation: (operation) => __(operation),
		employee: (_employee, _df, doc) => cams_biometric.cell(cams_biometric.person(doc), doc.employee || doc.user_id),
		service_tag: cams_biometric.device_cell,
	},
	onload: cams_biometric.name_employees,
	get_indicator: (doc) =>
		doc.outcome_unknown
			? [__("Outcome Unknown"), "orange", "outcome_unknown,=,1"]
			: cams_biometric.indicator(doc),
};

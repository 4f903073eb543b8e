{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

frappe.listview_settings["CAMS Command"] = {
	add_fields: ["state", "outcome_unknown"],
	get_indicator: (doc) =>
		doc.outcome_unknown
			? [__("Outcome Unknown"), "orange", "outcome_unknown,=,1"]
			: cams_biometric.indicator(doc),
};

{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

cams_biometric.name_links("CAMS Command");

// The gateway answers in sentences: two lines of them fit into a row. The second child are tags, which are hidden.
const RESPONSE_IN_FULL = `@media (min-width: 768px) {
	.cams-commands :is(.list-row, .list-row-head) > .level-left { flex: 1 !important; width: auto !important; }
	.cams-commands :is(.list-row, .list-row-head) > .level-right { flex: 0 0 130px !important; width: 130px !important; }
	.cams-commands .level-left > .list-row-col { min-width: 90px !important; flex: 1 1 0 !important; }
	.cams-commands .level-left > .list-subject.list-row-col { flex: 2.3 1 0 !important; }
	.cams-commands .level-left > .list-row-col:nth-child(3) { flex: 1.6 1 0 !important; }
	.cams-commands .level-left > .list-row-col:nth-child(5) { flex: 1.4 1 0 !important; }
	.cams-commands .level-left > .list-row-col:last-child { flex: 3 1 0 !important; }
	.cams-response { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; white-space: normal; line-height: 1.25; }
}`;

frappe.listview_settings["CAMS Command"] = {
	add_fields: ["state", "outcome_unknown", "user_id"],
	hide_name_column: true,
	formatters: {
		operation: (operation) => __(operation),
		employee: (_employee, _df, doc) => cams_biometric.cell(cams_biometric.person(doc), doc.employee || doc.user_id),
		service_tag: cams_biometric.device_cell,
		outcome: (text) => {
			const response = cams_biometric.escape(text || "");
			return `<div class="cams-response" title="${response}">${response}</div>`;
		},
	},
	onload(listview) {
		listview.page.wrapper.addClass("cams-commands");
		frappe.dom.set_style(RESPONSE_IN_FULL, "cams-commands");
		cams_biometric.name_employees(listview);
	},
	get_indicator: (doc) =>
		doc.outcome_unknown
			? [__("Outcome Unknown"), "orange", "outcome_unknown,=,1"]
			: cams_biometric.indicator(doc),
};

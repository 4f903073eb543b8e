frappe.listview_settings["CAMS History Load"] = {
	add_fields: ["state"],

	get_indicator(doc) {
		const colors = { Queued: "blue", Running: "blue", Done: "green", Failed: "red", Cancelled: "gray" };
		return [__(doc.state), colors[doc.state], `state,=,${doc.state}`];
	},
};

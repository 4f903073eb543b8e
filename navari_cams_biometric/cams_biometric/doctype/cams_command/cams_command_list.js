frappe.listview_settings["CAMS Command"] = {
	add_fields: ["state", "outcome_unknown"],
	get_indicator(doc) {
		const colors = {
			Queued: "blue",
			Sent: "blue",
			"Waiting for Device": "orange",
			Done: "green",
			Failed: "red",
			Cancelled: "gray",
		};
		if (doc.outcome_unknown) return [__("Outcome Unknown"), "orange", "outcome_unknown,=,1"];
		return [__(doc.state), colors[doc.state], `state,=,${doc.state}`];
	},
};

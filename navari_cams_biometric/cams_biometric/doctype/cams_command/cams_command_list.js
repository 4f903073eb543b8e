frappe.listview_settings["CAMS Command"] = {
	add_fields: ["state", "doubtful"],
	get_indicator(doc) {
		const colors = {
			Queued: "blue",
			Sent: "blue",
			"Waiting for Device": "orange",
			Done: "green",
			Failed: "red",
			Cancelled: "gray",
		};
		if (doc.doubtful) return [__("Doubtful"), "orange", "doubtful,=,1"];
		return [__(doc.state), colors[doc.state], `state,=,${doc.state}`];
	},
};

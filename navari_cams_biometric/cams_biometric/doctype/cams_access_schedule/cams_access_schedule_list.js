frappe.listview_settings["CAMS Access Schedule"] = {
	add_fields: ["state"],
	hide_name_column: true,
	get_indicator(doc) {
		const colors = {
			"Not Sent": "gray",
			Waiting: "blue",
			"Partially Applied": "orange",
			"Applied": "green",
			"Outdated": "orange",
			Failed: "red",
		};
		return [__(doc.state), colors[doc.state], `state,=,${doc.state}`];
	},
};

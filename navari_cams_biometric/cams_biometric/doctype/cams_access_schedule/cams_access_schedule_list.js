frappe.listview_settings["CAMS Access Schedule"] = {
	add_fields: ["state"],
	hide_name_column: true,
	get_indicator(doc) {
		const colors = {
			"Not Sent": "gray",
			Waiting: "blue",
			"Partly in Force": "orange",
			"In Force": "green",
			"Changed Since": "orange",
			Failed: "red",
		};
		return [__(doc.state), colors[doc.state], `state,=,${doc.state}`];
	},
};

frappe.listview_settings["CAMS Device User"] = {
	hide_name_column: true,
	get_indicator: (doc) => [__(doc.state), doc.state === "Deleted" ? "gray" : "green", `state,=,${doc.state}`],
};

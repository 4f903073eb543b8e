frappe.listview_settings["CAMS Device"] = {
	add_fields: ["enabled", "last_heard"],
	get_indicator(doc) {
		if (!doc.enabled) return [__("Disabled"), "gray", "enabled,=,0"];
		if (!doc.last_heard) return [__("Never Heard"), "orange", "last_heard,is,not set"];
		return [__("Enabled"), "green", "enabled,=,1"];
	},
};

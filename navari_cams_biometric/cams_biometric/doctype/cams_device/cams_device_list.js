{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

frappe.listview_settings["CAMS Device"] = {
	add_fields: ["enabled", "unconfirmed", "last_reported", "health", "problems"],
	hide_name_column: true,

	get_indicator(doc) {
		const { colors } = cams_biometric;
		if (!doc.enabled) return [__("Disabled"), "gray", "enabled,=,0"];
		if (doc.unconfirmed) return [__("Unconfirmed"), "orange", "unconfirmed,=,1|enabled,=,1"];
		if (doc.health) return [__(doc.health), colors[doc.health], `health,=,${doc.health}|enabled,=,1`];
		if (!doc.last_reported) return [__("Never Reported"), "orange", "last_reported,is,not set|enabled,=,1"];
		return [__("Not Checked"), "blue", "health,is,not set|enabled,=,1"];
	},

	formatters: {
		// The indicator has the worst problem, this column all of them.
		health: (value, df, doc) =>
			((doc.enabled && (doc.problems || value)) || "")
				.split(",")
				.map((problem) => __(problem))
				.join(", "),
		last_reported: (value) => (value ? frappe.datetime.comment_when(value) : ""),
	},
};

{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

cams_biometric.name_links("CAMS Device");

frappe.listview_settings["CAMS Device"] = {
	add_fields: ["enabled", "unconfirmed", "last_reported", "health", "problems", "replaced_by"],
	hide_name_column: true,

	get_indicator(doc) {
		const { colors } = cams_biometric;
		if (doc.replaced_by) return [__("Replaced"), "gray", "replaced_by,is,set"];
		if (!doc.enabled) return [__("Disabled"), "gray", "enabled,=,0"];
		if (doc.unconfirmed) return [__("Unconfirmed"), "orange", "unconfirmed,=,1|enabled,=,1"];
		if (doc.health) return [health_of(doc), colors[doc.health], `health,=,${doc.health}|enabled,=,1`];
		if (!doc.last_reported) return [__("Never Reported"), "orange", "last_reported,is,not set|enabled,=,1"];
		return [__("Not Checked"), "blue", "health,is,not set|enabled,=,1"];
	},

	formatters: {
		last_punch: (value) => (value ? frappe.datetime.comment_when(value) : `<span class="text-muted">${__("Never")}</span>`),
	},
};

// The worst problem, and how many more there are.
function health_of(doc) {
	const more = (doc.problems || "").split(",").length - 1;
	return more > 0 ? __("{0} and {1} more", [__(doc.health), more]) : __(doc.health);
}

{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

cams_biometric.name_links("CAMS Unread Event");

// Read Again and Dismiss: from the list with several, from the form with one. Frappe loads this file for both.
cams_biometric.unread_events = {
	can_settle: () => frappe.model.can_write("CAMS Unread Event"),

	read_again: (names) =>
		cams_biometric.call("unread_event_actions.read_again", names ? { names } : {}).then(({ read, unread }) =>
			frappe.show_alert({
				message: __("Understood: {0}. Still unread: {1}.", [read, unread]),
				indicator: unread ? "orange" : "green",
			}),
		),

	dismiss: (names) =>
		new Promise((resolve) =>
			frappe.confirm(dismiss_question(names.length), () =>
				resolve(
					cams_biometric.call("unread_event_actions.dismiss", { names }).then((count) =>
						frappe.show_alert({ message: __("Dismissed: {0}", [count]), indicator: "green" }),
					),
				),
			),
		),
};

function dismiss_question(count) {
	return cams_biometric.counted(
		count,
		__("Dismiss this event? Nothing in it will count."),
		__("Dismiss {0} events? Nothing in them will count.", [count]),
	);
}

frappe.listview_settings["CAMS Unread Event"] = {
	add_fields: ["state"],
	hide_name_column: true,
	formatters: {
		service_tag: (tag, _df, doc) => (tag ? cams_biometric.named(doc.service_tag_label, tag) : __("Unknown device")),
		last_received: cams_biometric.time_cell,
	},
	get_indicator: cams_biometric.indicator,

	onload(listview) {
		const actions = cams_biometric.unread_events;
		if (!actions.can_settle()) return;
		const refresh = () => cams_biometric.refresh_list(listview);
		listview.page.add_inner_button(__("Read All Again"), () => actions.read_again().then(refresh));
		for (const [label, action] of [
			[__("Read Again"), actions.read_again],
			[__("Dismiss"), actions.dismiss],
		]) {
			listview.page.add_action_item(label, () => action(listview.get_checked_items(true)).then(refresh));
		}
	},
};

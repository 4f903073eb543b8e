frappe.provide("navari_cams_biometric");

const PUNCHES = "navari_cams_biometric.cams_biometric.controllers.punch_actions";

// What a person can do with punches: from the list with several, from the form with one. Frappe loads this file
// for both.
navari_cams_biometric.punch_actions = {
	colors: { Queued: "blue", "Recorded": "green", Ignored: "gray", Held: "orange", Failed: "red" },

	can_mend: () => frappe.model.can_write("CAMS Punch"),

	retry: (names) => call("retry", names, __("Queued again: {0}")),

	accept_time: (names) => call("accept_time", names, __("Time accepted: {0}")),

	dismiss: (names) =>
		new Promise((resolve) =>
			frappe.confirm(__("Dismiss {0} punches? They will not become check-ins.", [names.length]), () =>
				resolve(call("dismiss", names, __("Dismissed: {0}"))),
			),
		),

	link_to_employee: (punch) =>
		new Promise((resolve) =>
			frappe.prompt(
				{
					fieldname: "employee",
					fieldtype: "Link",
					options: "Employee",
					label: __("Employee"),
					reqd: 1,
					get_query: () => ({ filters: { status: "Active" } }),
					description: __("Gets the Attendance Device ID {0}. All pending punches with this ID are processed again.", [
						frappe.utils.escape_html(punch.user_id),
					]),
				},
				({ employee }) =>
					frappe.xcall(`${PUNCHES}.link_to_employee`, { name: punch.name, employee }).then(() => {
						frappe.show_alert({ message: __("Linked"), indicator: "green" });
						resolve();
					}),
				__("Link to Employee"),
				__("Link"),
			),
		),
};

function call(method, names, message) {
	return frappe.xcall(`${PUNCHES}.${method}`, { names }).then((count) => {
		frappe.show_alert({ message: message.replace("{0}", count), indicator: count ? "green" : "orange" });
	});
}

// A list that has asked the same within three seconds does not ask again; here the answer is another one.
function refresh_now(listview) {
	listview.last_args = null;
	return listview.refresh();
}

frappe.listview_settings["CAMS Punch"] = {
	add_fields: ["state", "reason_code", "user_id"],
	hide_name_column: true,
	formatters: {
		punch_time: (value) => (value ? moment(value).format("D MMM YY HH:mm") : ""),
	},

	get_indicator(doc) {
		const { colors } = navari_cams_biometric.punch_actions;
		return [__(doc.state), colors[doc.state], `state,=,${doc.state}`];
	},

	onload(listview) {
		const actions = navari_cams_biometric.punch_actions;
		for (const state of Object.keys(actions.colors)) {
			listview.page.add_inner_button(
				__(state),
				() => listview.filter_area.clear(false).then(() => listview.filter_area.add([["CAMS Punch", "state", "=", state]])),
				__("Show"),
			);
		}
		if (!actions.can_mend()) return;
		const add = (label, action) =>
			listview.page.add_action_item(label, () =>
				action(listview.get_checked_items(true)).then(() => refresh_now(listview)),
			);
		add(__("Retry"), actions.retry);
		add(__("Accept Time"), actions.accept_time);
		add(__("Dismiss"), actions.dismiss);
	},

	button: {
		show: (doc) =>
			doc.state === "Held" && doc.reason_code === "UNKNOWN_USER" && navari_cams_biometric.punch_actions.can_mend(),
		get_label: () => __("Link to Employee"),
		get_description: (doc) => __("Who is {0}?", [doc.user_id]),
		action: (doc) => navari_cams_biometric.punch_actions.link_to_employee(doc).then(() => refresh_now(cur_list)),
	},
};

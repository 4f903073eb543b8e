frappe.provide("navari_cams_biometric");

const DAY_REPAIR = "navari_cams_biometric.cams_biometric.controllers.day_repair_actions";

// What a person can do with days: from the list with several, from the form with one. Frappe loads this file for
// both. Each day is a request of its own, so what is repaired stays so whatever happens to the next.
navari_cams_biometric.day_actions = {
	colors: { Open: "orange", Repaired: "green", "Skipped": "gray", Dismissed: "gray" },
	status_colors: { Absent: "red", "Half Day": "orange", Present: "green" },

	can_settle: () => frappe.model.can_write("CAMS Day Repair"),

	status(value) {
		const color = navari_cams_biometric.day_actions.status_colors[value] || "gray";
		return value ? `<span class="indicator-pill ${color}">${frappe.utils.escape_html(__(value))}</span>` : "";
	},

	async repair(names) {
		const counts = { Repaired: 0, "Skipped": 0, Open: 0 };
		try {
			for (const [index, name] of names.entries()) {
				show_progress(index, names.length);
				const { state } = await frappe.xcall(`${DAY_REPAIR}.repair`, { name });
				counts[state] = (counts[state] || 0) + 1;
			}
		} finally {
			show_progress(names.length, names.length);
			tell(counts);
		}
	},

	dismiss: (names) =>
		new Promise((resolve) =>
			frappe.prompt(
				{
					fieldname: "reason",
					fieldtype: "Small Text",
					label: __("Reason"),
					reqd: 1,
					description: __("The attendance stays as it is. Another late punch brings the day back."),
				},
				({ reason }) =>
					frappe.xcall(`${DAY_REPAIR}.dismiss`, { names, reason }).then((count) => {
						const indicator = count ? "green" : "orange";
						frappe.show_alert({ message: __("Dismissed: {0}", [count]), indicator });
						resolve();
					}),
				__("Dismiss"),
				__("Dismiss"),
			),
		),
};

function show_progress(done, total) {
	if (total > 1) frappe.show_progress(__("Repairing Days"), done, total, __("{0} of {1}", [done, total]), true);
}

function tell(counts) {
	const texts = {
		Repaired: __("Repaired: {0}", [counts.Repaired]),
		"Skipped": __("Skipped: {0}", [counts["Skipped"]]),
		Open: __("Not decided by HRMS: {0}", [counts.Open]),
	};
	const told = Object.keys(texts).filter((state) => counts[state]);
	if (!told.length) return;
	const indicator = told.length === 1 && counts.Repaired ? "green" : "orange";
	frappe.show_alert({ message: told.map((state) => texts[state]).join("<br>"), indicator }, 7);
}

// A list that has asked the same within three seconds does not ask again; here the answer is another one.
function refresh_now(listview) {
	listview.last_args = null;
	return listview.refresh();
}

frappe.listview_settings["CAMS Day Repair"] = {
	add_fields: ["state", "after_status"],
	hide_name_column: true,
	formatters: {
		before_status: (value) => navari_cams_biometric.day_actions.status(value),
		after_status: (value) => navari_cams_biometric.day_actions.status(value),
	},

	get_indicator(doc) {
		const { colors } = navari_cams_biometric.day_actions;
		return [__(doc.state), colors[doc.state], `state,=,${doc.state}`];
	},

	onload(listview) {
		const actions = navari_cams_biometric.day_actions;
		for (const state of Object.keys(actions.colors)) {
			const filter = ["CAMS Day Repair", "state", "=", state];
			listview.page.add_inner_button(
				__(state),
				() => listview.filter_area.clear(false).then(() => listview.filter_area.add([filter])),
				__("Show"),
			);
		}
		if (!actions.can_settle()) return;
		const add = (label, action) =>
			listview.page.add_action_item(label, () =>
				action(listview.get_checked_items(true)).then(() => {
					listview.clear_checked_items();
					refresh_now(listview);
				}),
			);
		add(__("Repair"), actions.repair);
		add(__("Dismiss"), actions.dismiss);
	},

	button: {
		show: (doc) => doc.state === "Open" && navari_cams_biometric.day_actions.can_settle(),
		get_label: () => __("Repair"),
		get_description: () => __("Cancel the attendance and let HRMS decide again"),
		action: (doc) => navari_cams_biometric.day_actions.repair([doc.name]).then(() => refresh_now(cur_list)),
	},
};

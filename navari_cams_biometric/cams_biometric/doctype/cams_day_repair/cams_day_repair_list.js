{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

cams_biometric.name_links("CAMS Day Repair");

// What a person can do with days: from the list with several, from the form with one. Frappe loads this file for
// both. Each day is a request of its own, so what is repaired stays so whatever happens to the next.
cams_biometric.day_actions = {
	// Not late: HRMS never counts its check-ins.
	is_uncounted: (doc) => Boolean(doc.reason_code) && doc.state === "Open",

	// Why, in the place of what HRMS would decide.
	short_reason: (code) =>
		({
			NO_SHIFT: __("No shift"),
			OUTSIDE_SHIFT: __("Outside the shift's hours"),
			SHIFT_CHANGED: __("Shift changed"),
			SPLIT: __("In and Out in two shifts"),
			HOLIDAY: __("Holiday"),
			UNASSIGNED: __("No longer in this shift"),
		})[code] || "",

	repair_label: (doc) =>
		["NO_SHIFT", "OUTSIDE_SHIFT", "SHIFT_CHANGED", "SPLIT"].includes(doc.reason_code) ? __("Fetch Shift Again") : __("Repair"),

	fetch_shifts() {
		const week_ago = frappe.datetime.add_days(frappe.datetime.get_today(), -7);
		frappe.prompt(
			[
				{ fieldname: "employee", fieldtype: "Link", options: "Employee", label: __("Employee"), description: __("Leave empty for all.") },
				{ fieldname: "from_date", fieldtype: "Date", label: __("From"), reqd: 1, default: week_ago },
				{ fieldname: "to_date", fieldtype: "Date", label: __("To"), reqd: 1, default: frappe.datetime.get_today() },
			],
			(values) =>
				cams_biometric.call("day_repair_actions.fetch_shifts", values).then((count) => {
					const message = count
						? __("Check-ins that get their shift again, in the background: {0}", [count])
						: __("Every check-in of these days counts for an attendance already.");
					frappe.show_alert({ message, indicator: count ? "blue" : "orange" });
				}),
			__("Fetch Shift Again"),
			__("Fetch"),
		);
	},

	can_settle: () => frappe.model.can_write("CAMS Day Repair"),

	status: (value) => (value ? cams_biometric.pill(value) : ""),

	async repair(names) {
		const counts = { Repaired: 0, Skipped: 0, Open: 0 };
		try {
			for (const [index, name] of names.entries()) {
				show_progress(index, names.length);
				const { state } = await cams_biometric.run("CAMS Day Repair", name, "repair");
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
					cams_biometric.call("day_repair_actions.dismiss", { names, reason }).then((count) => {
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
		Skipped: __("Skipped: {0}", [counts.Skipped]),
		Open: __("Not decided by HRMS: {0}", [counts.Open]),
	};
	const told = Object.keys(texts).filter((state) => counts[state]);
	if (!told.length) return;
	const indicator = told.length === 1 && counts.Repaired ? "green" : "orange";
	frappe.show_alert({ message: told.map((state) => texts[state]).join("<br>"), indicator }, 7);
}

frappe.listview_settings["CAMS Day Repair"] = {
	add_fields: ["state", "after_status", "reason_code"],
	hide_name_column: true,
	formatters: {
		before_status: cams_biometric.day_actions.status,
		after_status: (value, _df, doc) =>
			cams_biometric.day_actions.status(value) || cams_biometric.day_actions.short_reason(doc.reason_code),
	},
	get_indicator: cams_biometric.indicator,

	onload(listview) {
		const actions = cams_biometric.day_actions;
		if (frappe.model.can_write("Employee Checkin")) {
			listview.page.add_inner_button(__("Fetch Shift Again"), actions.fetch_shifts);
		}
		if (cams_biometric.can_add_punch()) {
			listview.page.add_inner_button(__("Add Punch"), () => cams_biometric.add_punch());
		}
		if (!actions.can_settle()) return;
		const add = (label, action) =>
			listview.page.add_action_item(label, () =>
				action(listview.get_checked_items(true)).then(() => {
					listview.clear_checked_items();
					cams_biometric.refresh_list(listview);
				}),
			);
		add(__("Repair"), actions.repair);
		add(__("Dismiss"), actions.dismiss);
	},

	button: {
		show: (doc) => doc.state === "Open" && cams_biometric.day_actions.can_settle(),
		get_label: () => __("Repair"),
		get_description: (doc) =>
			cams_biometric.day_actions.is_uncounted(doc)
				? cams_biometric.day_actions.repair_label(doc)
				: __("Cancel the attendance and let HRMS decide again"),
		action: (doc) => cams_biometric.day_actions.repair([doc.name]).then(() => cams_biometric.refresh_list(cur_list)),
	},
};

{% include "navari_cams_biometric/public/js/cams_biometric.js" %}
{% include "navari_cams_biometric/public/js/correct_time.js" %}

cams_biometric.name_links("CAMS Punch");
frappe.meta.docfield_map["CAMS Punch"].punch_type.formatter = (type) => cams_biometric.escape(cams_biometric.type_of(type));

// What a person can do with punches: from the list with several, from the form with one. Frappe loads this file
// for both.
cams_biometric.punch_actions = {
	can_mend: () => frappe.model.can_write("CAMS Punch"),

	retry: (names) => act("punch_actions.retry", names, __("Queued again: {0}")),

	correct_time: (names) =>
		cams_biometric
			.correct_time((which) => cams_biometric.call("time_correction_actions.propose", { names, ...which }))
			.then((done) => tell_moved(done, __("Time corrected: {0}"))),

	undo_time_correction: (names) =>
		cams_biometric.undo_time_correction(names).then((done) => tell_moved(done, __("Time correction undone: {0}"))),

	accept_time: (names) => act("punch_actions.accept_time", names, __("Time accepted: {0}")),

	accept_input_type: (names) => act("punch_actions.accept_input_type", names, __("Input type accepted: {0}")),

	dismiss: (names) =>
		new Promise((resolve) =>
			frappe.confirm(__("Dismiss {0} punches? They will not become check-ins.", [names.length]), () =>
				resolve(act("punch_actions.dismiss", names, __("Dismissed: {0}"))),
			),
		),

	// Whether the punch is held because it is not known, or not sure, who it was.
	asks_who: ({ state, reason_code }) =>
		state === "Held" &&
		["UNKNOWN_USER", "AMBIGUOUS_USER", "OTHER_COMPANY", "BEFORE_JOINING", "EMPLOYEE_INACTIVE"].includes(reason_code),

	link_to_employee: (punch) =>
		new Promise((resolve) =>
			frappe.prompt(
				[
					{
						fieldname: "employee",
						fieldtype: "Link",
						options: "Employee",
						label: __("Employee"),
						reqd: 1,
						description: __("Gets the user ID {0}. All pending punches with this ID are processed again.", [
							frappe.utils.escape_html(punch.user_id),
						]),
					},
					{
						fieldname: "way",
						fieldtype: "Select",
						label: __("How"),
						options: [
							{ value: "", label: __("What fits best") },
							...(punch.service_tag ? [{ value: "device", label: __("Only on this device") }] : []),
							{ value: "all", label: __("As a further ID, on all devices") },
						],
					},
					{ fieldname: "from_date", fieldtype: "Date", label: __("From") },
					{ fieldname: "until_date", fieldtype: "Date", label: __("Until"), description: __("Empty: for all days.") },
				],
				(values) =>
					cams_biometric.call("punch_actions.link_to_employee", { name: punch.name, ...values }).then(() => {
						frappe.show_alert({ message: __("Linked"), indicator: "green" });
						resolve();
					}),
				__("Link to Employee"),
				__("Link"),
			),
		),
};

// What a person looks for, one click away. Each button replaces what the others chose of the same field.
function add_quick_filters(listview) {
	const choose = async (fieldname, operator, value) => {
		await listview.filter_area.remove(fieldname);
		return listview.filter_area.add([["CAMS Punch", fieldname, operator, value]]);
	};
	listview.page.add_inner_button(__("Today"), () => choose("punch_time", "Timespan", "today"));
	listview.page.add_inner_button(__("Held"), () => choose("state", "=", "Held"));
	frappe.db
		.get_list("CAMS Device", { fields: ["name", "branch"], filters: { branch: ["is", "set"] }, limit: 0, order_by: "branch" })
		.then((devices) => {
			for (const branch of new Set(devices.map((device) => device.branch))) {
				const tags = devices.filter((device) => device.branch === branch).map((device) => device.name);
				listview.page.add_inner_button(cams_biometric.escape(branch), () => choose("service_tag", "in", tags), __("Branch"));
			}
		});
}

function act(method, names, message) {
	return cams_biometric.call(method, { names }).then((count) => {
		frappe.show_alert({ message: message.replace("{0}", count), indicator: count ? "green" : "orange" });
	});
}

function tell_moved({ names, left }, message) {
	const text = `${message.replace("{0}", names.length)}. ${cams_biometric.left_in_words(left)}`;
	frappe.show_alert({ message: text, indicator: Object.keys(left).length ? "orange" : "green" }, 10);
}

// Why a punch is no check-in, in two or three words: the list, its filters and the form translate the code. As in
// punches.reasons, which has the sentences.
Object.assign(frappe._messages, {
	EQUAL_CHECKIN: __("Equal check-in"),
	NOT_ATTENDANCE: __("Not attendance"),
	REPEATED: __("Repeated touch"),
	SAME_TOUCH: __("Same touch"),
	IGNORED_ID: __("Ignored ID"),
	DISMISSED: __("Dismissed"),
	TAKEN_BACK: __("Taken back"),
	CHECKIN_DELETED: __("Check-in deleted"),
	CHECKIN_DISAGREES: __("Check-in disagrees"),
	UNKNOWN_USER: __("Unknown user"),
	AMBIGUOUS_USER: __("More than one person"),
	OTHER_COMPANY: __("Other company"),
	EMPLOYEE_INACTIVE: __("Not active then"),
	BEFORE_JOINING: __("Before joining"),
	UNKNOWN_PUNCH_TYPE: __("Unknown punch type"),
	CLOCK_AHEAD: __("Clock ahead"),
	CLOCK_BEHIND: __("Clock behind"),
	TIME_CHANGED: __("Two offsets"),
	TIME_MARKED: __("Attendance marked"),
	REPEATED_HOUR: __("Repeated hour"),
	OTHER_ZONE: __("Other time zone"),
	INPUT_TYPE: __("Input type held"),
	TIME_UNREADABLE: __("Unreadable time"),
	MALFORMED: __("No user ID"),
	DEVICE_DISABLED: __("Device disabled"),
	LOG_TYPE_REQUIRED: __("No direction"),
	LOCATION_REQUIRED: __("No location"),
	OUTSIDE_RADIUS: __("Outside radius"),
	REFUSED: __("Refused by HRMS"),
	DATABASE_BUSY: __("Database busy"),
	UNEXPECTED_ERROR: __("Error of this site"),
});

const COLUMNS = 7; // person, tags, state, time, type, device, reason: Frappe would show fewer on most screens

// The button of a row has the room of what nobody reads of a punch: comments, likes and when its record changed. In
// Frappe 16 the button is a column of its own.
const STYLE = `@media (min-width: 768px) {
	.cams-punches .list-row > .level-left, .cams-punches .list-row-head > .level-left { flex: 1; width: auto; }
	.cams-punches .list-row > .level-right, .cams-punches .list-row-head > .level-right { flex: 0 0 var(--cams-right) !important; width: var(--cams-right) !important; }
	.cams-punches .list-row-activity > :not(:first-child), .cams-punches .list-liked-by-me { display: none !important; }
	.cams-punches.cams-button-column .list-row:not(.list-row-head) > .level-right { visibility: hidden; }
	.cams-punches.cams-button-column .level-left > .list-row-col { min-width: 90px !important; flex-shrink: 1 !important; }
	.cams-punches.cams-button-column .level-left > .list-row-col:has(.btn-action), .cams-punches.cams-button-column .list-row-head .level-left > .list-row-col:last-child { flex: 0 0 140px !important; }
	.cams-punches .list-row-activity > :first-child { margin: 0; }
	.cams-punches .level-left > .list-row-col:nth-child(4) { flex: 1.3; }
}`;

frappe.listview_settings["CAMS Punch"] = {
	add_fields: ["state", "reason", "user_id", "original_time"],
	hide_name_column: true,
	formatters: {
		employee: (_employee, _df, doc) => cams_biometric.person(doc, __("Unknown user {0}", [doc.user_id || "–"])),
		punch_time: (time, _df, doc) => (time ? cams_biometric.time_cell(time) : cams_biometric.cell(doc.original_time)),
		punch_type: (type) => cams_biometric.cell(cams_biometric.type_of(type)),
		service_tag: cams_biometric.device_cell,
		reason_code: (code, _df, doc) =>
			code
				? `<a class="filterable ellipsis" data-filter="reason_code,=,${cams_biometric.escape(code)}"
					title="${cams_biometric.escape(__(doc.reason))}">${cams_biometric.escape(__(code))}</a>`
				: "",
	},
	get_indicator: cams_biometric.indicator,

	onload(listview) {
		const actions = cams_biometric.punch_actions;
		cams_biometric.name_employees(listview);
		listview.list_view_settings.total_fields ||= COLUMNS;
		listview.setup_columns();
		listview.render_header(true);
		const has_button_column = Boolean(listview.generate_button_html);
		listview.$frappe_list.addClass("cams-punches").css("--cams-right", has_button_column ? "80px" : "150px");
		listview.$frappe_list.toggleClass("cams-button-column", has_button_column);
		frappe.dom.set_style(STYLE, "cams-punches");
		add_quick_filters(listview);
		if (!actions.can_mend()) return;
		const add = (label, action) =>
			listview.page.add_action_item(label, () =>
				action(listview.get_checked_items(true)).then(() => cams_biometric.refresh_list(listview)),
			);
		add(__("Retry"), actions.retry);
		add(__("Correct Time"), actions.correct_time);
		add(__("Undo Time Correction"), actions.undo_time_correction);
		add(__("Accept Time"), actions.accept_time);
		add(__("Accept Input Type"), actions.accept_input_type);
		add(__("Dismiss"), actions.dismiss);
	},

	button: {
		show: (doc) => cams_biometric.punch_actions.asks_who(doc) && cams_biometric.punch_actions.can_mend(),
		get_label: () => __("Link to Employee"),
		get_description: (doc) => __("Who is {0}?", [frappe.utils.escape_html(doc.user_id)]),
		action: (doc) =>
			cams_biometric.punch_actions.link_to_employee(doc).then(() => cams_biometric.refresh_list(cur_list)),
	},
};

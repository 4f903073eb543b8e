const ALTERNATE = "Alternate Within Shift";

frappe.ui.form.on("CAMS Device", {
	setup(frm) {
		frappe.xcall("frappe.core.doctype.user.user.get_timezones").then(({ timezones }) => {
			frm.set_df_property("time_zone", "options", timezones);
		});
	},

	onload(frm) {
		if (frm.is_new()) frm.set_value("company", ""); // the user's default is not a choice
	},

	refresh(frm) {
		if (!frm.is_dirty()) {
			frm.cams_direction = frm.doc.direction;
			frm.cams_clock = clock_of(frm);
		}
		if (frm.is_new()) return;
		show_health(frm);
		show_unconfirmed(frm);
		add_attendance_buttons(frm);
		add_user_buttons(frm);
		add_door_buttons(frm);
		add_device_buttons(frm);
		add_connection_buttons(frm);
	},

	async validate(frm) {
		if (frm.is_new() || !frm.cams_clock || frm.cams_clock === clock_of(frm)) return;
		frappe.validated = await ask_to_move(frm);
	},

	direction(frm) {
		if (frm.doc.direction !== ALTERNATE || frm.cams_direction === ALTERNATE || frm.is_new()) return;
		const former = frm.cams_direction;
		preview_alternation(frm, {
			choose: () => (frm.cams_direction = ALTERNATE),
			leave: () => frm.set_value("direction", former),
		});
	},
});

function clock_of(frm) {
	return `${frm.doc.checkin_time} ${frm.doc.time_zone || ""}`;
}

/** Whether to save a changed Check-in Time or zone: asked where check-ins would move or stay behind. */
async function ask_to_move(frm) {
	const { checkin_time, time_zone } = frm.doc;
	const { message } = await frm.call("preview_checkin_time", { checkin_time, time_zone });
	if (!message.count && !message.marked) return true;
	const lines = [];
	if (message.count) {
		lines.push(
			__("{0} check-ins without attendance move to another time on the clock, for example from {1} to {2}.", [
				message.count,
				frappe.datetime.str_to_user(message.before),
				frappe.datetime.str_to_user(message.after),
			]),
		);
	}
	if (message.marked) {
		lines.push(
			__("{0} check-ins stay: their attendance is marked, or a person changed them.", [message.marked]),
		);
	}
	lines.push(__("The moment of each punch stays the same. Save?"));
	return new Promise((resolve) =>
		frappe.confirm(lines.join("<br><br>"), () => resolve(true), () => resolve(false)),
	);
}

function add_attendance_buttons(frm) {
	const group = __("Attendance");
	if (!is_manager()) return;
	add_button(frm, "GetAttendanceByDevice", __("Compare with the Gateway"), group, () =>
		frappe.set_route("query-report", "CAMS Punch Comparison", {
			device: frm.doc.name,
			employee: "",
			user_id: "",
		}),
	);
	frm.add_custom_button(__("Preview Alternate Within Shift"), () => preview_alternation(frm), group);
	if (!frappe.user.has_role("System Manager")) return;
	frm.add_custom_button(__("Load Punchlog"), () => load_punchlog(frm), group);
	frm.add_custom_button(__("Expect History"), () => expect_history(frm), group);
}

function add_user_buttons(frm) {
	if (!is_manager()) return;
	add_button(frm, "ListUsers", __("Read People from the Gateway"), __("Users"), () =>
		cams_biometric.call("enrolment_actions.sync_users", { service_tag: frm.doc.name }).then(() =>
			frappe.show_alert({ message: __("The people on this device are being read."), indicator: "blue" }),
		),
	);
}

function add_door_buttons(frm) {
	const group = __("Doors");
	if (frappe.user.has_role("CAMS Door Operator")) {
		add_button(frm, "OpenDoor", __("Open Door"), group, () =>
			ask_door(frm, "open_door", __("Open Door")),
		);
		add_button(frm, "LockDoor", __("Lock Door"), group, () =>
			ask_door(frm, "lock_door", __("Lock Door")),
		);
	}
	if (!is_manager() && !frappe.user.has_role("CAMS Door Operator")) return;
	add_button(frm, "GetDoorStatus", __("Door Status"), group, () => show_door_status(frm));
	frm.add_custom_button(
		__("Access Events"),
		() => frappe.set_route("query-report", "CAMS Access Events", { device: frm.doc.name }),
		group,
	);
	frm.add_custom_button(__("Access Schedules"), () => frappe.set_route("List", "CAMS Access Schedule"), group);
}

function add_device_buttons(frm) {
	if (!frappe.user.has_role("System Manager")) return;
	const group = __("Device");
	add_button(frm, "GetDeviceInfo", __("Read Information"), group, () =>
		run(frm, "read_information").then(() => frm.reload_doc()),
	);
	add_button(frm, "SyncDeviceTime", __("Set the Clock"), group, () =>
		run(frm, "sync_time").then(show_command),
	);
	add_button(frm, "RebootDevice", __("Restart"), group, () =>
		with_reason(__("Restart"), __("It will be offline for a while; punches made in the meantime arrive afterwards."), (reason) =>
			run(frm, "reboot", { reason }).then(show_command),
		),
	);
	add_button(frm, "ResetDeviceQueue", __("Reset Queue"), group, () =>
		with_reason(
			__("Reset Queue"),
			__("Every command pending at the gateway for this device is dropped. Punches are not."),
			(reason) => run(frm, "reset_queue", { reason }).then(show_command),
		),
	);
}

function add_connection_buttons(frm) {
	if (!is_manager()) return;
	const group = __("Connection");
	add_button(frm, "PingConnection", __("Ping"), group, () =>
		run(frm, "ping").then((reachable) =>
			frappe.show_alert(
				reachable
					? { message: __("The gateway reaches the device."), indicator: "green" }
					: { message: __("The gateway does not reach the device."), indicator: "red" },
			),
		),
	);
	add_button(frm, "CheckDeviceHealth", __("Check Health"), group, () =>
		run(frm, "check_health").then(() => frm.reload_doc()),
	);
}

// What the chosen gateway API lacks stays visible and says so.
function add_button(frm, operation, label, group, action) {
	const { unsupported = [], gateway_api } = frm.doc.__onload || {};
	if (!unsupported.includes(operation)) {
		frm.add_custom_button(label, action, group);
		return;
	}
	const explain = () => frappe.msgprint(__("{0} does not support this. REST v3 does, if your account has it.", [gateway_api]));
	frm.add_custom_button(__("{0} (not in {1})", [label, gateway_api]), explain, group).addClass("text-muted");
}

function run(frm, method, args) {
	return cams_biometric.run(frm.doctype, frm.doc.name, method, args);
}

function show_command(name) {
	frappe.set_route("Form", "CAMS Command", name);
}

function with_reason(title, consequence, action) {
	frappe.prompt(
		[
			{ fieldtype: "HTML", options: `<p>${frappe.utils.escape_html(consequence)}</p>` },
			{ fieldname: "reason", label: __("Reason"), fieldtype: "Small Text", reqd: 1 },
		],
		({ reason }) => action(reason),
		title,
		title,
	);
}

function ask_door(frm, method, title) {
	const fields = [
		{ fieldname: "door", label: __("Door"), fieldtype: "Int", default: 1, reqd: 1 },
		{ fieldname: "reason", label: __("Reason"), fieldtype: "Small Text", reqd: 1 },
	];
	if (frm.doc.connection === "Offline") {
		const warning = __("The device was last reported offline. The gateway keeps the command: the door would move when the device is back online.");
		fields.unshift({ fieldtype: "HTML", options: `<p class="text-danger">${warning}</p>` });
	}
	frappe.prompt(fields, (values) => run(frm, method, values).then(show_command), title, title);
}

function show_door_status(frm) {
	frappe.prompt(
		[{ fieldname: "door", label: __("Door"), fieldtype: "Int", default: 1, reqd: 1 }],
		({ door }) =>
			run(frm, "door_status", { door }).then((state) =>
				frappe.msgprint(__("Door {0}: {1}", [door, frappe.utils.escape_html(__(state))])),
			),
		__("Door Status"),
		__("Ask"),
	);
}

// The punches of a day with their direction now, and as the order of the day would have it. With `choice`, it asks.
function preview_alternation(frm, choice) {
	let is_chosen = false;
	const dialog = new frappe.ui.Dialog({
		title: __("Alternate Within Shift"),
		fields: [
			{
				fieldname: "day",
				label: __("Day"),
				fieldtype: "Date",
				reqd: 1,
				default: (frm.doc.last_punch || frappe.datetime.get_today()).slice(0, 10),
				change: () => show_alternation(frm, dialog),
			},
			{ fieldname: "effect", fieldtype: "HTML" },
		],
		primary_action_label: choice ? __("Choose This Direction") : __("Close"),
		primary_action() {
			is_chosen = true;
			dialog.hide();
		},
		on_hide: () => choice && (is_chosen ? choice.choose() : choice.leave()),
	});
	if (choice) dialog.set_secondary_action(() => dialog.hide());
	if (choice) dialog.set_secondary_action_label(__("Leave It"));
	dialog.show();
	show_alternation(frm, dialog);
}

function show_alternation(frm, dialog) {
	const day = dialog.get_value("day");
	if (!day || dialog.cams_day === day) return;
	dialog.cams_day = day;
	run(frm, "preview_alternation", { day }).then((effect) => {
		if (dialog.cams_day === day) dialog.fields_dict.effect.$wrapper.html(alternation(effect));
	});
}

function alternation({ people, left, punches, changes }) {
	const rule = __(
		"Each punch gets the opposite of the person's check-in before it in the same shift. It counts from the next punch on, then for that person's whole shift; attendance that is marked does not change.",
	);
	const summary = punches
		? __("{0} of {1} punches would have another direction on this day.", [changes, punches])
		: __("This device has no punches on this day: choose another.");
	const rows = people.map((person) => [
		cams_biometric.escape(person.employee_name),
		`<div style="display: flex; flex-wrap: wrap; gap: 4px">${person.punches.map(turn).join("")}</div>`,
	]);
	const table = rows.length ? cams_biometric.table([__("Employee"), __("Direction Now → Then")], rows) : "";
	const more = left ? `<p class="text-muted">${__("{0} more people are not shown.", [left])}</p>` : "";
	return `<p class="text-muted small">${rule}</p><p><b>${summary}</b></p>${table}${more}`;
}

function turn({ time, now, then, held }) {
	const current = held ? __("Held") : __(now) || "–";
	const directions = now === then ? current : `${current} → ${__(then) || "–"}`;
	const color = now === then ? "gray" : "orange";
	return `<span class="indicator-pill no-indicator-dot ${color}">${time.slice(11, 16)} ${directions}</span>`;
}

function load_punchlog(frm) {
	const date = (fieldname, label) => ({ fieldname, label, fieldtype: "Date", reqd: 1 });
	frappe.prompt(
		[date("from_date", __("From Date")), date("to_date", __("To Date"))],
		(values) =>
			cams_biometric
				.settings("load_history", { ...values, service_tag: frm.doc.name })
				.then((name) => frappe.set_route("Form", "CAMS History Load", name)),
		__("Load Punchlog"),
		__("Load"),
	);
}

function expect_history(frm) {
	frappe.prompt(
		[
			{
				fieldname: "explanation",
				fieldtype: "HTML",
				options: `<p>${__(
					"For 24 hours, or until the answer is complete, punches of these days are accepted from this device without a token. Then start the load in the CAMS portal.",
				)}</p>`,
			},
			{ fieldname: "from_date", fieldtype: "Date", label: __("From"), reqd: 1 },
			{ fieldname: "to_date", fieldtype: "Date", label: __("To"), reqd: 1, default: frappe.datetime.get_today() },
		],
		({ from_date, to_date }) => run(frm, "expect_history", { from_date, to_date }).then(() => frm.reload_doc()),
		__("Expect History"),
		__("Expect"),
	);
}

function show_unconfirmed(frm) {
	if (!frm.doc.unconfirmed) return;
	frm.set_intro(
		__("This device registered itself. Its punches count, but no shift waits for it until it is confirmed."),
		"orange",
	);
	if (!frappe.user.has_role("System Manager")) return;
	frm.add_custom_button(__("Confirm"), () => run(frm, "confirm").then(() => frm.reload_doc())).addClass("btn-primary");
}

function show_health(frm) {
	const { enabled, health, health_note } = frm.doc;
	if (!enabled || !health || health === "Healthy") return;
	const note = frappe.utils.escape_html(health_note || "").replaceAll("\n", "<br>");
	frm.dashboard.set_headline_alert(note, cams_biometric.colors[health]);
}

function is_manager() {
	return frappe.user.has_role(["HR Manager", "System Manager"]);
}

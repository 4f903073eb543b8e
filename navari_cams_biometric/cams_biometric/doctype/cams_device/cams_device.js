const ALTERNATE = "Alternate Within Shift";
const MORE = __("More");

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
		frm.get_field("cockpit_html").$wrapper.empty();
		if (frm.is_new()) return;
		show_cockpit(frm);
		cams_biometric.set_title(frm, frm.doc.label || frm.doc.name);
		show_unconfirmed(frm);
		show_replaced(frm);
		add_daily_buttons(frm);
		add_other_buttons(frm);
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

// What people press daily stands above the form, everything else below More.
function add_daily_buttons(frm) {
	if (frappe.user.has_role("CAMS Door Operator")) {
		add_button(frm, "OpenDoor", __("Open Door"), "", () => ask_door(frm, "open_door", __("Open Door")));
	}
	if (!is_manager()) return;
	add_button(frm, "CheckDeviceHealth", __("Check Health"), "", () =>
		run(frm, "check_health").then(() => frm.reload_doc()),
	);
}

function add_other_buttons(frm) {
	const is_system_manager = frappe.user.has_role("System Manager");
	if (is_manager()) add_people_buttons(frm);
	if (is_system_manager) add_history_buttons(frm);
	if (is_manager() || frappe.user.has_role("CAMS Door Operator")) add_door_buttons(frm);
	if (is_manager()) add_button(frm, "PingConnection", __("Ping"), MORE, () => ping(frm));
	if (is_system_manager) add_device_buttons(frm);
}

function add_people_buttons(frm) {
	add_button(frm, "ListUsers", __("Read People from the Gateway"), MORE, () =>
		cams_biometric.call("enrolment_actions.sync_users", { service_tag: frm.doc.name }).then(() =>
			frappe.show_alert({ message: __("The people on this device are being read."), indicator: "blue" }),
		),
	);
	add_button(frm, "GetAttendanceByDevice", __("Compare with the Gateway"), MORE, () =>
		frappe.set_route("query-report", "CAMS Punch Comparison", {
			device: frm.doc.name,
			employee: "",
			user_id: "",
		}),
	);
	frm.add_custom_button(__("Preview Alternate Within Shift"), () => preview_alternation(frm), MORE);
}

function add_history_buttons(frm) {
	frm.add_custom_button(__("Load Punchlog"), () => load_punchlog(frm), MORE);
	frm.add_custom_button(__("Expect History"), () => expect_history(frm), MORE);
}

function add_door_buttons(frm) {
	if (frappe.user.has_role("CAMS Door Operator")) {
		add_button(frm, "LockDoor", __("Lock Door"), MORE, () => ask_door(frm, "lock_door", __("Lock Door")));
	}
	add_button(frm, "GetDoorStatus", __("Door Status"), MORE, () => show_door_status(frm));
	frm.add_custom_button(
		__("Access Events"),
		() => frappe.set_route("query-report", "CAMS Access Events", { device: frm.doc.name }),
		MORE,
	);
	frm.add_custom_button(__("Access Schedules"), () => frappe.set_route("List", "CAMS Access Schedule"), MORE);
}

function add_device_buttons(frm) {
	add_button(frm, "GetDeviceInfo", __("Read Information"), MORE, () =>
		run(frm, "read_information").then(() => frm.reload_doc()),
	);
	add_button(frm, "SyncDeviceTime", __("Set the Clock"), MORE, () => run(frm, "sync_time").then(show_command));
	add_button(frm, "RebootDevice", __("Restart"), MORE, () =>
		with_reason(__("Restart"), __("It will be offline for a while; punches made in the meantime arrive afterwards."), (reason) =>
			run(frm, "reboot", { reason }).then(show_command),
		),
	);
	add_button(frm, "ResetDeviceQueue", __("Reset Queue"), MORE, () =>
		with_reason(
			__("Reset Queue"),
			__("Every command pending at the gateway for this device is dropped. Punches are not."),
			(reason) => run(frm, "reset_queue", { reason }).then(show_command),
		),
	);
	if (!frm.doc.replaced_by) frm.add_custom_button(__("Replace"), () => ask_to_replace(frm), MORE);
}

function ping(frm) {
	return run(frm, "ping").then((reachable) =>
		frappe.show_alert(
			reachable
				? { message: __("The gateway reaches the device."), indicator: "green" }
				: { message: __("The gateway does not reach the device."), indicator: "red" },
		),
	);
}

function ask_to_replace(frm) {
	const place = frm.doc.label || frm.doc.name;
	const dialog = new frappe.ui.Dialog({
		title: __("Replace {0}", [place]),
		fields: [
			{
				fieldname: "explanation",
				fieldtype: "HTML",
				options: `<p>${__(
					"The other device takes over the name, branch, company, direction, zone, location, shifts, user IDs and people of this one. This one is disabled and holds no shift; what it still delivers counts as before.",
				)}</p>`,
			},
			{
				fieldname: "service_tag",
				fieldtype: "Data",
				label: __("Service Tag of the Other Device"),
				reqd: 1,
				description: __("Its serial. It may have reported already, or be added now."),
			},
			...(lacks(frm, "MigrationStatus")
				? []
				: [
						{ fieldname: "ask_migration", fieldtype: "Button", label: __("Migration Status"), click: () => show_migration(dialog) },
						{ fieldname: "migration", fieldtype: "HTML" },
					]),
		],
		primary_action_label: __("Replace"),
		primary_action: ({ service_tag }) =>
			run(frm, "replace", { service_tag }).then((replaced) => {
				dialog.hide();
				frappe.set_route("Form", "CAMS Device", replaced.service_tag);
				frappe.msgprint({ title: __("Replaced"), message: replaced_text(place, replaced), indicator: "green" });
			}),
	});
	dialog.show();
}

function replaced_text(place, { service_tag, people, operation }) {
	const ways = {
		CopyUsers: __("{0} people are being copied with their fingerprints, faces and cards.", [people]),
		AddUser: __("{0} people are being enrolled by name. Enrol their fingerprints, faces and cards on the device.", [people]),
		"": people ? __("{0} people must be enrolled at the device.", [people]) : __("Nobody was known on the old device."),
	};
	const lines = [__("{0} is {1} from now on.", [service_tag, place]), ways[operation]];
	return lines.map(cams_biometric.escape).join("<br>");
}

// How far the gateway is where the vendor moves devices in bulk.
function show_migration(dialog) {
	cams_biometric.settings("migration_status").then(({ state, done, total }) => {
		const text = __("Migration at the gateway: {0}, {1} of {2} devices", [state, done, total]);
		dialog.get_field("migration").$wrapper.html(`<p class="text-muted">${cams_biometric.escape(text)}</p>`);
	});
}

// What the chosen gateway API lacks stays visible and says so.
function add_button(frm, operation, label, group, action) {
	if (!lacks(frm, operation)) {
		frm.add_custom_button(label, action, group);
		return;
	}
	const { gateway_api } = frm.doc.__onload;
	const explain = () => frappe.msgprint(__("{0} does not support this. REST v3 does, if your account has it.", [gateway_api]));
	// A second refresh finds it there, and Frappe returns nothing for it.
	frm.add_custom_button(__("{0} (not in {1})", [label, gateway_api]), explain, MORE)?.addClass("text-muted");
}

function lacks(frm, operation) {
	return (frm.doc.__onload?.unsupported || []).includes(operation);
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

function show_replaced(frm) {
	if (!frm.doc.replaced_by) return;
	const other = frappe.utils.get_form_link("CAMS Device", frm.doc.replaced_by, true, cams_biometric.escape(frm.doc.replaced_by));
	frm.set_intro(__("Replaced by {0}. What this device still delivers counts as before.", [other]), "blue");
}

// When it last punched and reported, what is wrong, and what waits, before all settings. The state is beside the title.
function show_cockpit(frm) {
	const $cockpit = frm.get_field("cockpit_html").$wrapper;
	const lists = pending_lists(frm);
	const tiles = [
		[__("Last Punch"), `<a href="#" data-list="all">${when(frm.doc.last_punch)}</a>`],
		[__("Last Reported"), when(frm.doc.last_reported)],
		...lists.map(([label, count], index) => [
			label,
			`<a href="#" data-list="${index}" class="${count ? "" : "text-muted"}">${count}</a>`,
		]),
	];
	const problem = frm.doc.enabled && frm.doc.health !== "Healthy" ? frm.doc.health_note || "" : "";
	const color = cams_biometric.colors[frm.doc.health] || "orange";
	const alert = `<div class="form-message ${color}">${cams_biometric.escape(problem).replaceAll("\n", "<br>")}</div>`;
	$cockpit.html(`${problem ? alert : ""}<div class="cams-cockpit" style="display: flex; flex-wrap: wrap; gap: var(--margin-md) var(--margin-xl); padding-bottom: var(--padding-md)">
		${tiles.map(([label, value]) => `<div><div class="text-muted small">${label}</div><div class="bold">${value}</div></div>`).join("")}
	</div>`);
	$cockpit.find("[data-list]").on("click", (event) => {
		const [, , doctype, states] = lists[event.currentTarget.dataset.list] || ["", 0, "CAMS Punch"];
		frappe.set_route("List", doctype, { service_tag: frm.doc.name, ...(states && { state: ["in", states] }) });
		return false;
	});
}

function pending_lists(frm) {
	const pending = frm.doc.__onload?.pending || {};
	return [
		[__("Held Punches"), "CAMS Punch", ["Held", "Failed"]],
		[__("Unread Events"), "CAMS Unread Event", ["Unread"]],
		[__("Commands in Progress"), "CAMS Command", ["Queued", "Sent", "Waiting for Device"]],
		[__("People"), "CAMS Device User", ["On Device"]],
	]
		.filter(([, doctype]) => doctype in pending)
		.map(([label, doctype, states]) => [label, pending[doctype], doctype, states]);
}

function when(value) {
	return value
		? `${frappe.datetime.comment_when(value)} <span class="text-muted small">${cams_biometric.escape(cams_biometric.time(value))}</span>`
		: `<span class="text-muted">${__("Never")}</span>`;
}

function is_manager() {
	return frappe.user.has_role(["HR Manager", "System Manager"]);
}

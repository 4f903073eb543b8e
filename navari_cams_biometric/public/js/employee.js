// The section Biometric Devices and the buttons of the group Devices. cams_biometric.people is in employee_list.js.
(() => {
	const people = cams_biometric.people;
	const PERSONAL_DATA = "navari_cams_biometric.cams_biometric.controllers.personal_data_actions";
	const WATCH_EVERY = 5; // seconds
	const WATCH_AT_MOST = 180;
	const COLORS = {
		"On Device": "green",
		Deleted: "gray",
		Queued: "blue",
		Sent: "blue",
		"Waiting for Device": "orange",
		Failed: "red",
	};
	const WORDS = {
		AddUser: __("Enrol"),
		UpdateUser: __("Update"),
		DeleteUser: __("Remove"),
		ResendUser: __("Resend"),
		EnrollCard: __("Set Card"),
		SetUserPassword: __("Set PIN"),
		EnrollFingerprint: __("Start Fingerprint"),
		EnrollFace: __("Start Face"),
		CopyUsers: __("Copy to Devices"),
	};
	const BUTTONS = [
		[__("Enrol"), "AddUser", enrol],
		[__("Update"), "UpdateUser", update],
		[__("Remove"), "DeleteUser", remove],
		[__("Resend"), "ResendUser", resend],
		[__("Set Card"), "EnrollCard", set_card],
		[__("Set PIN"), "SetUserPassword", set_pin],
		[__("Start Fingerprint"), "EnrollFingerprint", start_fingerprint],
		[__("Start Face"), "EnrollFace", start_face],
		[__("Copy to Devices"), "CopyUsers", copy],
		[__("Ask the Gateway"), "FindUser", ask_the_gateway],
	];

	frappe.ui.form.on("Employee", {
		refresh(frm) {
			const readable = frappe.model.can_read("CAMS Device User");
			frm.toggle_display(["custom_cams_section", "custom_cams_devices"], readable && !frm.is_new());
			if (!readable || frm.is_new()) return;
			frm.cams_watched_since = Date.now();
			show(frm).then((known) => known && add_buttons(frm, known));
		},
	});

	function show(frm) {
		const name = frm.doc.name;
		return people.call("on_devices", { employee: name }).then((known) => {
			if (frm.doc.name !== name) return null;
			frm.get_field("custom_cams_devices").$wrapper.html(section(known));
			watch(frm, known);
			return known;
		});
	}

	function watch(frm, known) {
		clearTimeout(frm.cams_timer);
		const open = known.commands.some((command) => command.state !== "Failed");
		if (!open || Date.now() - frm.cams_watched_since > WATCH_AT_MOST * 1000) return;
		const name = frm.doc.name;
		frm.cams_timer = setTimeout(() => {
			if (frappe.get_route()[2] === name) show(frm);
		}, WATCH_EVERY * 1000);
	}

	function section(known) {
		if (!known.user_id) return muted(__("Set the Attendance Device ID to put this employee on devices."));
		const rows = known.rows.length ? device_table(known.rows) : muted(__("Not on any known device."));
		return rows + (known.commands.length ? command_table(known.commands) : "");
	}

	function device_table(rows) {
		const heads = [
			__("Device"),
			__("State"),
			__("Fingerprints"),
			__("Faces"),
			__("Cards"),
			__("PINs"),
			__("Photo"),
			__("Last Updated"),
		];
		const cells = (row) => [
			link("CAMS Device", row.service_tag, row.label),
			pill(row.state),
			count(row.fingerprints),
			count(row.faces),
			count(row.cards),
			count(row.passwords),
			row.has_photo ? __("Yes") : __("No"),
			row.last_updated ? frappe.datetime.comment_when(row.last_updated) : "",
		];
		return table(heads, rows.map(cells));
	}

	function command_table(commands) {
		const heads = [__("Open or Failed"), __("Device"), __("State"), __("Response"), __("Asked")];
		const cells = (command) => [
			link("CAMS Command", command.name, WORDS[command.operation] || command.operation),
			escaped(command.label),
			pill(command.state),
			`<div style="white-space: normal">${escaped(command.outcome)}</div>`,
			frappe.datetime.comment_when(command.creation),
		];
		return table(heads, commands.map(cells));
	}

	function table(heads, rows) {
		const head = heads.map((text) => `<th class="text-muted font-weight-normal">${text}</th>`).join("");
		const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
		return `<div class="table-responsive"><table class="table table-sm text-nowrap mt-0">
			<thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
	}

	function escaped(text) {
		return frappe.utils.escape_html(text || "");
	}

	function link(doctype, name, text) {
		return frappe.model.can_read(doctype)
			? frappe.utils.get_form_link(doctype, name, true, escaped(text))
			: escaped(text);
	}

	function pill(state) {
		return `<span class="indicator-pill ${COLORS[state] || "gray"}">${__(state)}</span>`;
	}

	function count(number) {
		return number || `<span class="text-muted">0</span>`;
	}

	function muted(text) {
		return `<p class="text-muted">${text}</p>`;
	}

	// What cannot be asked for is shown with the reason, rather than refused after the click.
	function add_buttons(frm, known) {
		if (!known.may_send) return;
		const no_id = known.user_id ? "" : __("Set the Attendance Device ID first.");
		for (const [label, operation, action] of BUTTONS) {
			const obstacle = known.unavailable[operation] || no_id;
			const run = () => {
				if (!obstacle) people.call("on_devices", { employee: frm.doc.name }).then((now) => action(frm, now));
			};
			const button = frm.add_custom_button(label, run, __("Devices"));
			if (button && obstacle) {
				button.css({ opacity: 0.5, cursor: "not-allowed" });
				button.attr({ title: obstacle, "aria-disabled": "true" });
			}
		}
		frm.add_custom_button(__("Export Biometric Data"), () => export_data(frm), __("Devices"));
		frm.add_custom_button(__("Erase Biometric Data"), () => erase_data(frm), __("Devices"));
	}

	function export_data(frm) {
		open_url_post("/api/method/" + PERSONAL_DATA + ".export_data", { employee: frm.doc.name });
	}

	function erase_data(frm) {
		const employee = frm.doc.name;
		frappe.xcall(`${PERSONAL_DATA}.standing`, { employee }).then((standing) => {
			if (standing.obstacles.length) show_obstacles(frm, standing.obstacles);
			else ask_to_erase(frm, standing);
		});
	}

	function show_obstacles(frm, obstacles) {
		const dialog = frappe.msgprint({
			title: titled(frm, __("Not Yet")),
			indicator: "orange",
			message: obstacles.map(obstacle_line).join(""),
		});
		dialog.$wrapper.find(".cams-obstacle").on("click", (event) => {
			const { doctype, names } = obstacles[$(event.currentTarget).data("row")];
			dialog.hide();
			frappe.set_route("List", doctype, { name: ["in", names] });
		});
	}

	function obstacle_line({ message, doctype }, row) {
		const button = `<button class="btn btn-xs btn-default cams-obstacle" data-row="${row}">${__("Show")}</button>`;
		return `<p>${message} ${doctype === "Employee" ? "" : button}</p>`;
	}

	function ask_to_erase(frm, standing) {
		const first = Boolean(standing.devices.length || standing.open_commands);
		people.prompt(
			titled(frm, __("Erase Biometric Data")),
			first ? __("Remove from Devices") : __("Erase"),
			[
				{ fieldname: "found", fieldtype: "HTML", options: first ? removal_words(standing) : erasure_words(standing) },
				people.reason_field({ reqd: 1 }),
				{
					fieldname: "confirmation",
					fieldtype: "Data",
					reqd: 1,
					label: __("Type {0} to confirm", [escaped(frm.doc.name)]),
				},
			],
			(values) => erase(frm, values),
			true,
		);
	}

	function removal_words({ devices, open_commands }) {
		const named = escaped(devices.join(", "));
		const where = devices.length
			? __("Still on {0}. The person is removed there first; erase again when that is done.", [named])
			: __("{0} commands for this person are in progress. Erase again when they are done.", [open_commands]);
		return `<p>${where}</p>`;
	}

	function erasure_words({ counts }) {
		const rows = Object.entries(counts).map(([doctype, count]) => [__(doctype), count]);
		return `<p>${__("This cannot be undone. Check-ins and attendance are kept for payroll; punches are kept without the person.")}</p>
			${rows.length ? table([__("Found"), __("Records")], rows) : muted(__("Nothing is stored."))}`;
	}

	function erase(frm, values) {
		return frappe.xcall(`${PERSONAL_DATA}.erase`, { employee: frm.doc.name, ...values }).then(({ removing }) => {
			const message = removing
				? __("Being removed from the devices. Erase again when that is done.")
				: __("The biometric data of this employee is erased.");
			frappe.show_alert({ message, indicator: removing ? "orange" : "green" });
			frm.reload_doc();
		});
	}

	function send(frm, method, values) {
		if (!people.chosen(values.devices)) return Promise.reject();
		return people.send(method, { employees: frm.doc.name, ...values }).then(() => show_anew(frm));
	}

	function show_anew(frm) {
		frm.cams_watched_since = Date.now();
		show(frm);
	}

	function enabled(known) {
		return known.devices.filter((device) => device.enabled);
	}

	function present(known) {
		const tags = known.rows.filter((row) => row.state === "On Device").map((row) => row.service_tag);
		return known.devices.filter((device) => tags.includes(device.service_tag));
	}

	// Where the person is, all of them chosen; where nobody knows, any device.
	function present_field(known) {
		const devices = present(known);
		const tags = devices.map((device) => device.service_tag);
		return people.devices_field(devices.length ? devices : enabled(known), tags);
	}

	function one_device(known) {
		const [first] = present(known);
		return people.device_field(enabled(known), first && first.service_tag);
	}

	function titled(frm, title) {
		return `${title}: ${frm.doc.employee_name}`;
	}

	function enrol(frm, known) {
		const devices = enabled(known);
		const of_branch = devices.filter((device) => device.branch && device.branch === frm.doc.branch);
		const tags = of_branch.map((device) => device.service_tag);
		people.prompt(
			titled(frm, __("Enrol")),
			__("Enrol"),
			[people.devices_field(devices, tags), people.reason_field()],
			(values) => send(frm, "enrol", values),
		);
	}

	function update(frm, known) {
		people.prompt(
			titled(frm, __("Update")),
			__("Update"),
			[present_field(known), people.reason_field()],
			(values) => send(frm, "update", values),
		);
	}

	function remove(frm, known) {
		people.prompt(
			titled(frm, __("Remove from Devices")),
			__("Remove"),
			people.removal_fields(known.devices),
			(values) => people.remove(frm.doc.name, values).then(() => show_anew(frm)),
			true,
		);
	}

	function resend(frm, known) {
		people.prompt(
			titled(frm, __("Resend")),
			__("Resend"),
			[present_field(known), people.reason_field()],
			(values) => send(frm, "resend", values),
		);
	}

	function secret_field(label, overrides) {
		return { fieldname: "secret", fieldtype: "Password", label, ...overrides };
	}

	function set_card(frm, known) {
		people.prompt(
			titled(frm, __("Set Card")),
			__("Set Card"),
			[secret_field(__("Card Number"), { reqd: 1 }), present_field(known), people.reason_field()],
			(values) => send(frm, "set_card", values),
		);
	}

	function set_pin(frm, known) {
		people.prompt(
			titled(frm, __("Set PIN")),
			__("Set PIN"),
			[secret_field(__("PIN"), { reqd: 1 }), present_field(known), people.reason_field()],
			(values) => send(frm, "set_pin", values),
		);
	}

	function start_fingerprint(frm, known) {
		const words = known.device_asks
			? __("Leave it empty to have the device ask the person for the finger.")
			: __("In base64, from a device of the same kind. This gateway API requires one.");
		people.prompt(
			titled(frm, __("Start Fingerprint")),
			__("Start"),
			[
				one_device(known),
				{
					fieldname: "index",
					fieldtype: "Select",
					label: __("Finger"),
					options: [..."0123456789"].join("\n"),
					default: "0",
				},
				secret_field(__("Template"), { description: words, reqd: known.device_asks ? 0 : 1 }),
				people.reason_field(),
			],
			(values) => send(frm, "start_fingerprint", values),
		);
	}

	function start_face(frm, known) {
		const words = known.device_asks
			? __("Otherwise the device captures the face itself.")
			: __("With this gateway API a device cannot capture a face itself.");
		people.prompt(
			titled(frm, __("Start Face")),
			__("Start"),
			[
				one_device(known),
				{
					fieldname: "with_picture",
					fieldtype: "Check",
					label: __("Send the employee's picture"),
					description: words,
					default: known.device_asks ? 0 : 1,
					read_only: known.device_asks ? 0 : 1,
				},
				people.reason_field(),
			],
			(values) => send(frm, "start_face", values),
		);
	}

	function copy(frm, known) {
		const [first] = present(known);
		people.prompt(
			titled(frm, __("Copy to Devices")),
			__("Copy"),
			people.copy_fields(known.devices, first && first.service_tag),
			(values) => people.copy(frm.doc.name, values).then(() => show_anew(frm)),
		);
	}

	function ask_the_gateway(frm) {
		const employee = frm.doc.name;
		return Promise.all([people.call("find", { employee }), people.call("where", { employee })]).then(
			([person, devices]) => frappe.msgprint({ title: __("Gateway Response"), message: answer(person, devices) }),
		);
	}

	function answer(person, devices) {
		if (!person) return __("The gateway has nobody with this device ID.");
		const credentials = Object.entries(person.credentials).map(([kind, number]) => `${__(kind)}: ${number}`);
		const rows = [
			[__("User ID"), escaped(person.user_id)],
			[__("Name"), escaped(person.name)],
			[__("User Type"), escaped(person.user_type)],
			[__("Credentials"), escaped(credentials.join(", ")) || __("None")],
			[__("Devices"), escaped(devices.map((device) => device.label).join(", ")) || __("None")],
		];
		return table([], rows);
	}
})();

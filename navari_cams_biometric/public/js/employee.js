// The section Biometric Devices and the buttons of the group Devices. cams_biometric.people is in employee_list.js.
(() => {
	const { people, escape } = cams_biometric;

	// One dialog each: `label` is the button's, and the dialog's where it has no `title` or `verb` of its own.
	const ACTIONS = [
		{
			operation: "AddUser",
			label: __("Enrol"),
			method: "enrolment_actions.enrol",
			fields: devices_of_branch,
		},
		{
			operation: "UpdateUser",
			label: __("Update"),
			method: "enrolment_actions.update",
			fields: devices_present,
		},
		{
			operation: "DeleteUser",
			label: __("Remove"),
			title: __("Remove from Devices"),
			method: "enrolment_actions.remove",
			fields: ({ devices }) => people.removal_fields(devices),
			is_dangerous: true,
		},
		{
			operation: "ResendUser",
			label: __("Resend"),
			method: "enrolment_actions.resend",
			fields: devices_present,
		},
		{
			operation: "EnrollCard",
			label: __("Set Card"),
			method: "enrolment_actions.set_card",
			fields: (known) => [secret_field(__("Card Number"), { reqd: 1 }), ...devices_present(known)],
		},
		{
			operation: "SetUserPassword",
			label: __("Set PIN"),
			method: "enrolment_actions.set_pin",
			fields: (known) => [secret_field(__("PIN"), { reqd: 1 }), ...devices_present(known)],
		},
		{
			operation: "EnrollFingerprint",
			label: __("Start Fingerprint"),
			verb: __("Start"),
			method: "enrolment_actions.start_fingerprint",
			fields: fingerprint_fields,
		},
		{
			operation: "EnrollFace",
			label: __("Start Face"),
			verb: __("Start"),
			method: "enrolment_actions.start_face",
			fields: face_fields,
		},
		{
			operation: "CopyUsers",
			label: __("Copy to Devices"),
			verb: __("Copy"),
			method: "enrolment_actions.copy",
			fields: (known) => people.copy_fields(known.devices, first_present(known)),
		},
	];

	frappe.ui.form.on("Employee", {
		refresh(frm) {
			const readable = frappe.model.can_read("CAMS Device User");
			frm.toggle_display(["custom_cams_section", "custom_cams_devices"], readable && !frm.is_new());
			if (!readable || frm.is_new()) return;
			frm.cams_followed = null;
			show(frm).then((known) => known && add_buttons(frm, known));
		},
	});

	function show(frm) {
		const name = frm.doc.name;
		return cams_biometric.call("enrolment_actions.on_devices", { employee: name }).then((known) => {
			if (frm.doc.name !== name) return null;
			frm.get_field("custom_cams_devices").$wrapper.html(section(known));
			if (known.commands.some(({ state }) => state !== "Failed")) cams_biometric.follow(frm, () => show(frm));
			return known;
		});
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
			cams_biometric.pill(row.state),
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
			link("CAMS Command", command.name, label_of(command.operation)),
			escape(command.label),
			cams_biometric.pill(command.state),
			`<div style="white-space: normal">${escape(command.outcome)}</div>`,
			frappe.datetime.comment_when(command.creation),
		];
		return table(heads, commands.map(cells));
	}

	function label_of(operation) {
		return ACTIONS.find((action) => action.operation === operation)?.label || __(operation);
	}

	function table(heads, rows) {
		return cams_biometric.table(heads, rows, 'class="table table-sm text-nowrap mt-0"');
	}

	function link(doctype, name, text) {
		return frappe.model.can_read(doctype)
			? frappe.utils.get_form_link(doctype, name, true, escape(text))
			: escape(text);
	}

	function count(number) {
		return number || `<span class="text-muted">0</span>`;
	}

	function muted(text) {
		return `<p class="text-muted">${text}</p>`;
	}

	function add_buttons(frm, known) {
		if (!known.may_send) return;
		for (const action of ACTIONS) {
			add_button(frm, known, action.label, action.operation, (now) => ask(frm, now, action));
		}
		add_button(frm, known, __("Ask the Gateway"), "FindUser", () => ask_the_gateway(frm));
		frm.add_custom_button(__("Export Biometric Data"), () => export_data(frm), __("Devices"));
		frm.add_custom_button(__("Erase Biometric Data"), () => erase_data(frm), __("Devices"));
	}

	// An impossible action is shown with the reason, rather than refused after the click.
	function add_button(frm, known, label, operation, action) {
		const no_id = known.user_id ? "" : __("Set the Attendance Device ID first.");
		const obstacle = known.unavailable[operation] || no_id;
		const run = () =>
			obstacle || cams_biometric.call("enrolment_actions.on_devices", { employee: frm.doc.name }).then(action);
		const button = frm.add_custom_button(label, run, __("Devices"));
		if (button && obstacle) {
			button.css({ opacity: 0.5, cursor: "not-allowed" });
			button.attr({ title: obstacle, "aria-disabled": "true" });
		}
	}

	function ask(frm, known, { label, title = label, verb = label, method, fields, is_dangerous }) {
		people.prompt({
			title: titled(frm, title),
			label: verb,
			fields: fields(known, frm),
			action: (values) =>
				people.send(method, frm.doc.name, values).then(() => {
					frm.cams_followed = null;
					show(frm);
				}),
			is_dangerous,
		});
	}

	function export_data(frm) {
		const method = cams_biometric.method("personal_data_actions.export_data");
		open_url_post(`/api/method/${method}`, { employee: frm.doc.name });
	}

	function erase_data(frm) {
		const employee = frm.doc.name;
		cams_biometric.call("personal_data_actions.standing", { employee }).then((standing) => {
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
		people.prompt({
			title: titled(frm, __("Erase Biometric Data")),
			label: first ? __("Remove from Devices") : __("Erase"),
			fields: [
				{ fieldname: "found", fieldtype: "HTML", options: first ? removal_words(standing) : erasure_words(standing) },
				people.reason_field({ reqd: 1 }),
				{
					fieldname: "confirmation",
					fieldtype: "Data",
					reqd: 1,
					label: __("Type {0} to confirm", [escape(frm.doc.name)]),
				},
			],
			action: (values) => erase(frm, values),
			is_dangerous: true,
		});
	}

	function removal_words({ devices, open_commands }) {
		const named = escape(devices.join(", "));
		const where = devices.length
			? __("Still on {0}. The person is removed there first; erase again when that is done.", [named])
			: __("Commands for this person that are in progress: {0}. Erase again when they are done.", [open_commands]);
		return `<p>${where}</p>`;
	}

	function erasure_words({ counts }) {
		const rows = Object.entries(counts).map(([doctype, count]) => [__(doctype), count]);
		return `<p>${__("This cannot be undone. Check-ins and attendance are kept for payroll; punches are kept without the person.")}</p>
			${rows.length ? table([__("Found"), __("Records")], rows) : muted(__("Nothing is stored."))}`;
	}

	function erase(frm, values) {
		const given = { employee: frm.doc.name, ...values };
		return cams_biometric.call("personal_data_actions.erase", given).then(({ removing }) => {
			const message = removing
				? __("Being removed from the devices. Erase again when that is done.")
				: __("The biometric data of this employee is erased.");
			frappe.show_alert({ message, indicator: removing ? "orange" : "green" });
			frm.reload_doc();
		});
	}

	function enabled(known) {
		return known.devices.filter((device) => device.enabled);
	}

	function present(known) {
		const tags = known.rows.filter((row) => row.state === "On Device").map((row) => row.service_tag);
		return known.devices.filter((device) => tags.includes(device.service_tag));
	}

	function titled(frm, title) {
		return `${title}: ${escape(frm.doc.employee_name)}`;
	}

	function first_present(known) {
		return present(known)[0]?.service_tag;
	}

	function devices_of_branch(known, frm) {
		const devices = enabled(known);
		const of_branch = devices.filter((device) => device.branch && device.branch === frm.doc.branch);
		return [people.devices_field(devices, of_branch)];
	}

	// Where the person is, all of them chosen; where nobody knows, any device.
	function devices_present(known) {
		const devices = present(known);
		return [people.devices_field(devices.length ? devices : enabled(known), devices)];
	}

	function secret_field(label, overrides) {
		return { fieldname: "secret", fieldtype: "Password", label, ...overrides };
	}

	function fingerprint_fields(known) {
		const description = known.device_asks
			? __("Leave it empty to have the device ask the person for the finger.")
			: __("In base64, from a device of the same kind. This gateway API requires one.");
		return [
			people.device_field(enabled(known), first_present(known)),
			{
				fieldname: "index",
				fieldtype: "Select",
				label: __("Finger"),
				options: [..."0123456789"].join("\n"),
				default: "0",
			},
			secret_field(__("Template"), { description, reqd: known.device_asks ? 0 : 1 }),
		];
	}

	function face_fields(known) {
		return [
			people.device_field(enabled(known), first_present(known)),
			{
				fieldname: "with_picture",
				fieldtype: "Check",
				label: __("Send the employee's picture"),
				description: known.device_asks
					? __("Otherwise the device captures the face itself.")
					: __("With this gateway API a device cannot capture a face itself."),
				default: known.device_asks ? 0 : 1,
				read_only: known.device_asks ? 0 : 1,
			},
		];
	}

	function ask_the_gateway(frm) {
		const employee = frm.doc.name;
		const asked = ["enrolment_actions.find", "enrolment_actions.where"];
		return Promise.all(asked.map((method) => cams_biometric.call(method, { employee }))).then(
			([person, devices]) => frappe.msgprint({ title: __("Gateway Response"), message: answer(person, devices) }),
		);
	}

	function answer(person, devices) {
		if (!person) return __("The gateway has nobody with this device ID.");
		const credentials = Object.entries(person.credentials).map(([kind, number]) => `${__(kind)}: ${number}`);
		const rows = [
			[__("User ID"), escape(person.user_id)],
			[__("Name"), escape(person.name)],
			[__("User Type"), escape(person.user_type)],
			[__("Credentials"), escape(credentials.join(", ")) || __("None")],
			[__("Devices"), escape(devices.map((device) => device.label).join(", ")) || __("None")],
		];
		return table([], rows);
	}
})();

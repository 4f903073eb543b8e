// What the app's forms, lists, pages and reports share. They include this file, so that nothing has to be built; a form
// has it from its list, which Frappe loads first.
frappe.provide("cams_biometric");

Object.assign(cams_biometric, {
	// Of every state that the Desk shows.
	colors: {
		Queued: "blue",
		Sent: "blue",
		Running: "blue",
		Waiting: "blue",
		Recorded: "green",
		Restored: "green",
		Done: "green",
		Repaired: "green",
		Applied: "green",
		"On Device": "green",
		Healthy: "green",
		Present: "green",
		Held: "orange",
		Unread: "orange",
		Read: "green",
		Open: "orange",
		Changed: "orange",
		"Waiting for Device": "orange",
		"Partially Applied": "orange",
		Outdated: "orange",
		"Queue Stuck": "orange",
		"Clock Drift": "orange",
		"Half Day": "orange",
		"Only in ERPNext": "orange",
		"Licence Expiring": "orange",
		Failed: "red",
		"Not Reporting": "red",
		Absent: "red",
		"Only at Gateway": "red",
		Ignored: "gray",
		Skipped: "gray",
		Dismissed: "gray",
		Cancelled: "gray",
		Deleted: "gray",
		"Not Sent": "gray",
	},

	pill(state) {
		const color = cams_biometric.colors[state] || "gray";
		return `<span class="indicator-pill ${color}">${frappe.utils.escape_html(__(state))}</span>`;
	},

	// For `get_indicator` of a list.
	indicator: (doc) => [__(doc.state), cams_biometric.colors[doc.state], `state,=,${doc.state}`],

	// A method of a stored document. Frappe returns the document too and copies it over that of the form, so unsaved
	// changes are put back.
	run(doctype, name, method, args) {
		const doc = frappe.get_doc(doctype, name);
		const typed = doc?.__unsaved && $.extend(true, {}, doc);
		const answer = frappe.xcall("run_doc_method", { dt: doctype, dn: name, method, args });
		return typed ? answer.finally(() => frappe.model.sync(typed)) : answer;
	},

	settings: (method, args) => cams_biometric.run("CAMS Biometric Settings", "CAMS Biometric Settings", method, args),

	// A function of the controllers: "punch_actions.retry".
	call: (name, args) => frappe.xcall(cams_biometric.method(name), args),

	method: (name) => `navari_cams_biometric.cams_biometric.controllers.${name}`,

	// Call a method that adds commands, and say how many.
	request: (name, args) =>
		cams_biometric.call(name, args).then(({ in_background, commands }) => {
			const message = in_background
				? __("Queued in the background. You will be notified when it is done.")
				: cams_biometric.counted(commands, __("1 command queued."), __("{0} commands queued.", [commands]));
			frappe.show_alert({ message, indicator: "blue" });
		}),

	// Bring back what the devices said in the check-ins of these CAMS Checkin Changes.
	restore_checkins: (names) =>
		cams_biometric.call("checkin_actions.restore", { names }).then((checkins) => {
			const message = __("Check-ins restored: {0}", [checkins.length]);
			frappe.show_alert({ message, indicator: checkins.length ? "green" : "orange" });
		}),

	// Have HRMS give these Employee Checkins their shift again.
	fetch_shift: (names) =>
		cams_biometric.call("day_repair_actions.fetch_shift", { names }).then(({ changed, marked }) => {
			const message = marked
				? __("The attendance is marked: use Days to Repair.")
				: __("Check-ins with another shift now: {0}", [changed]);
			frappe.show_alert({ message, indicator: changed ? "green" : "orange" });
		}),

	// A punch that no device sent. `known` fills the dialog: employee, time, log_type.
	add_punch: (known = {}) =>
		new Promise((resolve) => {
			const dialog = new frappe.ui.Dialog({
				title: __("Add Punch"),
				fields: [
					{ fieldname: "employee", fieldtype: "Link", options: "Employee", label: __("Employee"), reqd: 1 },
					{ fieldname: "time", fieldtype: "Datetime", label: __("Time"), reqd: 1 },
					{
						fieldname: "log_type",
						fieldtype: "Select",
						label: __("Direction"),
						reqd: 1,
						options: [
							{ value: "IN", label: __("In") },
							{ value: "OUT", label: __("Out") },
						],
					},
					{
						fieldname: "reason",
						fieldtype: "Small Text",
						label: __("Reason"),
						reqd: 1,
						description: __("Kept with the punch, and with your name. Take Back on the punch undoes it."),
					},
				],
				primary_action_label: __("Add Punch"),
				primary_action: (values) =>
					cams_biometric.call("punch_actions.add_punch", values).then((added) => {
						dialog.hide();
						frappe.show_alert({ message: __("Punch added. A day that is marked already is in Days to Repair."), indicator: "green" }, 7);
						resolve(added);
					}),
			});
			dialog.set_values(known);
			dialog.show();
		}),

	can_add_punch: () =>
		frappe.user.has_role(["HR User", "HR Manager", "System Manager"]) && frappe.model.can_create("Employee Checkin"),

	take_back: (name) =>
		new Promise((resolve) =>
			frappe.confirm(__("Delete the check-in of this added punch? A day that is marked with it is decided again."), () =>
				cams_biometric.call("punch_actions.take_back", { name }).then(() => {
					frappe.show_alert({ message: __("Punch taken back."), indicator: "green" });
					resolve();
				}),
			),
		),

	// Which of two translated texts fits a number.
	counted: (count, one, many) => (count === 1 ? one : many),

	escape: (text) => frappe.utils.escape_html(String(text ?? "")),

	// A time in no other zone than it has, with DATE in the format as the user's settings write it.
	written: (value, format = "DATE HH:mm") =>
		value ? moment(value).format(format.replace("DATE", frappe.datetime.get_user_date_fmt().toUpperCase())) : "",

	// A stored time, to the minute, in the user's zone.
	time: (value) => (value ? cams_biometric.written(frappe.datetime.convert_to_user_tz(value, false)) : ""),

	// The same in a title: "21 Nov 08:03" and "21 Nov", with the year where it is another one.
	short_time: (value) => (value ? short(frappe.datetime.convert_to_user_tz(value, false), " HH:mm") : ""),

	short_day: (value) => (value ? short(moment(value)) : ""),

	// "1 Jan to 1 Mar 2024", or one day.
	span_of({ from_date, to_date }) {
		const last = cams_biometric.short_day(to_date);
		const is_same_year = String(from_date).slice(0, 4) === String(to_date).slice(0, 4);
		const first = is_same_year ? moment(from_date).format("D MMM") : cams_biometric.short_day(from_date);
		return from_date === to_date ? last : __("{0} to {1}", [first, last]);
	},

	// A person or a device, with the code behind the name.
	named: (name, code) => (name && code && name !== code ? `${name} (${code})` : name || code || ""),

	// For `onload` of a list, not of its report view: the names of its employees come with its rows.
	name_employees({ link_field_title_fields: titles }) {
		if (titles && frappe.model.can_read("Employee")) titles.employee = "employee_name";
	},

	// Who a row or a document is about, for `who` where nobody is known.
	person(doc, who = doc.user_id) {
		const name = doc.employee_employee_name || doc.employee_name || doc.__onload?.employee_names?.[doc.employee];
		return doc.employee ? name || doc.employee : who || "";
	},

	// Cells of lists: a click filters by the code, a pointer shows both.
	cell: (text, code) => `<span class="ellipsis" title="${cams_biometric.escape(cams_biometric.named(text, code))}">${cams_biometric.escape(text || code)}</span>`,

	device_cell: (tag, _df, doc) =>
		`<a class="filterable ellipsis" data-filter="service_tag,=,${cams_biometric.escape(tag)}"
			title="${cams_biometric.escape(cams_biometric.named(doc.service_tag_label, tag))}">${cams_biometric.escape(doc.service_tag_label || tag)}</a>`,

	time_cell: (value) => `<span class="ellipsis">${cams_biometric.escape(cams_biometric.time(value))}</span>`,

	device: (service_tag) => frappe.utils.get_link_title("CAMS Device", service_tag) || service_tag || "",

	// A link to a device shows its title where the Desk knows it.
	learn_devices: () =>
		frappe.db.get_list("CAMS Device", { fields: ["name", "label"], limit: 0 }).then((devices) => {
			for (const { name, label } of devices) frappe.utils.add_link_title("CAMS Device", name, label || name);
		}),

	// For the list's file, which is read before any form copies the fields: people and devices stand with their codes, and
	// the zone of times below the first of them alone.
	name_links(doctype) {
		const fields = frappe.meta.sort_docfields(frappe.meta.docfield_map[doctype]);
		const times = fields.filter(({ fieldtype, hidden }) => fieldtype === "Datetime" && !hidden);
		for (const df of times.slice(1)) df.hide_timezone = 1;
		for (const df of fields.filter(({ fieldtype }) => fieldtype === "Link")) {
			if (df.options === "Employee") df.formatter = (value, _df, _options, doc) => named_link(df, value, cams_biometric.person(doc || {}));
			if (df.options === "CAMS Device") df.formatter = (value) => named_link(df, value, cams_biometric.device(value));
		}
	},

	// What a form is called, in place of a hash; what a device sent was made by nobody here.
	set_title(frm, ...parts) {
		const title = parts.filter(Boolean).join(", ");
		const $crumb = $("#navbar-breadcrumbs li.disabled a, .title-text-form");
		$crumb.text(title);
		if (!$crumb.hasClass("title-text-form")) frm.page.set_title(title); // in Frappe 16 the last crumb is the title
		frm.page.set_title_sub("");
		frm.page.wrapper.addClass("cams-titled");
		frappe.dom.set_style(WIDE_TITLE, "cams-titled");
		frappe.utils.set_title(title);
		const $sidebar = $(frm.sidebar?.sidebar); // Frappe 16 repeats title and name there
		$sidebar.find(".form-details .form-title-text").text(title);
		$sidebar.find(".form-name-container").toggle(frm.doctype === "CAMS Device");
		if (frm.doc.owner === "Guest") hide_authors(frm);
	},

	// A text within a sentence that may run in the other direction.
	bdi: (text) => `<bdi>${cams_biometric.escape(text)}</bdi>`,

	// "CheckIn" as people write it; what a device calls otherwise stays as it is.
	type_of(type) {
		const text = String(type ?? "");
		const known = {
			checkin: __("Check In", null, "Punch type"),
			checkout: __("Check Out", null, "Punch type"),
			breakin: __("Break In", null, "Punch type"),
			breakout: __("Break Out", null, "Punch type"),
			overtimein: __("Overtime In", null, "Punch type"),
			overtimeout: __("Overtime Out", null, "Punch type"),
			mealin: __("Meal In", null, "Punch type"),
			mealout: __("Meal Out", null, "Punch type"),
			mealstart: __("Meal Start", null, "Punch type"),
			mealend: __("Meal End", null, "Punch type"),
		};
		return known[text.replace(/[\s_-]/g, "").toLowerCase()] || text.replace(/([a-z])([A-Z])/g, "$1 $2");
	},

	// Make the content of an element what the HTML says and leave alone what is so already: an element that stays keeps
	// the focus. Elements with a `data-key` are found again wherever they stand.
	patch(parent, html) {
		const wanted = document.createElement("template");
		wanted.innerHTML = html;
		const focused = document.activeElement;
		patch_children(parent, wanted.content);
		// What was moved to another place has lost it.
		if (focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
	},

	has_socket: () => Boolean(frappe.realtime.socket?.connected),

	// Notify a page when punches were processed, also after the connection was lost.
	on_punches(action) {
		const subscribe = () => frappe.realtime.doctype_subscribe("CAMS Punch");
		frappe.realtime.on("connect", subscribe);
		frappe.realtime.on("cams_punches", action);
		if (cams_biometric.has_socket()) subscribe();
	},

	// Heads and cells are HTML. A column without a head has none.
	table(heads, rows, attributes = 'class="table table-sm small"') {
		const cells = (values) => values.map((value) => `<td>${value}</td>`).join("");
		return `<div class="table-responsive"><table ${attributes}>
			<thead><tr>${heads.map((head) => (head ? `<th>${head}</th>` : "<td></td>")).join("")}</tr></thead>
			<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join("")}</tbody>
		</table></div>`;
	},

	// The same, and on a phone a card for each row. A cell without a head stands alone.
	cards(heads, rows, attributes) {
		const line = (head, value) => `<div>${head ? `<span class="text-muted">${head}:</span> ` : ""}${value}</div>`;
		const card = (row) => `<div class="border rounded p-2 mb-2 small">${row.map((value, place) => line(heads[place], value)).join("")}</div>`;
		return `<div class="d-none d-md-block">${cams_biometric.table(heads, rows, attributes)}</div>
			<div class="d-md-none">${rows.map(card).join("")}</div>`;
	},

	// Act in some seconds if the form still shows this document, and so for some minutes since it was opened, or since
	// `frm.cams_followed` was cleared.
	follow(frm, action, seconds = 5, minutes = 3) {
		const name = frm.doc.name;
		clearTimeout(frm.cams_timer);
		if (frm.cams_followed?.name !== name) frm.cams_followed = { name, since: Date.now() };
		if (Date.now() - frm.cams_followed.since > minutes * 60000) return;
		frm.cams_timer = setTimeout(() => frappe.get_route()[2] === name && action(), seconds * 1000);
	},

	// A list does not repeat the same request within three seconds; here the answer has changed.
	refresh_list(listview) {
		listview.last_args = null;
		return listview.refresh();
	},
});

// The gateway's names of what commands ask for, in people's words: lists, filters and forms translate what a field has.
// As in command_queue.operation_labels.
Object.assign(frappe._messages, {
	AddUser: __("Enrol"),
	UpdateUser: __("Update Person"),
	DeleteUser: __("Remove from Device"),
	EnrollFingerprint: __("Enrol Fingerprint"),
	EnrollFace: __("Enrol Face"),
	EnrollCard: __("Enrol Card"),
	SetUserPassword: __("Set PIN"),
	CopyUsers: __("Copy People"),
	ResendUser: __("Resend Person"),
	OpenDoor: __("Open Door"),
	LockDoor: __("Lock Door"),
	SetAccessSchedule: __("Set Access Schedule"),
	SyncDeviceTime: __("Set the Clock"),
	RebootDevice: __("Restart"),
	ResetDeviceQueue: __("Reset Queue"),
	RegisterCallback: __("Register Callback URL"),
});

// At night Frappe's blue has a contrast of 4.1 to 1 and its gray of 3.9, where 4.5 are to be.
const NIGHT_PILLS = `[data-theme="dark"] [class*="cams-"] .indicator-pill { --bg-blue: var(--blue-700); --bg-gray: var(--gray-700); }`;
frappe.dom.set_style(NIGHT_PILLS, "cams-pills");

// Frappe cuts titles at a third of the width.
const WIDE_TITLE = `@media (min-width: 992px) {
	.cams-titled .page-title { flex: 0 1 auto; width: auto; max-width: 60%; }
	.cams-titled .page-title .title-text { max-width: none; }
}`;

function named_link(df, value, name) {
	if (!value) return "";
	const shown = cams_biometric.escape(name || value);
	const link = frappe.model.can_read(df.options) ? frappe.utils.get_form_link(df.options, value, true, shown) : shown;
	return name && name !== value ? `${link} <span class="text-muted">${cams_biometric.escape(value)}</span>` : link;
}

function hide_authors(frm) {
	const { doc, timeline } = frm;
	frm.sidebar?.sidebar?.find(".created-by, .modified-by").hide();
	timeline.get_creation_message = () => ({ creation: doc.creation, content: __("Received from the device") });
	timeline.get_modified_message = () => ({ creation: doc.modified, content: __("Last processed") });
	timeline.refresh();
}

function short(time, clock = "") {
	const year = time.year() === moment().year() ? "" : " YYYY";
	return time.format(`D MMM${year}${clock}`);
}

function patch_children(parent, wanted) {
	const keys = new Set([...wanted.children].map((each) => each.dataset.key).filter(Boolean));
	const kept = new Map();
	for (const each of [...parent.children]) {
		if (!each.dataset.key) continue;
		if (keys.has(each.dataset.key)) kept.set(each.dataset.key, each);
		else each.remove();
	}
	let next = parent.firstChild;
	for (const node of [...wanted.childNodes]) {
		const key = node.dataset?.key;
		const found = key ? kept.get(key) : !next?.dataset?.key && next?.nodeName === node.nodeName && next;
		if (key && found) next = remove_until(next, (each) => each.dataset?.key);
		if (found) patch_node(found, node);
		if (found && found === next) next = next.nextSibling;
		else parent.insertBefore(found || node, next);
	}
	remove_until(next, () => false);
}

function remove_until(node, is_reached) {
	while (node && !is_reached(node)) {
		const last = node;
		node = node.nextSibling;
		last.remove();
	}
	return node;
}

function patch_node(node, wanted) {
	if (node.nodeType !== Node.ELEMENT_NODE) {
		if (node.data !== wanted.data) node.data = wanted.data;
		return;
	}
	for (const { name } of [...node.attributes]) if (!wanted.hasAttribute(name)) node.removeAttribute(name);
	for (const { name, value } of wanted.attributes) {
		if (node.getAttribute(name) !== value) node.setAttribute(name, value);
	}
	if ("checked" in node) node.checked = wanted.checked;
	patch_children(node, wanted);
}

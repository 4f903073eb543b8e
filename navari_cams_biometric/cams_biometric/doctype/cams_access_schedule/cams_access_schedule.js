frappe.ui.form.on("CAMS Access Schedule", {
	setup() {
		const fields = frappe.meta.docfield_map["CAMS Access Schedule Device"];
		fields.state.formatter = (value) => (value ? cams_biometric.pill(value) : "");
		fields.command.formatter = (value) =>
			value ? frappe.utils.get_form_link("CAMS Command", value, true, __("Show")) : "";
	},

	refresh(frm) {
		frm.set_intro("");
		if (frm.is_new()) return;
		frm.trigger("show_where_it_is_in_force");
		if (frappe.model.can_write("CAMS Access Schedule")) frm.trigger("add_send_button");
		frm.trigger("follow");
	},

	show_where_it_is_in_force(frm) {
		const lacking = lacking_text(frm);
		if (lacking) frm.set_intro(lacking, "orange");
		else frm.set_intro(where_in_force(frm.doc.devices), cams_biometric.colors[frm.doc.state]);
	},

	add_send_button(frm) {
		const pending = frm.doc.devices.filter((line) => !["Applied", "Waiting"].includes(line.state));
		const count = (pending.length ? pending : frm.doc.devices).length;
		const label = pending.length
			? __("Send to Devices ({0})", [count])
			: __("Send to Devices Again ({0})", [count]);
		const button = frm.add_custom_button(label, () => frm.trigger("send"));
		const lacking = lacking_text(frm);
		if (lacking) button.prop("disabled", true).attr("title", lacking);
		else if (pending.length) button.addClass("btn-primary");
	},

	send(frm) {
		const saved = frm.is_dirty() ? frm.save() : Promise.resolve();
		saved
			.then(() => cams_biometric.run(frm.doctype, frm.doc.name, "send_to_devices"))
			.then((count) => {
				frappe.show_alert({ message: __("Being sent to devices: {0}", [count]), indicator: "blue" });
				frm.cams_followed = null;
				frm.reload_doc();
			});
	},

	// The scheduler asks the gateway once a minute; what it learns is in the stored lines.
	follow(frm) {
		if (!frm.doc.devices.some((line) => line.state === "Waiting")) return;
		cams_biometric.follow(frm, () => frm.is_dirty() || frm.reload_doc(), 5, 5);
	},
});

function lacking_text(frm) {
	const api = frm.doc.__onload && frm.doc.__onload.lacking_api;
	return api ? __("{0} has no access schedules. Use REST v3, if your account has it.", [__(api)]) : "";
}

function where_in_force(lines) {
	const devices_in = (state) =>
		lines.filter((line) => line.state === state).map((line) => line.label || line.service_tag);
	const count = devices_in("Applied").length;
	if (count === lines.length) return __("Applied on every device ({0}).", [count]);
	const first = count
		? __("Devices on which it is applied: {0} of {1}.", [count, lines.length])
		: __("Applied on no device yet.");
	const rest = ["Not Sent", "Waiting", "Outdated", "Failed"]
		.filter((state) => devices_in(state).length)
		.map((state) => `${__(state)}: ${frappe.utils.escape_html(devices_in(state).join(", "))}.`);
	return [first, ...rest].join(" ");
}

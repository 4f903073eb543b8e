frappe.ui.form.on("CAMS Unread Event", {
	refresh(frm) {
		frm.disable_save();
		const device = cams_biometric.device(frm.doc.service_tag) || __("Unknown device");
		cams_biometric.set_title(frm, device, cams_biometric.short_time(frm.doc.last_received));
		if (frm.doc.state !== "Unread") return;
		frm.set_intro(
			__(
				"Parts of this event were not understood. Read it, and enter a punch that is in it as a check-in manually. After an update of this app press Read Again. Dismiss it if it matters to nobody.",
			),
			"orange",
		);
		const actions = cams_biometric.unread_events;
		if (!actions.can_settle()) return;
		const reload = () => frm.reload_doc();
		frm.add_custom_button(__("Read Again"), () => actions.read_again([frm.doc.name]).then(reload));
		frm.add_custom_button(__("Dismiss"), () => actions.dismiss([frm.doc.name]).then(reload));
	},
});

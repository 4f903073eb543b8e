frappe.ui.form.on("CAMS Command", {
	refresh(frm) {
		frm.disable_save();
		const { operation, service_tag } = frm.doc;
		cams_biometric.set_title(frm, __(operation), cams_biometric.person(frm.doc), cams_biometric.device(service_tag));
		if (frm.doc.state === "Queued") {
			frm.add_custom_button(__("Cancel Command"), () => frm.trigger("cancel_command"));
		}
		if (is_under_way(frm.doc)) {
			frm.add_custom_button(__("Ask the Gateway Now"), () => frm.trigger("check_now"));
		}
		frm.trigger("follow");
	},

	cancel_command(frm) {
		cams_biometric.run(frm.doctype, frm.doc.name, "cancel_command").then((in_time) => {
			if (!in_time) frappe.msgprint(__("It has already been sent."));
			frm.reload_doc();
		});
	},

	check_now(frm) {
		return cams_biometric.run(frm.doctype, frm.doc.name, "check_now").then(() => frm.reload_doc());
	},

	// The gateway is asked while somebody looks on; realtime brings what the worker learns in between.
	follow(frm) {
		if (!is_open(frm.doc)) return;
		cams_biometric.follow(frm, () => (is_under_way(frm.doc) ? frm.trigger("check_now") : frm.reload_doc()));
	},
});

function is_under_way(doc) {
	return ["Sent", "Waiting for Device"].includes(doc.state) && doc.answered_at;
}

function is_open(doc) {
	return ["Queued", "Sent", "Waiting for Device"].includes(doc.state);
}

const CAMS_COMMANDS = "navari_cams_biometric.cams_biometric.controllers.command_actions";
const CHECK_SECONDS = 5;
const LONGEST_WATCH_SECONDS = 180;

frappe.ui.form.on("CAMS Command", {
	refresh(frm) {
		frm.disable_save();
		if (frm.doc.state === "Queued") {
			frm.add_custom_button(__("Cancel Command"), () => frm.trigger("cancel_command"));
		}
		if (is_under_way(frm.doc)) {
			frm.add_custom_button(__("Ask the Gateway Now"), () => frm.trigger("check_now"));
		}
		frm.trigger("follow");
	},

	cancel_command(frm) {
		frappe.xcall(`${CAMS_COMMANDS}.cancel`, { name: frm.doc.name }).then((in_time) => {
			if (!in_time) frappe.msgprint(__("It has already been sent."));
			frm.reload_doc();
		});
	},

	check_now(frm) {
		return frappe.xcall(`${CAMS_COMMANDS}.check`, { name: frm.doc.name }).then(() => frm.reload_doc());
	},

	// The gateway is asked while somebody looks on; realtime brings what the worker learns in between.
	follow(frm) {
		clearTimeout(frm.follow_timer);
		if (!is_open(frm.doc)) return;
		frm.watched_since = frm.watched_since || Date.now();
		if (Date.now() - frm.watched_since > LONGEST_WATCH_SECONDS * 1000) return;
		const name = frm.doc.name;
		frm.follow_timer = setTimeout(() => {
			if (frappe.get_route()[2] !== name) return;
			if (is_under_way(frm.doc)) frm.trigger("check_now");
			else frm.reload_doc();
		}, CHECK_SECONDS * 1000);
	},
});

function is_under_way(doc) {
	return ["Sent", "Waiting for Device"].includes(doc.state) && doc.answered_at;
}

function is_open(doc) {
	return ["Queued", "Sent", "Waiting for Device"].includes(doc.state);
}

frappe.ui.form.on("CAMS History Load", {
	refresh(frm) {
		frm.disable_save();
		const { state, progress } = frm.doc;
		frm.dashboard.clear_headline();
		if (["Queued", "Running"].includes(state)) {
			frm.dashboard.show_progress(__("Loading"), progress || 1, __("{0} %", [progress || 0]));
			frm.trigger("follow");
		}
		if (!frappe.user.has_role("System Manager")) return;
		if (["Queued", "Running"].includes(state)) {
			frm.add_custom_button(__("Cancel Load"), () => frm.call("cancel_load").then(() => frm.reload_doc()));
		} else if (state !== "Done") {
			frm.add_custom_button(__("Resume"), () => frm.call("resume_load").then(() => frm.reload_doc()));
		}
	},

	// By realtime where there is a socket, and every few seconds where there is none.
	follow(frm) {
		const name = frm.doc.name;
		clearTimeout(frm.follow_timer);
		frm.follow_timer = setTimeout(() => {
			if (frm.doc.name === name && frappe.get_route()[2] === name) frm.reload_doc();
		}, 3000);
	},

	onload(frm) {
		frappe.realtime.on("cams_history_load", ({ progress }) => {
			frm.dashboard.show_progress(__("Loading"), progress || 1, __("{0} %", [progress]));
		});
	},
});

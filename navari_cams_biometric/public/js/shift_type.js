{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

frappe.ui.form.on("Shift Type", {
	refresh(frm) {
		if (frm.is_new() || !frappe.user.has_role(["System Manager", "HR Manager", "HR User"])) return;
		frm.add_custom_button(__("Shift Sync"), () =>
			frappe.set_route("query-report", "CAMS Shift Sync", { shift_type: frm.doc.name }),
		);
		if (frm.doc.enable_auto_attendance) frm.trigger("show_sync");
	},

	show_sync(frm) {
		const name = frm.doc.name;
		cams_biometric.call("shift_sync_actions.state_of", { shift_type: name }).then(({ sentence, color }) => {
			if (frm.doc.name !== name) return;
			const text = __("Biometric devices: {0}.", [sentence]);
			frm.dashboard.set_headline_alert(frappe.utils.escape_html(text), color);
		});
	},
});

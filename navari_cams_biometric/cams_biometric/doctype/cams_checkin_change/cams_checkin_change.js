frappe.ui.form.on("CAMS Checkin Change", {
	refresh(frm) {
		frm.disable_save();
		cams_biometric.set_title(frm, cams_biometric.person(frm.doc), cams_biometric.short_time(frm.doc.punch_time));
		const may = frappe.user.has_role(["HR Manager", "System Manager"]);
		if (!may || frm.doc.state === "Restored") return;
		frm.add_custom_button(__("Restore"), () =>
			cams_biometric.restore_checkins([frm.doc.name]).then(() => frm.reload_doc()),
		);
	},
});

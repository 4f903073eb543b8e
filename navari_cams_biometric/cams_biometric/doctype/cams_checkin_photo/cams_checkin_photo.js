frappe.ui.form.on("CAMS Checkin Photo", {
	refresh(frm) {
		cams_biometric.set_title(frm, cams_biometric.person(frm.doc), cams_biometric.short_time(frm.doc.taken_at));
	},
});

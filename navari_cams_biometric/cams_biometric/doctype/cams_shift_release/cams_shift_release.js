frappe.ui.form.on("CAMS Shift Release", {
	refresh(frm) {
		cams_biometric.set_title(frm, frm.doc.shift_type, cams_biometric.short_time(frm.doc.released_until));
	},
});

frappe.ui.form.on("CAMS Device ID", {
	onload(frm) {
		if (frm.is_new()) frm.set_value("company", ""); // the user's default is not a choice
	},

	refresh(frm) {
		if (!frm.is_new()) cams_biometric.set_title(frm, frm.doc.employee_name || frm.doc.employee, frm.doc.user_id);
	},
});

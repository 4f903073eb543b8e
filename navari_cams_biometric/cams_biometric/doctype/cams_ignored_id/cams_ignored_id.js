frappe.ui.form.on("CAMS Ignored ID", {
	refresh(frm) {
		if (!frm.is_new()) cams_biometric.set_title(frm, frm.doc.user_id, cams_biometric.device(frm.doc.service_tag));
	},
});

frappe.ui.form.on("CAMS Device User", {
	refresh(frm) {
		const { first_name, last_name, user_id, service_tag } = frm.doc;
		const name = [first_name, last_name].filter(Boolean).join(" ");
		cams_biometric.set_title(frm, cams_biometric.person(frm.doc, name || user_id), cams_biometric.device(service_tag));
	},
});

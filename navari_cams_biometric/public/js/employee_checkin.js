frappe.ui.form.on("Employee Checkin", {
	refresh(frm) {
		const punch = frm.doc.custom_cams_punch;
		if (!punch || !frappe.model.can_read("CAMS Punch")) return;
		frm.add_custom_button(__("CAMS Punch"), () => frappe.set_route("Form", "CAMS Punch", punch), __("View"));
		frappe.db.get_value("CAMS Punch", punch, ["device_label", "service_tag"]).then(({ message }) => {
			const device = message && (message.device_label || message.service_tag);
			const origin = [device || frm.doc.device_id, __(frm.doc.custom_input_type), __(frm.doc.custom_punch_type)];
			const text = __("From the biometric device: {0}. Its time: {1}.", [
				origin.filter(Boolean).join(", "),
				frm.doc.custom_original_time,
			]);
			frm.set_intro(frappe.utils.escape_html(text), "blue");
		});
	},
});

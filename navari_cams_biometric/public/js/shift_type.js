frappe.ui.form.on("Shift Type", {
	refresh(frm) {
		const readers = ["System Manager", "HR Manager", "HR User"];
		if (frm.is_new() || !readers.some((role) => frappe.user.has_role(role))) return;
		frm.add_custom_button(__("Shift Sync"), () =>
			frappe.set_route("query-report", "CAMS Shift Sync", { shift_type: frm.doc.name }),
		);
		if (frm.doc.enable_auto_attendance) show_sync(frm);
	},
});

function show_sync(frm) {
	const name = frm.doc.name;
	const method = "navari_cams_biometric.cams_biometric.controllers.shift_sync_actions.state_of";
	frappe.xcall(method, { shift_type: name }).then(({ sentence, color }) => {
		if (frm.doc.name !== name) return;
		const text = __("Biometric devices: {0}.", [sentence]);
		frm.dashboard.set_headline_alert(frappe.utils.escape_html(text), color);
	});
}

frappe.ui.form.on("CAMS Device ID", {
	onload(frm) {
		if (frm.is_new()) frm.set_value("company", ""); // the user's default is not a choice
	},
});

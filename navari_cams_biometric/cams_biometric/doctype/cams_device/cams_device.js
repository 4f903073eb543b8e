frappe.ui.form.on("CAMS Device", {
	setup(frm) {
		frappe.xcall("frappe.core.doctype.user.user.get_timezones").then(({ timezones }) => {
			frm.set_df_property("time_zone", "options", timezones);
		});
	},

	refresh(frm) {
		if (frm.is_new()) return;
		frm.add_custom_button(__("Punches"), () =>
			frappe.set_route("List", "CAMS Punch", { service_tag: frm.doc.name }),
		);
		if (!frappe.user.has_role("System Manager")) return;
		frm.add_custom_button(__("Load Punchlog"), () => frm.trigger("load_punchlog"));
		frm.add_custom_button(__("Expect History"), () => frm.trigger("expect_history"));
	},

	load_punchlog(frm) {
		const date = (fieldname, label) => ({ fieldname, label, fieldtype: "Date", reqd: 1 });
		frappe.prompt(
			[date("from_date", __("From Date")), date("to_date", __("To Date"))],
			(values) =>
				frappe
					.xcall("navari_cams_biometric.cams_biometric.controllers.history.load_punchlog", {
						...values,
						service_tag: frm.doc.name,
					})
					.then((name) => frappe.set_route("Form", "CAMS History Load", name)),
			__("Load Punchlog"),
			__("Load"),
		);
	},

	expect_history(frm) {
		frappe.confirm(
			__("For 24 hours a batch that names this device is believed without a token. Begin the load in the CAMS portal now. Continue?"),
			() => frm.call("expect_history").then(() => frm.reload_doc()),
		);
	},
});

frappe.listview_settings["CAMS Device User"] = {
	hide_name_column: true,
	add_fields: ["state"],
	get_indicator: (doc) => [__(doc.state), doc.state === "Deleted" ? "gray" : "green", `state,=,${doc.state}`],

	onload(listview) {
		if (!frappe.user.has_role(["HR Manager", "System Manager"])) return;
		const send = (method, reason) =>
			frappe
				.xcall(`navari_cams_biometric.cams_biometric.controllers.enrolment_actions.${method}`, {
					names: listview.get_checked_items(true),
					reason,
				})
				.then((asked) => {
					frappe.show_alert({
						message: __("{0} commands queued.", [asked.commands]),
						indicator: "blue",
					});
					listview.clear_checked_items();
				});
		listview.page.add_actions_menu_item(
			__("Remove from Device"),
			() =>
				frappe.prompt(
					{ fieldname: "reason", fieldtype: "Data", label: __("Reason"), reqd: 1 },
					({ reason }) => send("remove_users", reason),
					__("Remove from Device"),
					__("Remove"),
				),
			false,
		);
		listview.page.add_actions_menu_item(__("Resend"), () => send("resend_users", ""), false);
	},
};

{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

cams_biometric.name_links("CAMS Device User");

const full_name = (user) => [user.first_name, user.last_name].filter(Boolean).join(" ");

frappe.listview_settings["CAMS Device User"] = {
	hide_name_column: true,
	add_fields: ["state", "first_name", "last_name"],
	get_indicator: cams_biometric.indicator,

	formatters: {
		employee: (_employee, _df, doc) => cams_biometric.named(cams_biometric.person(doc, full_name(doc)), doc.user_id),
		service_tag: cams_biometric.device_cell,
	},

	onload(listview) {
		cams_biometric.name_employees(listview);
		if (!frappe.user.has_role(["HR Manager", "System Manager"])) return;
		const send = (method, reason) =>
			cams_biometric
				.request(method, { names: listview.get_checked_items(true), reason })
				.then(() => listview.clear_checked_items());
		listview.page.add_actions_menu_item(
			__("Remove from Device"),
			() =>
				frappe.prompt(
					{ fieldname: "reason", fieldtype: "Data", label: __("Reason"), reqd: 1 },
					({ reason }) => send("enrolment_actions.remove_users", reason),
					__("Remove from Device"),
					__("Remove"),
				),
			false,
		);
		listview.page.add_actions_menu_item(
			__("Resend"),
			() => send("enrolment_actions.resend_users", ""),
			false,
		);
	},
};

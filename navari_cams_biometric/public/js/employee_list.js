// What the Employee form and list share: this file is loaded with the DocType, before either is shown.
{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

cams_biometric.people = {
	may_send: () => frappe.user.has_role(["HR Manager", "System Manager"]),

	// It asks for a reason, unless the fields do. The dialog stays open if the server refuses.
	prompt({ title, label, fields, action, is_dangerous }) {
		const has_reason = fields.some((field) => field.fieldname === "reason");
		const dialog = new frappe.ui.Dialog({
			title,
			fields: has_reason ? fields : [...fields, this.reason_field()],
			primary_action_label: label,
			primary_action(values) {
				dialog.disable_primary_action();
				Promise.resolve(action(values))
					.then(() => dialog.hide())
					.catch(() => {})
					.finally(() => dialog.enable_primary_action());
			},
		});
		if (is_dangerous) dialog.get_primary_btn().removeClass("btn-primary").addClass("btn-danger");
		dialog.show();
		// A PIN is no site password: its strength is not asked of the server, and the browser fills nothing in.
		const secret = dialog.fields_dict.secret;
		if (secret) {
			secret.disable_password_checks();
			secret.$input.attr("autocomplete", "new-password");
		}
	},

	// A dialog leaves out what is empty; for the server that would mean devices of its own choice.
	send(method, employees, { everywhere, ...values }, may_choose_none) {
		if (everywhere) values.devices = [];
		if (everywhere || may_choose_none || values.devices || values.targets) {
			return cams_biometric.request(method, { employees, ...values });
		}
		frappe.msgprint(__("Choose a device."));
		return Promise.reject();
	},

	label: (device) => device.label || device.service_tag,

	devices_field(devices, checked, overrides) {
		return {
			fieldname: "devices",
			fieldtype: "MultiCheck",
			label: __("Devices"),
			columns: 2,
			sort_options: false,
			options: devices.map((device) => ({
				label: frappe.utils.escape_html(this.label(device)),
				description: frappe.utils.escape_html(device.service_tag),
				value: frappe.utils.escape_html(device.service_tag),
				checked: checked.includes(device),
			})),
			...overrides,
		};
	},

	device_field(devices, value, overrides) {
		return {
			fieldname: "devices",
			fieldtype: "Select",
			label: __("Device"),
			reqd: 1,
			default: value,
			options: devices.map((device) => ({ label: this.label(device), value: device.service_tag })),
			...overrides,
		};
	},

	reason_field: (overrides) => ({ fieldname: "reason", fieldtype: "Data", label: __("Reason"), ...overrides }),

	// From all devices by default: the app may not know of every device.
	removal_fields(devices) {
		return [
			{
				fieldname: "warning",
				fieldtype: "HTML",
				options: `<p class="text-muted">${__(
					"Fingerprints, faces, cards and PINs are deleted on the devices and must be enrolled again if the person returns.",
				)}</p>`,
			},
			this.reason_field({ reqd: 1 }),
			{ fieldname: "everywhere", fieldtype: "Check", label: __("From all devices"), default: 1 },
			this.devices_field(devices, [], { depends_on: "eval:!doc.everywhere" }),
		];
	},

	copy_fields(devices, source) {
		return [
			this.device_field(devices, source, { fieldname: "source", label: __("From") }),
			this.devices_field(devices, [], { fieldname: "targets", label: __("To") }),
		];
	},
};

(() => {
	const people = cams_biometric.people;
	const settings = (frappe.listview_settings["Employee"] = frappe.listview_settings["Employee"] || {});
	const former_onload = settings.onload;

	settings.onload = function (listview) {
		if (former_onload) former_onload.call(this, listview);
		if (!people.may_send()) return;
		const add = (label, action) =>
			listview.page.add_actions_menu_item(label, () => ask(listview, action), false);
		add(__("Enrol on Devices"), {
			title: (count) => __("Enrol {0} Employees", [count]),
			label: __("Enrol"),
			method: "enrolment_actions.enrol",
			fields: enrolment_fields,
			may_choose_none: true,
		});
		add(__("Remove from Devices"), {
			title: (count) => __("Remove {0} Employees from Devices", [count]),
			label: __("Remove"),
			method: "enrolment_actions.remove",
			fields: (devices) => people.removal_fields(devices),
			is_dangerous: true,
		});
		add(__("Copy to Devices"), {
			title: (count) => __("Copy {0} Employees", [count]),
			label: __("Copy"),
			method: "enrolment_actions.copy",
			fields: (devices) => people.copy_fields(devices, ""),
		});
	};

	function ask(listview, { title, label, method, fields, may_choose_none, is_dangerous }) {
		const employees = listview.get_checked_items(true);
		frappe.db
			.get_list("CAMS Device", {
				fields: ["name as service_tag", "label", "branch", "enabled"],
				order_by: "label asc",
				limit: 500,
			})
			.then((devices) =>
				people.prompt({
					title: title(employees.length),
					label,
					fields: fields(devices),
					action: (values) =>
						people
							.send(method, employees, values, may_choose_none)
							.then(() => listview.clear_checked_items()),
					is_dangerous,
				}),
			);
	}

	function enrolment_fields(devices) {
		const label = __("Devices. With none chosen, those of each employee's branch");
		return [people.devices_field(devices.filter((device) => device.enabled), [], { label })];
	}
})();

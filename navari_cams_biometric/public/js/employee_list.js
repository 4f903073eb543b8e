// What the Employee form and list share: this file is loaded with the DocType, before either is shown.
frappe.provide("cams_biometric");

cams_biometric.people = {
	may_send: () => frappe.user.has_role(["HR Manager", "System Manager"]),

	call(method, args) {
		return frappe.xcall(`navari_cams_biometric.cams_biometric.controllers.enrolment_actions.${method}`, args);
	},

	// Ask for something that ends in commands, and say how many.
	send(method, args) {
		return this.call(method, args).then((asked) => {
			const words = asked.in_background
				? __("Queued in the background. You will be notified when it is done.")
				: __("{0} commands queued.", [asked.commands]);
			frappe.show_alert({ message: words, indicator: "blue" });
			return asked;
		});
	},

	// The dialog stays open where the server refuses.
	prompt(title, label, fields, action, is_dangerous) {
		const dialog = new frappe.ui.Dialog({
			title,
			fields,
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
		return dialog;
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
				checked: checked.includes(device.service_tag),
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

	// Off all devices, unless somebody chooses: what is known here may not be all.
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

	remove(employees, values) {
		const { everywhere, reason, devices = [] } = values;
		if (!everywhere && !this.chosen(devices)) return Promise.reject();
		return this.send("remove", { employees, reason, devices: everywhere ? [] : devices });
	},

	// A dialog leaves out what is empty; for the server that would mean devices of its own choice.
	chosen(devices) {
		const some = Boolean(devices && devices.length);
		if (!some) frappe.msgprint(__("Choose a device."));
		return some;
	},

	copy(employees, values) {
		return this.chosen(values.targets) ? this.send("copy", { employees, ...values }) : Promise.reject();
	},

	copy_fields(devices, source) {
		return [
			this.device_field(devices, source, { fieldname: "source", label: __("From") }),
			this.devices_field(devices, [], { fieldname: "targets", label: __("To") }),
			this.reason_field(),
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
			listview.page.add_actions_menu_item(label, () => with_devices(listview, action), false);
		add(__("Enrol on Devices"), enrol);
		add(__("Remove from Devices"), remove);
		add(__("Copy to Devices"), copy);
	};

	function with_devices(listview, action) {
		const employees = listview.get_checked_items(true);
		frappe.db
			.get_list("CAMS Device", {
				fields: ["name as service_tag", "label", "branch", "enabled"],
				order_by: "label asc",
				limit: 500,
			})
			.then((devices) => action(employees, devices, () => listview.clear_checked_items()));
	}

	function enrol(employees, devices, done) {
		const enabled = devices.filter((device) => device.enabled);
		people.prompt(
			__("Enrol {0} Employees", [employees.length]),
			__("Enrol"),
			[
				people.devices_field(enabled, [], {
					label: __("Devices. With none chosen, those of each employee's branch"),
				}),
				people.reason_field(),
			],
			(values) => people.send("enrol", { employees, ...values }).then(done),
		);
	}

	function remove(employees, devices, done) {
		people.prompt(
			__("Remove {0} Employees from Devices", [employees.length]),
			__("Remove"),
			people.removal_fields(devices),
			(values) => people.remove(employees, values).then(done),
			true,
		);
	}

	function copy(employees, devices, done) {
		people.prompt(
			__("Copy {0} Employees", [employees.length]),
			__("Copy"),
			people.copy_fields(devices, ""),
			(values) => people.copy(employees, values).then(done),
		);
	}
})();

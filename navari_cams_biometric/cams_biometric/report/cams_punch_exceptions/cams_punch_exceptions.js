(() => {
{% include "navari_cams_biometric/cams_biometric/report/cells.js" %}

	frappe.query_reports["CAMS Punch Exceptions"] = {
		filters: [
			...date_filters(7),
			{ fieldname: "service_tag", label: __("Device"), fieldtype: "Link", options: "CAMS Device" },
			{ fieldname: "employee", label: __("Employee"), fieldtype: "Link", options: "Employee" },
			{
				fieldname: "state",
				label: __("State"),
				fieldtype: "Select",
				options: ["", "Held", "Failed", "Ignored", "Queued", "Changed", "Deleted", "Restored"],
			},
		],

		get_datatable_options: (options) => ({ ...options, checkboxColumn: true }),

		formatter(value, row, column, data, default_formatter) {
			if (column.fieldname === "state" && data) return cams_biometric.pill(data.state);
			if (column.fieldname === "punch_type") value = cams_biometric.type_of(value);
			return safe_cell(value, row, column, data, default_formatter);
		},

		onload(report) {
			if (!frappe.user.has_role(["HR Manager", "System Manager"])) return;
			report.page.add_inner_button(__("Restore"), () => confirm_and_restore(report));
		},
	};

	function confirm_and_restore(report) {
		const rows = checked_rows(report).filter((row) => ["Changed", "Deleted"].includes(row.state));
		if (!rows.length) return frappe.msgprint(__("Select changed or deleted check-ins to restore first."));
		frappe.confirm(__("The check-ins say again what the device said. Continue?"), () =>
			cams_biometric.restore_checkins(rows.map((row) => row.change)).then(() => report.refresh()),
		);
	}

	function checked_rows(report) {
		const indexes = report.datatable ? report.datatable.rowmanager.getCheckedRows() : [];
		return indexes.map((index) => report.data[index]).filter(Boolean);
	}
})();

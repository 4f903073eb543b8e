(() => {
{% include "navari_cams_biometric/cams_biometric/report/cells.js" %}

	frappe.provide("navari_cams_biometric.enrolment_audit");

	// One object: the report and its dialogs share it.
	Object.assign(navari_cams_biometric.enrolment_audit, {
		method: "navari_cams_biometric.cams_biometric.controllers.audit_actions.fix",

		colors: {
			"On a device, but not an active employee": "red",
			"Active, but on no device": "orange",
			"One ID, different names": "blue",
			"Requested, never confirmed": "gray",
		},

		confirm_and_fix(report) {
			const rows = this.checked_rows(report);
			if (!rows.length) return frappe.msgprint(__("Select the rows to fix first."));
			const fixes = [...new Set(rows.map((row) => row.fix).filter(Boolean))];
			if (!fixes.length) return frappe.msgprint(__("No command fixes these rows: the column Finding says what to do."));
			const counts = fixes.map((name) => `${__(name)}: ${rows.filter((row) => row.fix === name).length}`);
			frappe.confirm([__("These commands are sent to the devices:"), ...counts].join("<br>"), () => this.fix(report, rows));
		},

		checked_rows(report) {
			const indexes = report.datatable ? report.datatable.rowmanager.getCheckedRows() : [];
			return indexes.map((index) => report.data[index]).filter(Boolean);
		},

		fix(report, rows) {
			const told = rows.map(({ kind, service_tag, user_id }) => ({ kind, service_tag, user_id }));
			return frappe.xcall(this.method, { rows: told }).then((result) => {
				this.show(result);
				report.datatable.rowmanager.checkAll(false);
				report.refresh();
			});
		},

		show({ asked, left }) {
			const lines = left.map((row) => `<li>${this.line(row)}</li>`);
			const alone = lines.length ? `<p>${__("Skipped:")}</p><ul>${lines.join("")}</ul>` : "";
			frappe.msgprint({
				title: __("Error"),
				message: `<p>${__("Commands queued: {0}", [asked.length])}</p>${alone}`,
				indicator: lines.length ? "orange" : "green",
			});
		},

		line: ({ user_id, service_tag, why }) => [user_id, service_tag, why].map(frappe.utils.escape_html).join(" · "),
	});

	frappe.query_reports["CAMS Enrolment Audit"] = {
		filters: [
			{
				fieldname: "kind",
				label: __("Kind"),
				fieldtype: "Select",
				options: [
					{ value: "", label: "" },
					...Object.keys(navari_cams_biometric.enrolment_audit.colors).map((kind) => ({ value: kind, label: __(kind) })),
				],
			},
			{ fieldname: "device", label: __("Device"), fieldtype: "Link", options: "CAMS Device" },
			{ fieldname: "branch", label: __("Branch"), fieldtype: "Link", options: "Branch" },
		],

		get_datatable_options: (options) => ({ ...options, checkboxColumn: true }),

		formatter(value, row, column, data, default_formatter) {
			const shown = safe_cell(value, row, column, data, default_formatter);
			if (!data || column.fieldname !== "kind_label") return shown;
			return `<span class="indicator ${navari_cams_biometric.enrolment_audit.colors[data.kind] || "gray"}">${shown}</span>`;
		},

		onload(report) {
			report.page.add_inner_button(__("Fix"), () => navari_cams_biometric.enrolment_audit.confirm_and_fix(report));
		},
	};
})();

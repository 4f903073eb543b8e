(() => {
{% include "navari_cams_biometric/cams_biometric/report/cells.js" %}

	const add = (report, known) => cams_biometric.add_punch(known).then(() => report.refresh());

	frappe.query_reports["CAMS Missing Punches"] = {
		filters: [
			...date_filters(1),
			{ fieldname: "employee", label: __("Employee"), fieldtype: "Link", options: "Employee" },
			{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
			{ fieldname: "branch", label: __("Branch"), fieldtype: "Link", options: "Branch" },
			{ fieldname: "department", label: __("Department"), fieldtype: "Link", options: "Department" },
			{ fieldname: "kind", label: __("What Is Missing"), fieldtype: "Select", options: ["", "Shift without a Punch", "In without Out", "Out without In"] },
		],
		formatter(value, row, column, data, default_formatter) {
			if (column.fieldname === "kind") value = __(value);
			if (column.fieldname !== "add" || !data || !cams_biometric.can_add_punch()) {
				return safe_cell(value, row, column, data, default_formatter);
			}
			const known = { employee: data.employee, time: data.due, log_type: data.kind === "In without Out" ? "OUT" : "IN" };
			const given = cams_biometric.escape(JSON.stringify(known));
			return `<button class="btn btn-xs btn-default cams-add-punch" data-known="${given}">${__("Add Punch")}</button>`;
		},

		onload(report) {
			if (!cams_biometric.can_add_punch()) return;
			report.page.add_inner_button(__("Add Punch"), () => add(report, {}));
			report.page.main.on("click", ".cams-add-punch", (event) => add(report, $(event.currentTarget).data("known")));
		},
	};
})();

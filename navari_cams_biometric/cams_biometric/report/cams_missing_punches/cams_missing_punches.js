(() => {
{% include "navari_cams_biometric/cams_biometric/report/cells.js" %}

	frappe.query_reports["CAMS Missing Punches"] = {
		filters: [
			...date_filters(1),
			{ fieldname: "employee", label: __("Employee"), fieldtype: "Link", options: "Employee" },
			{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
			{ fieldname: "branch", label: __("Branch"), fieldtype: "Link", options: "Branch" },
			{ fieldname: "department", label: __("Department"), fieldtype: "Link", options: "Department" },
			{ fieldname: "kind", label: __("What Is Missing"), fieldtype: "Select", options: ["", "Shift without a Punch", "In without Out", "Out without In"] },
		],
		formatter: safe_cell,
	};
})();

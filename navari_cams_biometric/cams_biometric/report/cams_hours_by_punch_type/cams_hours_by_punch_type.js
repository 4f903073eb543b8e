(() => {
{% include "navari_cams_biometric/cams_biometric/report/cells.js" %}

	frappe.query_reports["CAMS Hours by Punch Type"] = {
		filters: [
			...date_filters(1),
			{ fieldname: "employee", label: __("Employee"), fieldtype: "Link", options: "Employee" },
		],
		formatter: safe_cell,
	};
})();

(() => {
{% include "navari_cams_biometric/cams_biometric/report/cells.js" %}

	frappe.query_reports["CAMS Punch Exceptions"] = {
		filters: [
			...date_filters(7),
			{ fieldname: "service_tag", label: __("Device"), fieldtype: "Link", options: "CAMS Device" },
			{ fieldname: "employee", label: __("Employee"), fieldtype: "Link", options: "Employee" },
			{ fieldname: "state", label: __("State"), fieldtype: "Select", options: ["", "Held", "Failed", "Ignored", "Queued"] },
		],
		formatter(value, row, column, data, default_formatter) {
			if (column.fieldname === "state" && data) return cams_biometric.pill(data.state);
			return safe_cell(value, row, column, data, default_formatter);
		},
	};
})();

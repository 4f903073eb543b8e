frappe.query_reports["CAMS Punch Exceptions"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From Date"),
			fieldtype: "Date",
			default: frappe.datetime.add_days(frappe.datetime.get_today(), -7),
			reqd: 1,
		},
		{
			fieldname: "to_date",
			label: __("To Date"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{ fieldname: "service_tag", label: __("Device"), fieldtype: "Link", options: "CAMS Device" },
		{ fieldname: "employee", label: __("Employee"), fieldtype: "Link", options: "Employee" },
		{ fieldname: "state", label: __("State"), fieldtype: "Select", options: ["", "Held", "Failed", "Ignored", "Queued"] },
	],
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (column.fieldname !== "state" || !data) return shown;
		const colors = { Held: "orange", Failed: "red", Ignored: "gray", Queued: "blue" };
		return `<span class="indicator-pill ${colors[data.state]}">${shown}</span>`;
	},
};

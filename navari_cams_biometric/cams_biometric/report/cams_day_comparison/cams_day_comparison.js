frappe.query_reports["CAMS Day Comparison"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From Date"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{
			fieldname: "to_date",
			label: __("To Date"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{
			fieldname: "ask_for",
			label: __("Ask for"),
			fieldtype: "Select",
			options: ["Summary", "First In and Last Out"],
			default: "Summary",
			reqd: 1,
		},
		{
			fieldname: "employee",
			label: __("Employee"),
			fieldtype: "Link",
			options: "Employee",
		},
		{
			fieldname: "only_differences",
			label: __("Only Differences"),
			fieldtype: "Check",
			default: 0,
		},
	],

	formatter(value, row, column, data, default_formatter) {
		const field = column.fieldname;
		if (value == null) return "";
		const differences = (data?.difference || "").split(", ").filter(Boolean);
		if (field === "difference") value = differences.map((each) => __(each)).join(", ");
		// What a device calls its users is anything: it must not become part of the page.
		const is_text = typeof value === "string" && column.fieldtype === "Data";
		const shown = default_formatter(is_text ? frappe.utils.escape_html(value) : value, row, column, data);
		if (!differences.length) return shown;
		const color = differences.includes("Missing Here") ? "red" : "orange";
		if (field === "difference") return `<span class="indicator-pill ${color}">${shown}</span>`;
		const parts = { first_in: "First In", last_out: "Last Out", worked: "Hours" };
		const part = parts[field.replace(/_(gateway|here)$/, "")];
		if (!part || (differences.some((each) => Object.values(parts).includes(each)) && !differences.includes(part))) {
			return shown;
		}
		return `<span style="color: var(--${color}-600); font-weight: 500">${shown}</span>`;
	},
};

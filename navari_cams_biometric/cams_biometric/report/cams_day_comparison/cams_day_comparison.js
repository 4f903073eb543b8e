(() => {
{% include "navari_cams_biometric/cams_biometric/report/comparison.js" %}

	frappe.query_reports["CAMS Day Comparison"] = {
		filters: [
			...date_filters(0),
			{
				fieldname: "ask_for",
				label: __("Ask for"),
				fieldtype: "Select",
				options: [
					{ value: "Summary", label: __("Summary") },
					{ value: "First In and Last Out", label: __("First In and Last Out") },
				],
				default: "Summary",
				reqd: 1,
			},
			EMPLOYEE,
			ONLY_DIFFERENCES,
		],

		formatter(value, row, column, data, default_formatter) {
			const field = column.fieldname;
			if (value == null) return "";
			const differences = (data?.difference || "").split(", ").filter(Boolean);
			if (field === "difference") value = differences.map((each) => __(each)).join(", ");
			const shown = safe_cell(value, row, column, data, default_formatter);
			if (!differences.length) return shown;
			const color = differences.includes("Only at Gateway") ? "red" : "orange";
			if (field === "difference") return `<span class="indicator-pill ${color}">${shown}</span>`;
			const parts = { first_in: "First In", last_out: "Last Out", worked: "Hours" };
			const part = parts[field.replace(/_(gateway|here)$/, "")];
			if (!part || (differences.some((each) => Object.values(parts).includes(each)) && !differences.includes(part))) {
				return shown;
			}
			return in_color(shown, color);
		},
	};
})();

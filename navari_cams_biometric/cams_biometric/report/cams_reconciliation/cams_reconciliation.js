(() => {
{% include "navari_cams_biometric/cams_biometric/report/comparison.js" %}

	const COLORS = { missing: "red", held: "orange", not_at_gateway: "orange" };

	frappe.query_reports["CAMS Reconciliation"] = {
		filters: [...date_filters(1, 1), DEVICE, EMPLOYEE, ONLY_DIFFERENCES],

		onload(report) {
			report.$report.on("click", ".cams-punches", ({ currentTarget }) => {
				show_punches(report, currentTarget.dataset);
				return false;
			});
			add_load_button(report, (row) => row.missing);
		},

		formatter(value, row, column, data, default_formatter) {
			const field = column.fieldname;
			if (field === "punches") return data ? link_to_punches(data) : "";
			const shown = safe_cell(value, row, column, data, default_formatter);
			if (!data) return shown;
			const color = value && COLORS[field];
			if (color) return in_color(shown, color);
			if (!value && field in COLORS) return `<span class="text-muted">${shown}</span>`;
			if (field === "who") return mark(shown, data);
			return data.indent ? shown : `<b>${shown}</b>`;
		},
	};

	function mark(shown, data) {
		const field = Object.keys(COLORS).find((each) => data[each]);
		const color = field ? COLORS[field] : "green";
		const text = data.indent ? shown : `<b>${shown}</b>`;
		return `<span class="indicator ${color}">${text}</span>`;
	}

	function link_to_punches({ service_tag, user_id }) {
		const [tag, user] = [service_tag, user_id || ""].map(frappe.utils.escape_html);
		return `<a href="#" class="cams-punches" style="text-decoration: underline" data-tag="${tag}" data-user="${user}">${__("One by one")}</a>`;
	}

	function show_punches(report, { tag, user }) {
		const { from_date, to_date } = report.get_values();
		frappe.set_route("query-report", "CAMS Punch Comparison", {
			today: 0,
			from_date,
			to_date,
			device: tag,
			employee: "",
			user_id: user,
			only_differences: 0,
		});
	}
})();

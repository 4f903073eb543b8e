(() => {
{% include "navari_cams_biometric/cams_biometric/report/cells.js" %}

	frappe.query_reports["CAMS Access Events"] = {
		filters: [
			// Not mandatory: without it the report says to choose one, where the Desk would throw an error.
			{ fieldname: "device", label: __("Device"), fieldtype: "Link", options: "CAMS Device" },
			...date_filters(0),
		],

		formatter(value, row, column, data, default_formatter) {
			const shown = column.fieldname === "event" && data && !data.command ? cams_biometric.type_of(value) : value;
			const text = safe_cell(shown, row, column, data, default_formatter);
			if (!data || !data.command) return text;
			if (column.fieldname === "source") {
				const url = frappe.utils.get_form_link("CAMS Command", data.command);
				return `<a href="${url}">${frappe.utils.escape_html(value)}</a>`;
			}
			return column.fieldname === "state" ? cams_biometric.pill(value) : text;
		},
	};
})();

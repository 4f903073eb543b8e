(() => {
{% include "navari_cams_biometric/cams_biometric/report/comparison.js" %}

	frappe.query_reports["CAMS Punch Comparison"] = {
		filters: [
			{ fieldname: "today", label: __("Today"), fieldtype: "Check", default: 0 },
			...date_filters(0).map((filter) => ({ ...filter, reqd: 0, depends_on: "eval:!doc.today" })),
			DEVICE,
			EMPLOYEE,
			{ fieldname: "user_id", label: __("User ID"), fieldtype: "Data", depends_on: "eval:!doc.employee" },
			ONLY_DIFFERENCES,
		],

		get_datatable_options: (options) => ({ ...options, cellHeight: 45 }), // two lines of a reason

		onload(report) {
			report.page.add_inner_button(__("Download the Gateway's Export"), () => this.download_export(report));
			add_load_button(report, (row) => row.difference === "Only at Gateway");
		},

		download_export(report) {
			const query = new URLSearchParams(range_of(report));
			const method = cams_biometric.method("attendance_actions.export_attendance");
			frappe.dom.freeze(__("Asking the gateway"));
			fetch(`/api/method/${method}?${query}`, { headers: { Accept: "application/json" } })
				.then((response) => (response.ok ? this.save_file(response) : this.show_refusal(response)))
				.finally(() => frappe.dom.unfreeze());
		},

		async save_file(response) {
			const [, name] = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition"));
			const link = document.createElement("a");
			link.href = URL.createObjectURL(await response.blob());
			link.download = name;
			link.click();
			URL.revokeObjectURL(link.href);
		},

		async show_refusal(response) {
			const { _server_messages: messages } = await response.json();
			const [first] = JSON.parse(messages || "[]").map((message) => JSON.parse(message));
			frappe.msgprint(first || __("The export failed."));
		},

		formatter(value, row, column, data, default_formatter) {
			const field = column.fieldname;
			if (field === "difference" || field === "at_gateway") value = __(value);
			if (field === "punch_type") value = cams_biometric.type_of(value);
			const cell = safe_cell(value, row, column, data, default_formatter);
			const shown = field === "on_site" ? sentence_cell(cell) : cell;
			if (!data?.difference) return shown;
			if (field === "difference") return cams_biometric.pill(data.difference);
			const color = cams_biometric.colors[data.difference];
			return ["at_gateway", "on_site", "time"].includes(field) ? in_color(shown, color) : shown;
		},
	};
})();

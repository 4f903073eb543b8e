(() => {
{% include "navari_cams_biometric/cams_biometric/report/cells.js" %}

	// Over up to three lines, so that the cause is not cut.
	const SENTENCES = ["what_holds_it", "devices"];
	const ROW_HEIGHT = 64;

	frappe.query_reports["CAMS Shift Sync"] = {
		filters: [{ fieldname: "shift_type", label: __("Shift"), fieldtype: "Link", options: "Shift Type" }],

		get_datatable_options: (options) => ({ ...options, cellHeight: ROW_HEIGHT }),

		onload(report) {
			report.page.add_inner_button(__("Releases"), () => frappe.set_route("List", "CAMS Shift Release"));
			report.page.main.on("click", ".cams-release", (event) => {
				const name = $(event.currentTarget).attr("data-shift");
				ask_release(report, report.data.find((row) => row.shift_type === name));
			});
		},

		formatter(value, row, column, data, default_formatter) {
			const text = safe_cell(value, row, column, data, default_formatter);
			if (!data) return text;
			if (column.fieldname === "state") return pill(value, data.color);
			if (column.fieldname === "release") return data.can_be_released ? release_button(data) : "";
			return SENTENCES.includes(column.fieldname) ? sentence_cell(text) : text;
		},
	};

	function pill(text, color) {
		return `<span class="indicator-pill no-indicator-dot ${color}">${frappe.utils.escape_html(text)}</span>`;
	}

	function release_button(data) {
		const shift = frappe.utils.escape_html(data.shift_type);
		return `<button class="btn btn-xs btn-default cams-release" data-shift="${shift}">${__("Release")}</button>`;
	}

	function ask_release(report, row) {
		const every = { value: "", label: __("Every device that feeds the shift") };
		const fields = [
			{
				fieldname: "device",
				label: __("Stop Waiting For"),
				fieldtype: "Select",
				options: [every, ...row.feeds],
				default: row.held_by || "",
			},
			{
				fieldname: "released_until",
				label: __("Up To"),
				fieldtype: "Datetime",
				default: row.now,
				description: __("Not in the future."),
				reqd: 1,
			},
			{ fieldname: "reason", label: __("Reason"), fieldtype: "Small Text", reqd: 1 },
		];
		frappe.prompt(
			fields,
			(values) => confirm_release(report, row, { ...values, shift_type: row.shift_type }),
			__("Release {0}", [frappe.utils.escape_html(row.shift_type)]),
			__("Next"),
		);
	}

	function confirm_release(report, row, values) {
		const bold = (text) => `<b>${frappe.utils.escape_html(text)}</b>`;
		const device = row.feeds.find((feed) => feed.value === values.device);
		const consequences = [
			__("Shift {1} stops waiting for {2} up to {0}.", [
				bold(frappe.datetime.str_to_user(values.released_until)),
				bold(row.shift_type),
				device ? bold(device.label) : __("any device"),
			]),
			__("Employees whose punches there have not arrived yet will be marked absent, or with too few hours."),
			__("Punches that arrive later do not change that attendance automatically."),
		];
		frappe.confirm(consequences.map((text) => `<p>${text}</p>`).join(""), () =>
			frappe.db.insert({ doctype: "CAMS Shift Release", ...values, device: values.device || null }).then(() => {
				frappe.show_alert({ message: __("{0} is released.", [bold(row.shift_type)]), indicator: "green" });
				report.refresh();
			}),
		);
	}
})();

(() => {
{% include "navari_cams_biometric/cams_biometric/report/cells.js" %}

	const COLORS = {
		"On a device, but not an active employee": "red",
		"Active, but on no device": "orange",
		"One ID, different names": "blue",
		"Requested, never confirmed": "gray",
	};

	// Over up to four lines, so that none is cut.
	const SENTENCES = ["kind_label", "words", "fix_label"];
	const ROW_HEIGHT = 82;

	frappe.query_reports["CAMS Enrolment Audit"] = {
		filters: [
			{
				fieldname: "kind",
				label: __("Kind"),
				fieldtype: "Select",
				options: [
					{ value: "", label: "" },
					...Object.keys(COLORS).map((kind) => ({ value: kind, label: __(kind) })),
				],
			},
			{ fieldname: "device", label: __("Device"), fieldtype: "Link", options: "CAMS Device" },
			{ fieldname: "branch", label: __("Branch"), fieldtype: "Link", options: "Branch" },
		],

		get_datatable_options: (options) => ({ ...options, checkboxColumn: true, cellHeight: ROW_HEIGHT }),

		formatter(value, row, column, data, default_formatter) {
			const shown = safe_cell(value, row, column, data, default_formatter);
			if (!data || !SENTENCES.includes(column.fieldname)) return shown;
			const text = sentence_cell(shown);
			if (column.fieldname !== "kind_label") return text;
			// A grid, because a flexible box squeezes the dot.
			return `<div class="indicator ${COLORS[data.kind] || "gray"}" style="display: grid; grid-template-columns: auto 1fr">${text}</div>`;
		},

		onload(report) {
			report.page.add_inner_button(__("Fix"), () => confirm_and_fix(report));
		},
	};

	function confirm_and_fix(report) {
		const rows = checked_rows(report);
		if (!rows.length) return frappe.msgprint(__("Select the rows to fix first."));
		const fixes = [...new Set(rows.map((row) => row.fix).filter(Boolean))];
		if (!fixes.length) return frappe.msgprint(__("No command fixes these rows: the column Finding says what to do."));
		const counts = fixes.map((name) => `${__(name)}: ${rows.filter((row) => row.fix === name).length}`);
		const lines = [__("These commands are sent to the devices:"), ...counts];
		frappe.confirm(lines.join("<br>"), () => fix(report, rows));
	}

	function checked_rows(report) {
		const indexes = report.datatable ? report.datatable.rowmanager.getCheckedRows() : [];
		return indexes.map((index) => report.data[index]).filter(Boolean);
	}

	function fix(report, checked) {
		const rows = checked.map(({ kind, service_tag, user_id }) => ({ kind, service_tag, user_id }));
		return cams_biometric.call("audit_actions.fix", { rows }).then((result) => {
			show(result);
			report.datatable.rowmanager.checkAll(false);
			report.refresh();
		});
	}

	function show({ asked, left }) {
		const lines = left.map((row) => `<li>${line(row)}</li>`);
		const alone = lines.length ? `<p>${__("Skipped:")}</p><ul>${lines.join("")}</ul>` : "";
		frappe.msgprint({
			title: __("Fix"),
			message: `<p>${__("Commands queued: {0}", [asked.length])}</p>${alone}`,
			indicator: lines.length ? "orange" : "green",
		});
	}

	function line({ user_id, service_tag, why }) {
		return [user_id, service_tag, why].map(frappe.utils.escape_html).join(" · ");
	}
})();

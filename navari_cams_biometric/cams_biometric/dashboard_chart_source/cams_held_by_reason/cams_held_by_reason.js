frappe.provide("frappe.dashboards.chart_sources");

// Frappe's chart reads `method` each time before it asks, and says "No Data" where it gets none.
frappe.dashboards.chart_sources["CAMS Held by Reason"] = {
	get method() {
		$('[chart_name="Held Punches by Reason"] .chart-loading-state').last().text(__("All clear: no punch is held"));
		return "navari_cams_biometric.cams_biometric.dashboard_chart_source.cams_held_by_reason.cams_held_by_reason.get_data";
	},
};

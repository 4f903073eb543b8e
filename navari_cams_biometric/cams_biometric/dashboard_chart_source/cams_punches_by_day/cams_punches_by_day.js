frappe.provide("frappe.dashboards.chart_sources");

// Frappe's chart reads `method` each time before it asks, and says "No Data" where it gets none.
frappe.dashboards.chart_sources["CAMS Punches by Day"] = {
	get method() {
		$('[chart_name="Punches of the Last Seven Days"] .chart-loading-state').last().text(__("No punches in the last seven days"));
		return "navari_cams_biometric.cams_biometric.dashboard_chart_source.cams_punches_by_day.cams_punches_by_day.get_data";
	},
};

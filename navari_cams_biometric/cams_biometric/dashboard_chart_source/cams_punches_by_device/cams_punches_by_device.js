frappe.provide("frappe.dashboards.chart_sources");

// Frappe's chart reads `method` each time before it asks, and says "No Data" where it gets none.
frappe.dashboards.chart_sources["CAMS Punches by Device"] = {
	get method() {
		$('[chart_name="Punches Today by Device"] .chart-loading-state').last().text(__("No punches yet today"));
		return "navari_cams_biometric.cams_biometric.dashboard_chart_source.cams_punches_by_device.cams_punches_by_device.get_data";
	},
};

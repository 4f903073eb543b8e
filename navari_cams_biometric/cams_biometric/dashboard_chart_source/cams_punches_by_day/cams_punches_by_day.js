frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["CAMS Punches by Day"] = {
	method:
		"navari_cams_biometric.cams_biometric.dashboard_chart_source.cams_punches_by_day.cams_punches_by_day.get_data",
};

// In the place of Frappe's "No Data", which its widget makes once this is read.
setTimeout(() => $('[data-widget-name="CAMS Punches by Day"] .chart-loading-state').last().text(__("No punches in the last seven days")));

frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["CAMS Held by Reason"] = {
	method:
		"navari_cams_biometric.cams_biometric.dashboard_chart_source.cams_held_by_reason.cams_held_by_reason.get_data",
};

// In the place of Frappe's "No Data", which its widget makes once this is read.
setTimeout(() => $('[data-widget-name="CAMS Held by Reason"] .chart-loading-state').last().text(__("All clear: no punch is held")));

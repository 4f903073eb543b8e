frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["CAMS Held by Reason"] = {
	method:
		"navari_cams_biometric.cams_biometric.dashboard_chart_source.cams_held_by_reason.cams_held_by_reason.get_data",
};

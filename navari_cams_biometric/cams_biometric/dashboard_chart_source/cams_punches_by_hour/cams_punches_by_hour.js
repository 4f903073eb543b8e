frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["CAMS Punches by Hour"] = {
	method:
		"navari_cams_biometric.cams_biometric.dashboard_chart_source.cams_punches_by_hour.cams_punches_by_hour.get_data",
};

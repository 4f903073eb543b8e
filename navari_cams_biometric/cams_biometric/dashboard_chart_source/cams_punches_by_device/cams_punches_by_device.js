frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["CAMS Punches by Device"] = {
	method:
		"navari_cams_biometric.cams_biometric.dashboard_chart_source.cams_punches_by_device.cams_punches_by_device.get_data",
};

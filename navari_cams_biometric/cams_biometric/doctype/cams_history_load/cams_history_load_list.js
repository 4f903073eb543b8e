{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

cams_biometric.name_links("CAMS History Load");
cams_biometric.name_links("CAMS History Load Device");

frappe.listview_settings["CAMS History Load"] = {
	add_fields: ["state", "to_date"],
	hide_name_column: true,
	formatters: { from_date: (_value, _df, doc) => cams_biometric.span_of(doc) },
	get_indicator: cams_biometric.indicator,
};

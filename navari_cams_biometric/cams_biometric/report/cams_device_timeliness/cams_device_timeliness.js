(() => {
{% include "navari_cams_biometric/cams_biometric/report/cells.js" %}

	frappe.query_reports["CAMS Device Timeliness"] = {
		filters: [
			...date_filters(7),
			{ fieldname: "service_tag", label: __("Device"), fieldtype: "Link", options: "CAMS Device" },
		],
		formatter: safe_cell,
	};
})();

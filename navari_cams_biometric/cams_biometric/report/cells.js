{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

// Filters for a range of days, by default from so many days ago to so many days ago.
function date_filters(from_days_ago, to_days_ago = 0) {
	const filter = (fieldname, label, days_ago) => ({
		fieldname,
		label,
		fieldtype: "Date",
		default: frappe.datetime.add_days(frappe.datetime.get_today(), -days_ago),
		reqd: 1,
	});
	return [
		filter("from_date", __("From Date"), from_days_ago),
		filter("to_date", __("To Date"), to_days_ago),
	];
}

// A link to a device shows its title where the Desk knows it.
frappe.db.get_list("CAMS Device", { fields: ["name", "label"], limit: 0 }).then((devices) => {
	for (const { name, label } of devices) frappe.utils.add_link_title("CAMS Device", name, label || name);
});

// What a device calls its users, or itself, is anything: it must not become part of the page.
function safe_cell(value, row, column, data, default_formatter) {
	if (column.options === "CAMS Punch" && value) return frappe.utils.get_form_link("CAMS Punch", value, true, __("Show"));
	const is_text = typeof value === "string" && column.fieldtype === "Data";
	return default_formatter(is_text ? frappe.utils.escape_html(value) : value, row, column, data);
}

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

cams_biometric.learn_devices();

// What a device calls its users, or itself, is anything: it must not become part of the page.
function safe_cell(value, row, column, data, default_formatter) {
	if (column.options === "CAMS Punch" && value) return frappe.utils.get_form_link("CAMS Punch", value, true, __("Show"));
	const is_text = typeof value === "string" && column.fieldtype === "Data";
	return default_formatter(is_text ? frappe.utils.escape_html(value) : value, row, column, data);
}

// A sentence over several lines, so that it is not cut. The report's cellHeight has to hold them.
function sentence_cell(shown) {
	return `<div style="white-space: normal; line-height: 1.3">${shown}</div>`;
}

// The table of a report takes Enter for itself. What can be pressed in a cell gets it, be the focus on it or on its cell;
// a button gets the space bar too.
function press_in_cell(event) {
	if (!["Enter", " "].includes(event.key) || !frappe.get_route()[1]?.startsWith("CAMS ")) return;
	const cell = event.target.closest(".dt-scrollable .dt-cell");
	const pressed = event.key === "Enter" ? "a, button" : "button";
	const own = event.target.closest(pressed);
	const target = own || (event.target === cell && cell.querySelector(pressed));
	if (!cell || !target) return;
	event.stopPropagation();
	if (own) return; // the browser presses it
	event.preventDefault();
	target.click();
}

if (!cams_biometric.presses_in_cells) {
	cams_biometric.presses_in_cells = true;
	document.addEventListener("keydown", press_in_cell, true);
}

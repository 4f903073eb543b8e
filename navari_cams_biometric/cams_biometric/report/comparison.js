{% include "navari_cams_biometric/cams_biometric/report/cells.js" %}

const DEVICE = { fieldname: "device", label: __("Device"), fieldtype: "Link", options: "CAMS Device" };
const EMPLOYEE = { fieldname: "employee", label: __("Employee"), fieldtype: "Link", options: "Employee" };
const ONLY_DIFFERENCES = { fieldname: "only_differences", label: __("Only Differences"), fieldtype: "Check", default: 0 };

function in_color(shown, color) {
	return `<span class="cams-colored" style="color: var(--text-on-${color}); font-weight: 500">${shown}</span>`;
}

function range_of(report) {
	const today = frappe.datetime.get_today();
	const { from_date, to_date, today: is_today } = report.get_values();
	return is_today ? { from_date: today, to_date: today } : { from_date, to_date };
}

function add_load_button(report, is_missing) {
	if (!frappe.user.has_role("System Manager")) return;
	report.page.add_inner_button(__("Load Missing Punches"), () =>
		load_missing(report, (report.data || []).filter(is_missing), range_of(report)),
	);
}

// For the device of the filter, or the only one that misses something, or all.
function load_missing(report, missing, range) {
	if (!missing.length) return frappe.msgprint(__("No punch is missing."));
	const devices = [...new Set(missing.map((row) => row.service_tag))];
	const service_tag = report.get_values().device || (devices.length === 1 ? devices[0] : undefined);
	const place = service_tag ? cams_biometric.escape(cams_biometric.named(cams_biometric.device(service_tag), service_tag)) : __("all devices");
	const days = [range.from_date, range.to_date].map((day) => frappe.datetime.str_to_user(day));
	frappe.confirm(__("Load the punches of {0} from {1} to {2}?", [place, ...days]), () =>
		cams_biometric
			.settings("load_history", { ...range, service_tag })
			.then((name) => frappe.set_route("Form", "CAMS History Load", name)),
	);
}

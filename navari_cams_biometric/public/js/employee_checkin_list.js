const checkin_list = (frappe.listview_settings["Employee Checkin"] ||= {});

// Times are the site's, unless a check-in names another zone.
checkin_list.add_fields = [...(checkin_list.add_fields || []), "custom_time_zone"];
checkin_list.formatters = {
	...checkin_list.formatters,
	time(value, _field, checkin) {
		const time = frappe.datetime.str_to_user(value);
		const zone = checkin.custom_time_zone;
		return zone ? `${time} (${frappe.utils.escape_html(zone)})` : time;
	},
};

"""The fields that this app adds to DocTypes of ERPNext and HRMS. `create_custom_fields` keeps what a site changed in others."""


def _(label: str) -> str:
	"""Mark a label for translation; the Desk translates it when it is shown."""
	return label


# `custom_cams_punch` is text rather than a link: punches expire, and a link to nothing would make the
# check-in impossible to save. It is unique: one check-in for one punch, even when two workers race.
CUSTOM_FIELDS = {
	"Attendance Request": [
		{
			"fieldname": "custom_missing_punch",
			"fieldtype": "Data",
			"label": _("Missing Punch"),
			"insert_after": "explanation",
			"depends_on": "custom_missing_punch",
			"read_only": 1,
		},
	],
	"Employee": [
		{
			"fieldname": "custom_cams_section",
			"fieldtype": "Section Break",
			"label": _("Biometric Devices"),
			"insert_after": "default_shift",
			"depends_on": "eval:!doc.__islocal",
		},
		{
			"fieldname": "custom_cams_devices",
			"fieldtype": "HTML",
			"insert_after": "custom_cams_section",
		},
	],
	"Employee Checkin": [
		{
			"fieldname": "custom_cams_section",
			"fieldtype": "Section Break",
			"label": _("Biometric Device"),
			"insert_after": "attendance",
			"depends_on": "eval:doc.custom_cams_punch || doc.custom_original_time",
		},
		{
			"fieldname": "custom_original_time",
			"fieldtype": "Data",
			"label": _("Original Time"),
			"description": _("As the device sent it"),
			"insert_after": "custom_cams_section",
			"read_only": 1,
			"no_copy": 1,
		},
		{
			"fieldname": "custom_punch_type",
			"fieldtype": "Data",
			"label": _("Punch Type"),
			"insert_after": "custom_original_time",
			"read_only": 1,
			"no_copy": 1,
		},
		{
			"fieldname": "custom_time_zone",
			"fieldtype": "Data",
			"label": _("Time Zone"),
			"description": _("Of the time above, where it is not the site's"),
			"insert_after": "custom_punch_type",
			"depends_on": "custom_time_zone",
			"read_only": 1,
			"no_copy": 1,
		},
		{
			"fieldname": "custom_cams_column",
			"fieldtype": "Column Break",
			"insert_after": "custom_time_zone",
		},
		{
			"fieldname": "custom_input_type",
			"fieldtype": "Data",
			"label": _("Input Type"),
			"insert_after": "custom_cams_column",
			"read_only": 1,
			"no_copy": 1,
		},
		{
			"fieldname": "custom_cams_punch",
			"fieldtype": "Data",
			"label": _("CAMS Punch"),
			"insert_after": "custom_input_type",
			"read_only": 1,
			"no_copy": 1,
			"unique": 1,
		},
	],
}

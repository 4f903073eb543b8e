app_name = "navari_cams_biometric"
app_title = "CAMS Biometric"
app_publisher = "Navari Limited"
app_description = (
	"Biometric punches from CAMS-connected devices as Employee Checkins, none lost and none doubled"
)
app_email = "support@navari.co.ke"
app_license = "gpl-3.0"

export_python_type_annotations = True
add_to_apps_screen = [
	{
		"name": app_name,
		"logo": "/assets/navari_cams_biometric/images/logo.svg",
		"title": app_title,
		"route": "/app/cams-biometric",
		"has_permission": "navari_cams_biometric.cams_biometric.base.permissions.may_open_app",
	}
]

required_apps = ["frappe/erpnext", "frappe/hrms"]

after_install = "navari_cams_biometric.install.after_install"
after_migrate = "navari_cams_biometric.install.after_migrate"
after_uninstall = "navari_cams_biometric.install.after_uninstall"
before_tests = "navari_cams_biometric.install.before_tests"

before_request = ["navari_cams_biometric.cams_biometric.controllers.cams_call.answer_at_once"]
after_request = ["navari_cams_biometric.cams_biometric.controllers.cams_call.answer_for_frappe"]

doctype_js = {
	"Attendance Request": "public/js/attendance_request.js",
	"Employee": "public/js/employee.js",
	"Employee Checkin": "public/js/employee_checkin.js",
	"Shift Type": "public/js/shift_type.js",
}
doctype_list_js = {
	"Employee": "public/js/employee_list.js",
	"Employee Checkin": "public/js/employee_checkin_list.js",
}

doc_events = {
	(
		"Employee",
		"HR Settings",
		"Shift Type",
		"CAMS Device",
		"CAMS Biometric Settings",
		"CAMS Ignored ID",
	): {
		"on_update": "navari_cams_biometric.cams_biometric.punches.requeue.requeue_after_change",
	},
	"Employee": {
		"on_update": [
			"navari_cams_biometric.cams_biometric.device_users.employment.sync_employee",
			"navari_cams_biometric.cams_biometric.day_repair.shift_fetch.note_employee",
		],
		"on_trash": "navari_cams_biometric.cams_biometric.device_users.employment.forget_employee",
	},
	(
		"CAMS Checkin Change",
		"CAMS Checkin Photo",
		"CAMS Command",
		"CAMS Device User",
		"CAMS Punch",
	): {
		"onload": "navari_cams_biometric.cams_biometric.base.employees.tell_names",
	},
	"CAMS Command": {
		"on_finished": [
			"navari_cams_biometric.cams_biometric.device_users.device_user_store.note_finished_command",
			"navari_cams_biometric.cams_biometric.devices.clocks.note_finished_command",
			"navari_cams_biometric.cams_biometric.device_users.access_schedules.note_finished_command",
		],
	},
	"Employee Checkin": {
		"before_insert": "navari_cams_biometric.cams_biometric.punches.checkin_evidence.drop_forged_fields",
		"before_validate": "navari_cams_biometric.cams_biometric.punches.checkin_evidence.guard_change",
		"after_insert": "navari_cams_biometric.cams_biometric.punches.repeats.note_checkin",
		"on_update": [
			"navari_cams_biometric.cams_biometric.punches.checkin_evidence.record_change",
			"navari_cams_biometric.cams_biometric.punches.alternation.note_saved_checkin",
		],
		"on_trash": [
			"navari_cams_biometric.cams_biometric.punches.checkin_evidence.record_deletion",
			"navari_cams_biometric.cams_biometric.punches.requeue.note_deleted_checkin",
			"navari_cams_biometric.cams_biometric.doctype.cams_checkin_photo.cams_checkin_photo.delete_with_checkin",
		],
		"after_delete": [
			"navari_cams_biometric.cams_biometric.punches.alternation.note_deleted_checkin",
			"navari_cams_biometric.cams_biometric.punches.looks_due.note_deleted_checkin",
		],
	},
	"Shift Type": {
		"on_update": "navari_cams_biometric.cams_biometric.day_repair.shift_fetch.note_shift_type",
	},
	"Shift Assignment": dict.fromkeys(
		("on_submit", "on_cancel", "on_update_after_submit"),
		"navari_cams_biometric.cams_biometric.day_repair.shift_fetch.note_assignment",
	),
	"Attendance": {
		"on_cancel": [
			"navari_cams_biometric.cams_biometric.punches.touches.note_cancelled_attendance",
			"navari_cams_biometric.cams_biometric.punches.alternation.note_cancelled_attendance",
		],
	},
}

# Whatever tells of employees, devices or user IDs: tests/app/test_who_sees_whom.py finds what is missing here.
_ABOUT_PEOPLE = (
	"CAMS Access Schedule",
	"CAMS Checkin Change",
	"CAMS Checkin Photo",
	"CAMS Command",
	"CAMS Day Repair",
	"CAMS Device ID",
	"CAMS Device User",
	"CAMS History Load",
	"CAMS Ignored ID",
	"CAMS Punch",
	"CAMS Second Look",
	"CAMS Shift Release",
	"CAMS Unread Event",
)
_SEEN = "navari_cams_biometric.cams_biometric.base.user_permissions"
_DOCTYPES = "navari_cams_biometric.cams_biometric.doctype"
permission_query_conditions = {
	**{doctype: [f"{_SEEN}.get_permission_query_conditions"] for doctype in _ABOUT_PEOPLE},
	"CAMS Command": [
		f"{_SEEN}.get_permission_query_conditions",
		f"{_DOCTYPES}.cams_command.cams_command.get_permission_query_conditions",
	],
}
has_permission = {
	**{doctype: [f"{_SEEN}.has_permission"] for doctype in _ABOUT_PEOPLE},
	# Of several functions Frappe asks the last one only: these ask the other themselves.
	"CAMS Command": [f"{_DOCTYPES}.cams_command.cams_command.has_permission"],
	"CAMS Checkin Photo": [f"{_DOCTYPES}.cams_checkin_photo.cams_checkin_photo.has_permission"],
}

scheduler_events = {
	"cron": {
		"* * * * *": ["navari_cams_biometric.cams_biometric.command_queue.queue.sweep"],
		"*/2 * * * *": ["navari_cams_biometric.cams_biometric.punches.checkins.sweep"],
		"*/5 * * * *": ["navari_cams_biometric.cams_biometric.shift_sync.watermark.advance"],
		"*/10 * * * *": [
			"navari_cams_biometric.cams_biometric.history.loads.resume_stalled",
			"navari_cams_biometric.cams_biometric.history.nightly.notify",
			"navari_cams_biometric.cams_biometric.devices.health.check",
			"navari_cams_biometric.onboarding.note_progress",
		],
		"0 6 * * *": ["navari_cams_biometric.cams_biometric.digests.send"],
		"25 * * * *": ["navari_cams_biometric.cams_biometric.presence.missing_notices.send"],
		"12 * * * *": ["navari_cams_biometric.cams_biometric.day_repair.repair.sweep"],
		"40 2 * * *": ["navari_cams_biometric.cams_biometric.history.nightly.begin"],
	},
}

# A check-in may be deleted although a punch points to it: the punch then says so, and a CAMS Checkin Change. A device may be, although it was asked
# for its punches every night.
ignore_links_on_delete = [
	"CAMS Punch",
	"CAMS Checkin Change",
	"CAMS Day Repair",
	"CAMS History Load",
	"CAMS Unread Event",
	"CAMS Ignored ID",
	"CAMS Device ID",
	"CAMS Second Look",
]

default_log_clearing_doctypes = {
	"CAMS Punch": 365,
	"CAMS Command": 365,
	"CAMS Day Repair": 365,
	"CAMS History Load": 365,
	"CAMS Unread Event": 365,
}

# What somebody did here under their own name. What is stored about an employee is found by the employee, not by the
# user: see cams_biometric.personal_data. Frappe replaces the texts of a record, so that each needs a text field.
user_data_fields = [
	{"doctype": "CAMS Checkin Change", "filter_by": "owner", "partial": True},
	{"doctype": "CAMS Command", "filter_by": "asked_by", "partial": True},
	{"doctype": "CAMS Ignored ID", "filter_by": "ignored_by", "partial": True},
	{"doctype": "CAMS Day Repair", "filter_by": "settled_by", "partial": True},
	{"doctype": "CAMS Punch", "filter_by": "added_by", "partial": True},
	{"doctype": "CAMS Shift Release", "filter_by": "released_by", "partial": True},
]

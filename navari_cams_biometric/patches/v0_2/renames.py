"""What version 0.2 renamed: one table for the records, and for whatever a site stored that refers to them."""

FIELDS = {
	"CAMS Device": {
		"last_heard": "last_reported",
		"heard_until": "complete_until",
		"found_well_at": "found_healthy_at",
		"back_at": "back_online_at",
	},
	"CAMS Device User": {"told_at": "last_updated"},
	"CAMS Command": {"doubtful": "outcome_unknown"},
	"CAMS History Load": {"told_at": "notified_at", "told_punches": "notified_punches"},
	"CAMS Biometric Settings": {"silent_after": "not_reporting_after"},
}

_SCHEDULE = {"Partly in Force": "Partially Applied", "In Force": "Applied", "Changed Since": "Outdated"}
_HEALTH = {
	"Well": "Healthy",
	"Silent": "Not Reporting",
	"Stuck": "Queue Stuck",
	"Clock": "Clock Drift",
	"Licence": "Licence Expiring",
}
VALUES = {
	"CAMS Punch": {"state": {"Checked In": "Recorded"}},
	"CAMS Device": {"health": _HEALTH},
	"CAMS Day Repair": {"state": {"Left Alone": "Skipped"}},
	"CAMS History Load": {"kind": {"By Hand": "Manual"}},
	"CAMS History Load Device": {"state": {"Answered by Callback": "Sent to Callback"}},
	"CAMS Access Schedule": {"state": _SCHEDULE},
	"CAMS Access Schedule Device": {"state": _SCHEDULE},
	"CAMS Biometric Settings": {
		"repair_late_punches": {"By Hand": "Manual", "By Itself": "Automatic"},
		"gateway_api": {"REST v3": "REST v3 (form not published)"},
	},
}

DOCUMENTS = {
	"Report": {"CAMS Ghost Audit": "CAMS Enrolment Audit"},
	"Number Card": {"CAMS Devices Not Well": "CAMS Devices Needing Attention"},
}

# By reason code: the sentence that stands on punches, before and after. A detail may follow it.
SENTENCES = {
	"EQUAL_CHECKIN": (
		"An equal check-in was there already; it is linked.",
		"An equal check-in already existed and is linked.",
	),
	"DISMISSED": ("Set aside by a person.", "Dismissed by a person."),
	"CLOCK_AHEAD": (
		"The time lies ahead of the moment the punch arrived: the device's clock or time zone is wrong.",
		"The time is later than the moment the punch arrived: the device's clock or time zone is wrong.",
	),
	"LOG_TYPE_REQUIRED": (
		"The shift goes strictly by log type, and this punch has no direction.",
		"The shift is strictly based on log type, and this punch has no direction.",
	),
	"LOCATION_REQUIRED": (
		"HR Settings demand a location for check-ins, and the device has none.",
		"HR Settings require a location for check-ins, and the device has none.",
	),
	"UNEXPECTED_ERROR": (
		"An error that this app does not know stopped it.",
		"An unexpected error stopped it.",
	),
}

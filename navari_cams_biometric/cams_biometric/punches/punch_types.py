"""What each punch type counts as: the directions, and the default table in Settings."""

from navari_cams_biometric.cams_biometric.base.device_lookup import NOT_ATTENDANCE

NO_DIRECTION = "No Direction"
_BETWEEN = str.maketrans("", "", " -_")
DEFAULT_PUNCH_TYPES = {
	"CheckIn": "IN",
	"CheckOut": "OUT",
	"BreakIn": "IN",
	"BreakOut": "OUT",
	"OverTimeIn": "IN",
	"OverTimeOut": "OUT",
	"MealIn": NOT_ATTENDANCE,
	"MealOut": NOT_ATTENDANCE,
	"MealStart": NOT_ATTENDANCE,
	"MealEnd": NOT_ATTENDANCE,
	"None": NO_DIRECTION,
}


def spelling(punch_type: str) -> str:
	"""A type whatever its case and what stands between its words: Check In, check-in and CheckIn are one."""
	return punch_type.casefold().translate(_BETWEEN)

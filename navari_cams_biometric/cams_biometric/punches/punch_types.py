"""What each punch type counts as: the values of a direction, and the table that Settings begin with."""

NOT_ATTENDANCE = "Not Attendance"
NO_DIRECTION = "No Direction"
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

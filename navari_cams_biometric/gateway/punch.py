"""A punch: one person, one device, one moment. As the gateway sent it, cleaned but not yet checked."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum


class PunchType(str, Enum):
	"""The kinds of punch that devices send. Older ones and clones send others; those stay plain text.

	ref: PROTOCOL section 2
	"""

	CHECK_IN = "CheckIn"
	CHECK_OUT = "CheckOut"
	BREAK_IN = "BreakIn"
	BREAK_OUT = "BreakOut"
	OVERTIME_IN = "OverTimeIn"
	OVERTIME_OUT = "OverTimeOut"
	MEAL_IN = "MealIn"
	MEAL_OUT = "MealOut"


class InputType(str, Enum):
	"""How the person was recognised."""

	FINGERPRINT = "Fingerprint"
	FACE = "Face"
	PALM = "Palm"
	CARD = "Card"
	PASSWORD = "Password"
	OTHERS = "Others"


@dataclass(frozen=True)
class Punch:
	"""One entry of a punch log.

	All texts are trimmed and may be empty, except that a punch without `user_id` or `log_time` cannot become
	a check-in. `type` and `input_type` are the words sent, normally of PunchType and InputType. `log_time` is
	verbatim; it is device-local and may lack an offset, so reading it takes the device's zone.
	"""

	user_id: str
	type: str
	log_time: str
	input_type: str = ""
	temperature: str = ""
	face_mask: bool | None = None

	def identity(self, service_tag: str, instant: datetime | None) -> str:
		"""The punch's idempotency key, 32 hexadecimal digits: the same punch gives the same key however often,
		in whatever offset and by whichever way it comes.

		`instant` is `log_time` read, aware; None where it cannot be read, and then the text itself counts.
		"""
		moment = instant.astimezone(timezone.utc).isoformat() if instant else f"unread {self.log_time}"
		parts = json.dumps([service_tag, self.user_id, moment, self.type])
		return hashlib.sha256(parts.encode()).hexdigest()[:32]

"""What a callback says of people on devices, and of devices themselves.

Templates, photos, passwords and card numbers are dropped here: no class below has a field for them.

ref: PROTOCOL section 2
"""

import re
from dataclasses import dataclass
from typing import Any

from .keys import Row, as_text, fold, fold_and_decode, has_content, is_plain, text_of


@dataclass(frozen=True)
class UserEvent:
	"""A person was changed on or deleted from a device.

	`kind` is `UserUpdated` or `UserDeleted`. A name is None if the event does not contain it. `credentials` lists
	(type, index) of the templates, cards and passwords in it, never their data. `operation_time` is verbatim.
	"""

	kind: str
	user_id: str
	first_name: str | None = None
	last_name: str | None = None
	user_type: str | None = None
	operation_time: str = ""
	credentials: tuple[tuple[str, str], ...] = ()
	has_photo: bool = False


@dataclass(frozen=True)
class DeviceStatus:
	"""A device went online or offline, or reported its status. Texts as sent; what was not sent is empty or None.

	The push is the vendor's, but its body is not published: this form is our own (gateway.operations).
	"""

	status: str
	last_seen: str = ""
	queue_depth: int | None = None
	operation_time: str = ""


def read_user_event(kind: str, event: Row) -> UserEvent:
	templates = _as_list(event.get("template"))
	folded = [fold_and_decode(item) for item in templates if item and isinstance(item, dict)]
	photo = fold(event.get("photo"))
	user_ids = (text_of(source, "userid") for source in (event, *folded, photo))
	return UserEvent(
		kind=kind,
		user_id=next((user_id for user_id in user_ids if user_id), ""),
		first_name=as_text(event["firstname"]) if "firstname" in event else None,
		last_name=as_text(event["lastname"]) if "lastname" in event else None,
		user_type=as_text(event["usertype"]) if "usertype" in event else None,
		operation_time=as_text(event.get("operationtime")),
		credentials=tuple((as_text(item.get("type")), as_text(item.get("index"))) for item in folded),
		has_photo=bool(photo),
	)


def read_device_status(status: Row) -> DeviceStatus | None:
	depth = as_text(status.get("queuedepth"))
	found = DeviceStatus(
		status=as_text(status.get("status")),
		last_seen=as_text(status.get("lastseen")),
		queue_depth=int(depth) if re.fullmatch(r"[0-9]{1,9}", depth) else None,
		operation_time=as_text(status.get("operationtime")),
	)
	return found if found != DeviceStatus("") else None


def says_more(event: Row) -> bool:
	"""Whether an event has other parts than those of one person."""
	templates = [fold(item) for item in _as_list(event.get("template")) if isinstance(item, dict)]
	people = {text_of(row, "userid") for row in (event, *templates)} - {""}
	others = (item for key, item in event.items() if key not in ("template", "photo"))
	return len(people) > 1 or any(not is_plain(item) and has_content(item) for item in others)


def _as_list(value: object) -> list[Any]:
	return value if isinstance(value, list) else [value]

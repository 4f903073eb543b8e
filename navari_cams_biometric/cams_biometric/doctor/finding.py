"""The result of a check of the doctor."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from navari_cams_biometric.cams_biometric.base.plurals import first_of

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

MOST_NAMES = 5
MOST_LISTED = 100  # names in a filter
OK, WARNING, ERROR = "ok", "warning", "error"


@dataclass(frozen=True)
class Finding:
	"""`check` names what was examined. `remedy` says what to do.

	Where, if anywhere: a `document` of `doctype`, the list of `doctype` with these `filters`, or a `page`.
	"""

	check: str
	state: str
	sentence: str
	remedy: str = ""
	doctype: str = ""
	document: str = ""
	filters: Mapping[str, object] = field(default_factory=dict)
	page: str = ""

	def as_dict(self) -> dict[str, object]:
		return asdict(self)


def joined_names(names: list[str]) -> str:
	return first_of(names, MOST_NAMES)


def joined_labels(devices: list["CAMSDevice"]) -> str:
	return joined_names(sorted(device.label or device.name for device in devices))


def these(doctype: str, names: list[str]) -> dict[str, object]:
	"""Where several documents are found: the list of them, and of one its form."""
	if len(names) == 1:
		return {"doctype": doctype, "document": names[0]}
	return {"doctype": doctype, "filters": {"name": ["in", names[:MOST_LISTED]]}}

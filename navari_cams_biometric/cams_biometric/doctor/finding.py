"""The result of a check of the doctor."""

from dataclasses import asdict, dataclass

from frappe import _

MOST_NAMES = 5
OK, WARNING, ERROR = "ok", "warning", "error"


@dataclass(frozen=True)
class Finding:
	"""`check` names what was examined. `remedy` says what to do; `doctype` and `document` where, if anywhere."""

	check: str
	state: str
	sentence: str
	remedy: str = ""
	doctype: str = ""
	document: str = ""

	def as_dict(self) -> dict[str, str]:
		return asdict(self)


def joined_names(names: list[str]) -> str:
	"""The first names, and how many more there are; empty for none."""
	more = len(names) - MOST_NAMES
	shown = ", ".join(names[:MOST_NAMES])
	return " ".join([shown, _("and {0} more").format(more)]) if more > 0 else shown

"""The result of a check of the doctor."""

from dataclasses import asdict, dataclass

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

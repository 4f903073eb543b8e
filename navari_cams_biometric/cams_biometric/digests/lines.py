"""The parts of a digest: sections of lines, each with a link to where it is resolved. Plain text; the template
escapes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import frappe
from frappe import _
from frappe.utils import get_url_to_list

from navari_cams_biometric.cams_biometric.base.plurals import first_of
from navari_cams_biometric.cams_biometric.base.times import shown_time
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS

MOST_LINES = 20  # in one section
MOST_NAMES = 10  # in one line


@dataclass(frozen=True)
class Line:
	"""`detail` may have several lines: who it is about, and what to do."""

	text: str
	url: str
	detail: str = ""


@dataclass(frozen=True)
class Section:
	"""`headline` is a word or two for the subject of the mail, `button` the line that is pressed to resolve all of it."""

	title: str
	headline: str
	lines: tuple[Line, ...]
	button: Line


def list_url(doctype: str, **filters: object) -> str:
	"""A list with these filters set. A filter is a value, or an [operator, value]."""
	given = {
		name: frappe.as_json(value, indent=None) if isinstance(value, list) else value
		for name, value in filters.items()
	}
	return f"{get_url_to_list(doctype)}?{_query(given)}"


def report_url(report: str, **filters: object) -> str:
	return frappe.utils.data.get_url_to_report_with_filters(report, _query(filters))


def page_url(page: str) -> str:
	"""A page of the Desk: it has its address where lists have theirs, on 15 and on 16."""
	return get_url_to_list(page)


def section(title: str, headline: str, lines: list[Line], button: Line) -> list[Section]:
	"""The section, or none where it has no lines; too many are cut, and the last one says so."""
	if not lines:
		return []
	first = lines[:MOST_LINES]
	if more := len(lines) - len(first):
		first.append(Line(_("and {0} more").format(more), ""))
	return [Section(title, headline, tuple(first), button)]


def held_punches_button() -> Line:
	return Line(_("Open Held Punches"), page_url("cams-held-punches"))


def named(names: Iterable[str]) -> str:
	"""The first names, each once, and how many more there are."""
	return first_of(sorted(set(names)), MOST_NAMES)


def details(*texts: str) -> str:
	"""One below the other, without those that are empty."""
	return "\n".join(text for text in texts if text)


def punch_line(state: str, row: frappe._dict) -> Line:
	"""The line for one of `inbox.by_reason`."""
	reason = REASONS.get(row.reason_code)
	sentence = str(reason.sentence) if reason else row.reason_code or _("No reason recorded.")
	url = list_url("CAMS Punch", state=state, reason_code=row.reason_code or "")
	remedy = str(reason.remedy) if reason else ""
	return Line(f"{row.count} × {sentence}", url, details(remedy, _oldest(row)))


def _oldest(row: frappe._dict) -> str:
	if not row.oldest:
		return ""
	return _("The oldest is from {0}.").format(shown_time(row.oldest))


def _query(filters: dict[str, object]) -> str:
	return urlencode(filters, quote_via=quote)

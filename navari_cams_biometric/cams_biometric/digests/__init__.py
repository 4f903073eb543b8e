"""The daily digests: one mail to HR, one to administrators, each with counts, the first names, and links. Each
recipient's counts and names are of what that recipient may see.

Off until Settings list somebody. `attendance_lines` and `device_lines` gather the content. If there is nothing to
report, no mail is sent. There is one digest a day, however often the scheduler runs the job.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe import _, _lt
from frappe.utils import add_to_date, get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.permissions import DEVICES, READERS
from navari_cams_biometric.cams_biometric.base.settings import read_settings_with_tables
from navari_cams_biometric.cams_biometric.base.user_permissions import sight
from navari_cams_biometric.cams_biometric.digests import attendance_lines, device_lines
from navari_cams_biometric.cams_biometric.digests.lines import Section

SETTINGS = "CAMS Biometric Settings"
TEMPLATE = "cams_digest"
MOST_DAYS = 7  # that a digest looks back, after mornings without one


@dataclass(frozen=True)
class Digest:
	"""One digest: its recipients (a field of Settings; they need one of `roles`), when it was composed last, its
	content.

	`sections_since` takes a time in the site's zone, and leaves out sections without content.
	"""

	title: str
	recipients: str
	composed_at: str
	roles: tuple[str, ...]
	sections_since: Callable[[datetime], list[Section]]


DIGESTS = {
	"attendance": Digest(
		_lt("Attendance digest"),
		"hr_digest_recipients",
		"hr_digest_at",
		READERS,
		attendance_lines.sections_since,
	),
	"devices": Digest(
		_lt("Device digest"),
		"device_digest_recipients",
		"device_digest_at",
		DEVICES,
		device_lines.sections_since,
	),
}


def send() -> None:
	"""Scheduled, each day: the digests that have recipients. An error in one does not stop the other."""
	for name in DIGESTS:
		try:
			_send(DIGESTS[name])
		except Exception as error:
			frappe.db.rollback()
			_report(name, error)
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a digest that was sent stays recorded if the next one fails


def preview(name: str) -> dict[str, str]:
	"""The digest as it would be sent now, `subject` and `html`; both empty if there is nothing to report."""
	digest = DIGESTS[name]
	sections = digest.sections_since(_since(digest))
	if not sections:
		return {"subject": "", "html": ""}
	path = f"templates/emails/{TEMPLATE}.html"
	html = frappe.render_template(path, {"sections": sections}, is_path=True)
	return {"subject": _subject(digest, sections), "html": html}


def _send(digest: Digest) -> None:
	"""The lock is against a second run of the same day: it waits, and then finds the digest composed."""
	addresses = _addresses(digest)
	if not addresses:
		return
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- what is read after the lock is what the other has committed
	frappe.db.get_value("DocType", SETTINGS, "name", for_update=True)
	last = _last(digest)
	if last and last.date() == now_datetime().date():
		return
	for users in _alike(addresses):
		if sections := _sections_for(users[0], digest):
			frappe.sendmail(
				recipients=[addresses[user] for user in users],
				subject=_subject(digest, sections),
				template=TEMPLATE,
				args={"sections": sections},
				with_container=True,
			)
	frappe.db.set_single_value(SETTINGS, digest.composed_at, now_datetime(), update_modified=False)
	frappe.clear_document_cache(SETTINGS, SETTINGS)


def _alike(users: Iterable[str]) -> list[list[str]]:
	"""Those who may see the same get the same mail. Roles decide what of it somebody may read at all."""
	groups = defaultdict(list)
	for user in users:
		permissions = sight(user)
		groups[permissions if permissions.is_restricted else ""].append(user)
	return list(groups.values())


def _sections_for(user: str, digest: Digest) -> list[Section]:
	"""What somebody may see. For who is restricted by nothing it is the same for all, and told as to Administrator."""
	reader = user if sight(user).is_restricted else "Administrator"
	scheduled = frappe.session.user
	frappe.set_user(reader)
	try:
		return digest.sections_since(_since(digest))
	finally:
		frappe.set_user(scheduled)


def _addresses(digest: Digest) -> dict[str, str]:
	"""Of the listed users, those who still have the permission to read it, with their addresses."""
	listed = [row.user for row in read_settings_with_tables().get(digest.recipients)]
	if not listed:
		return {}
	users = frappe.get_all(
		"User", filters={"name": ["in", listed], "enabled": 1}, fields=["name", "email"], order_by="name"
	)
	return {user.name: user.email for user in users if set(digest.roles) & set(frappe.get_roles(user.name))}


def _since(digest: Digest) -> datetime:
	"""The last digest, a day ago where there was none, and never longer ago than MOST_DAYS."""
	now = now_datetime()
	return max(_last(digest) or add_to_date(now, days=-1), add_to_date(now, days=-MOST_DAYS))


def _last(digest: Digest) -> datetime | None:
	"""None where there was none yet, which Frappe reads as a day of the year 1."""
	last = frappe.db.get_single_value(SETTINGS, digest.composed_at, cache=False)
	return get_datetime(last) if last and get_datetime(last).year > 1 else None


def _subject(digest: Digest, sections: list[Section]) -> str:
	return f"{digest.title}: " + ", ".join(section.headline for section in sections)


def _report(name: str, error: Exception) -> None:
	"""Once a day; for a mail account that is missing, what to do."""
	frappe.clear_messages()
	message = frappe.get_traceback()
	if isinstance(error, frappe.OutgoingEmailError):
		message = _("Set up an outgoing Email Account, or remove all recipients under Daily Digests.")
	identity = ("digest", name, type(error).__name__)
	log_once_a_day("A CAMS daily digest could not be sent", message, identity)

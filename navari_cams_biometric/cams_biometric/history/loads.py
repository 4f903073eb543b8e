"""Load history: request the punches of a range from the gateway, device by device, window by window.

Pages go through the inbox, so a punch that is here already is not doubled, and a page may be loaded twice. After
each page the position is stored and committed: an interrupted load continues there. Every two minutes it lets
other jobs run first, and after each page live punches. If the gateway answers with a batch to the callback instead, that
is believed by the secret of the callback URL, as every batch is: a load opens nothing. A punch that was missing here
keeps the name of the load that brought it.
"""

import time
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.utils import add_to_date, get_datetime, get_system_timezone, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base import stored_values, times
from navari_cams_biometric.cams_biometric.base.device_lookup import find_device
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import LoadDeviceState, LoadKind, LoadState, PunchState
from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from navari_cams_biometric.gateway.callback import Callback
from navari_cams_biometric.gateway.client import MOST_PAGES, GatewayClient
from navari_cams_biometric.gateway.errors import AnswerPendingError, GatewayError

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

WINDOW = timedelta(days=30) - timedelta(seconds=1)
ANSWER_HOURS = 24  # in which a device may answer by the callback
SLICE_SECONDS = 120
JOB_TIMEOUT = 20 * 60  # seconds: a slice, and the slowest of pages with all its repeats
STALLED_MINUTES = 25  # longer than a job can run without a sign of progress
RUN = f"{__name__}.run"


def start(
	from_date: str | date, to_date: str | date, service_tag: str | None = None, kind: str = LoadKind.MANUAL
) -> str:
	"""Queue a load of whole days in the site's zone, for one device or all enabled ones; return its name.

	Throws where the range or the devices are none.
	"""
	first, last = getdate(from_date), getdate(to_date)
	if not from_date or not to_date or first > last or first > getdate():
		frappe.throw(_("Choose a Start Date that is not after the End Date and not in the future."))
	filters = {"name": service_tag} if service_tag else {"enabled": 1}
	devices = frappe.get_all("CAMS Device", filters=filters, pluck="name", order_by="name")
	if not devices:
		frappe.throw(_("There is no device to load from. Add a CAMS Device first."))
	read_settings().client().close()  # throws where it cannot be asked
	load = frappe.new_doc("CAMS History Load", kind=kind, from_date=first, to_date=last)
	for device in devices:
		load.append("devices", {"service_tag": device})
	load.insert(ignore_permissions=True)
	resume(load.name)
	return load.name


def resume(name: str) -> None:
	"""Queue a load again that was interrupted, failed or cancelled."""
	set_state(name, LoadState.QUEUED)
	frappe.enqueue(RUN, queue="long", timeout=JOB_TIMEOUT, enqueue_after_commit=True, name=name)


def resume_stalled() -> None:
	"""Scheduled: a load that has not moved for some minutes has lost its job."""
	stalled = {
		"state": ["in", [LoadState.QUEUED, LoadState.RUNNING]],
		"modified": ["<", add_to_date(now_datetime(), minutes=-STALLED_MINUTES)],
	}
	for name in frappe.get_all("CAMS History Load", filters=stalled, pluck="name"):
		resume(name)


def load_answered_by(callback: Callback, device: "CAMSDevice | None") -> str | None:
	"""The load whose answer this batch is: the device was asked within the last day, said that it answers by the
	callback, and all the punches are of the days that were asked for."""
	if not (device and callback.is_batch and callback.punches):
		return None
	log_times = [times.log_time_on_site(punch.log_time, device) for punch in callback.punches]
	for load in _awaited(device.name):
		start, end = _range(load)
		if all(time and start <= time <= end for time in log_times):
			return load.name
	return None


def _awaited(service_tag: str) -> list[frappe._dict]:
	"""Loads that this device still answers, the latest first."""
	asked = {
		"parenttype": "CAMS History Load",
		"service_tag": service_tag,
		"state": LoadDeviceState.BY_CALLBACK,
		"modified": [">", add_to_date(now_datetime(), hours=-ANSWER_HOURS)],
	}
	names = frappe.get_all("CAMS History Load Device", filters=asked, pluck="parent")
	fields, latest_first = ["name", "from_date", "to_date"], "creation desc, name desc"
	return names and frappe.get_all(
		"CAMS History Load", filters={"name": ["in", names]}, fields=fields, order_by=latest_first
	)


def set_state(name: str, state: str) -> None:
	frappe.db.set_value("CAMS History Load", name, "state", state)


def run(name: str) -> None:
	"""Background job: load what is not loaded yet. Commits after each page."""
	frappe.set_user("Administrator")
	if frappe.db.get_value("CAMS History Load", name, "state", for_update=True) != LoadState.QUEUED:
		return  # cancelled, or another job has it
	if reason := read_settings().why_paused():
		_pause(name, reason)
		return
	set_state(name, LoadState.RUNNING)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- no other job takes this load
	try:
		_run(frappe.get_doc("CAMS History Load", name))
	except Exception:
		frappe.db.rollback()
		set_state(name, LoadState.FAILED)
		frappe.log_error("CAMS history load failed", frappe.get_traceback(), "CAMS History Load", name)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- keeps the final state


def _pause(name: str, reason: str) -> None:
	"""The gateway must not be asked: the load stays queued and says why. `resume_stalled` tries again."""
	unfinished = {"parent": name, "state": ["!=", LoadDeviceState.DONE]}
	frappe.db.set_value("CAMS History Load Device", unfinished, "message", reason)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a background job, which releases the load


def _run(load: frappe._dict) -> None:
	load.flags.slice_end = time.monotonic() + SLICE_SECONDS
	with read_settings().client(sleep=_wait) as client:
		for row in load.devices:
			if row.state != LoadState.DONE and not _load_device(client, load, row):
				return
	set_state(
		load.name,
		LoadState.FAILED if any(row.state == LoadState.FAILED for row in load.devices) else LoadState.DONE,
	)
	_show_progress(load)


def _wait(seconds: float) -> None:
	"""Between two attempts at a gateway that does not answer: live punches do not wait with it, where one worker serves
	all."""
	end = time.monotonic() + seconds
	while (left := end - time.monotonic()) > 0:
		checkins.drain_live()
		time.sleep(min(1.0, left))


def _load_device(client: GatewayClient, load: frappe._dict, row: frappe._dict) -> bool:
	"""Load one device's windows; False if the load was cancelled, or has to let other jobs run first."""
	if (
		row.state != LoadDeviceState.BY_CALLBACK
	):  # of a former slice: it says how the device answers, not that it is finished
		row.state = LoadDeviceState.LOADING
	try:
		for window_start, window_end in _windows(load, row):
			if not _load_window(client, load, row, window_start, window_end):
				return False
	except GatewayError as error:
		row.db_set({"state": LoadState.FAILED, "message": stored_values.lines_from_outside(error.sentence)})
		frappe.db.commit()
		checkins.drain_live()
		return True
	row.db_set(
		{
			"state": LoadDeviceState.BY_CALLBACK
			if row.state == LoadDeviceState.BY_CALLBACK
			else LoadState.DONE,
			"message": row.message if row.state == LoadDeviceState.BY_CALLBACK else "",
			"held": _held(load, row),
		}
	)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a load that breaks later resumes after this device
	return True


def _load_window(
	client: GatewayClient, load: frappe._dict, row: frappe._dict, window_start: datetime, window_end: datetime
) -> bool:
	try:
		for page in client.attendance_pages(row.service_tag, window_start, window_end, row.page_offset or ""):
			_keep(load, row, [found.punch for found in page.punches], page.next_offset)
			_ensure_end(load, row)
			if page.next_offset and not _go_on(load):  # after the last page the window is noted first
				return False
	except AnswerPendingError:
		_note_answer_by_callback(row)
	_note_window(load, row, window_end)
	return _go_on(load)


def _ensure_end(load: frappe._dict, row: frappe._dict) -> None:
	"""The client counts the pages of one call; a load goes on in many."""
	start, end = _range(load)
	most = MOST_PAGES * ((end - start) // WINDOW + 1)
	if row.asked > most:
		words = _("The gateway sent more than {0} pages and no end. Load fewer days at a time.")
		raise GatewayError(words.format(most))


def _keep(load: frappe._dict, row: frappe._dict, punches: list, next_offset: str) -> None:
	device = find_device(row.service_tag)
	new = len(punches) - inbox.count_known(punches, device)
	callback = Callback(service_tag=device.name, is_batch=True, punches=tuple(punches))
	inbox.store(callback, device, load.name)
	row.asked += 1
	row.received += len(punches)
	row.new_punches += new
	row.already_here += len(punches) - new
	row.page_offset = stored_values.from_outside(next_offset)
	row.db_set(
		{
			field: row.get(field)
			for field in ("state", "asked", "received", "new_punches", "already_here", "page_offset")
		}
	)


def _note_answer_by_callback(row: frappe._dict) -> None:
	row.asked += 1
	row.state = LoadDeviceState.BY_CALLBACK
	device = find_device(row.service_tag)
	has_secret = device and device.callback_secret_sent == "Yes"
	row.message = (
		"" if has_secret else _("Its answer is refused unless its callback URL has the secret: see Settings.")
	)
	row.db_set({"state": row.state, "asked": row.asked, "message": row.message})


def _note_window(load: frappe._dict, row: frappe._dict, window_end: datetime) -> None:
	row.loaded_until = window_end.replace(tzinfo=None)
	row.page_offset = ""
	row.db_set({"loaded_until": row.loaded_until, "page_offset": ""})


def _go_on(load: frappe._dict) -> bool:
	"""Commit what is done, publish the progress, and return whether to continue in this job."""
	_show_progress(load)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a load that breaks resumes after this page
	checkins.drain_live()
	if frappe.db.get_value("CAMS History Load", load.name, "state") == LoadState.CANCELLED:
		return False
	if time.monotonic() < load.flags.slice_end:
		return True
	resume(load.name)
	return False


def _windows(load: frappe._dict, row: frappe._dict) -> list[tuple[datetime, datetime]]:
	"""What is left of the range, aware, in pieces of at most 30 days."""
	zone = ZoneInfo(get_system_timezone())
	start, end = _range(load)
	if row.loaded_until:
		start = get_datetime(row.loaded_until) + timedelta(seconds=1)
	windows = []
	while start <= end:
		window_end = min(start + WINDOW, end)
		windows.append((start.replace(tzinfo=zone), window_end.replace(tzinfo=zone)))
		start = window_end + timedelta(seconds=1)
	return windows


def _range(load: frappe._dict) -> tuple[datetime, datetime]:
	"""Naive, in the site's zone, both included."""
	return get_datetime(load.from_date), get_datetime(load.to_date) + timedelta(days=1) - timedelta(seconds=1)


def _progress(load: frappe._dict) -> float:
	"""Per cent of the days of all devices."""
	start, end = _range(load)
	parts = [
		1.0
		if row.state in (LoadState.DONE, LoadState.FAILED)
		else (get_datetime(row.loaded_until) - start) / (end - start)
		if row.loaded_until
		else 0.0
		for row in load.devices
	]
	return round(100 * sum(parts) / len(parts), 1)


def _show_progress(load: frappe._dict) -> None:
	progress = _progress(load)
	frappe.db.set_value("CAMS History Load", load.name, "progress", progress)
	frappe.publish_realtime(
		"cams_history_load",
		{"progress": progress},
		doctype="CAMS History Load",
		docname=load.name,
		after_commit=True,
	)


def _held(load: frappe._dict, row: frappe._dict) -> int:
	start, end = _range(load)
	return frappe.db.count(
		"CAMS Punch",
		{"service_tag": row.service_tag, "state": PunchState.HELD, "punch_time": ["between", [start, end]]},
	)

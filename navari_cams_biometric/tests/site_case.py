"""A site seen from inside, with the means of REST: documents as it shows them, callbacks as the gateway sends them.

A test's transaction is never committed: a commit of the app or of HRMS sets a savepoint, and a rollback returns to it.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_system_timezone
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

try:
	from frappe.tests import IntegrationTestCase
except ImportError:  # Frappe 15
	from frappe.tests.utils import FrappeTestCase as IntegrationTestCase

APP = "navari_cams_biometric.cams_biometric"
CALLBACK = f"{APP}.controllers.cams_call.attendance"
CONTROLLERS = f"{APP}.controllers"
DRAIN = f"{APP}.punches.checkins.sweep"

SETTINGS = "CAMS Biometric Settings"
SERVICE_TAG = "ZHM1100000001"
TOKEN = "demo-auth-token-0123456789abcdef"
DONE = b'{"status": "done"}'
HOLIDAYS = "Holiday List Assignment"  # of HRMS 16
COMMITTED = "test_committed"
CACHED = ("Attendance", "CAMS Device", SETTINGS, "Employee", "Holiday List", "Leave Type", "Shift Type")


class SiteTestCase(IntegrationTestCase):
	def setUp(self) -> None:
		super().setUp()
		self.addCleanup(_forget)
		frappe.set_user("Administrator")
		database = frappe.local.db
		database.rollback()
		for name, instead in (("commit", _commit), ("rollback", _rolling_back(database.rollback))):
			patched = patch.object(database, name, instead)
			patched.start()
			self.addCleanup(patched.stop)
		frappe.db.commit()
		self.company = frappe.get_all("Company", pluck="name", order_by="creation", limit=1)[0]
		values = {"service_tag_id": SERVICE_TAG, "auth_token": TOKEN, "base_url": "", "oldest_live_punch": 0}
		self.update(SETTINGS, SETTINGS, **values)
		frappe.db.set_value("CAMS Punch", {"state": ("in", ("Queued", "Failed"))}, "state", "Held")

	def find(self, doctype: str, filters: dict, fields: Any = None, order_by: str = "creation asc") -> list:
		return _plain(frappe.get_all(doctype, filters=filters, fields=fields or ["*"], order_by=order_by))

	def get(self, doctype: str, name: str) -> dict:
		return _plain(frappe.get_doc(doctype, name))

	def create(self, doctype: str, **values: Any) -> dict:
		with _transaction():
			return _plain(frappe.get_doc({"doctype": doctype, **values}).insert())

	def update(self, doctype: str, name: str, **values: Any) -> dict:
		with _transaction():
			document = frappe.get_doc(doctype, name)
			document.update(values)
			return _plain(document.save())

	def delete(self, doctype: str, name: str) -> None:
		with _transaction():
			frappe.delete_doc(doctype, name)

	def call(self, function: str, user: str = "Administrator", **arguments: Any) -> Any:
		"""One of the controllers' functions, as a user."""
		with _transaction(), self.as_user(user):
			return _plain(frappe.get_attr(f"{CONTROLLERS}.{function}")(**arguments))

	def call_document(self, doctype: str, name: str, method: str, user: str = "Administrator") -> Any:
		"""A method of a document, as its form calls it, as a user."""
		with _transaction(), self.as_user(user):
			return _plain(frappe.get_doc(doctype, name).run_method(method))

	def run_job(self, job: str) -> None:
		"""A scheduled job, by its dotted path."""
		with _transaction():
			frappe.get_attr(job)()

	@contextmanager
	def as_user(self, user: str) -> Iterator[None]:
		before = frappe.session.user
		frappe.set_user(user)
		try:
			yield
		finally:
			frappe.set_user(before)

	def callback(self, body: dict) -> None:
		"""The gateway calls; it is answered that all is stored."""
		request = Request(EnvironBuilder(method="POST", data=json.dumps(body).encode()).get_environ())
		with (
			_transaction(),
			self.as_user("Guest"),
			patch.object(frappe.local, "request", request, create=True),
		):
			answer = frappe.get_attr(CALLBACK)()
		self.assertEqual(answer.get_data(), DONE)

	def drain(self) -> None:
		"""Have the punches that wait turned into check-ins, as the worker does."""
		self.run_job(DRAIN)

	def mark_attendance(self, *shifts: str) -> None:
		"""HRMS's auto attendance, as the button on the Shift Type runs it and the scheduler does."""
		for shift in shifts:
			frappe.get_doc("Shift Type", shift).process_auto_attendance()
			frappe.db.commit()

	def punches(self, user_id: str) -> list[dict]:
		return self.find("CAMS Punch", {"user_id": user_id}, order_by="punch_time asc")

	def checkins(self, employee: str) -> list[dict]:
		return self.find("Employee Checkin", {"employee": employee}, order_by="time asc")

	def new_employee(self, **values: Any) -> dict:
		"""An active employee with a device id of its own."""
		user_id = uuid.uuid4().hex[:8]
		given = {"first_name": user_id, "attendance_device_id": user_id, "company": self.company}
		person = {"gender": "Female", "date_of_birth": "1990-01-01", "date_of_joining": "2020-01-01"}
		return self.create("Employee", **{**given, **person, "status": "Active", **values})

	def new_user(self, role: str) -> str:
		name = f"{uuid.uuid4().hex}@example.com"
		roles = [{"role": role}]
		self.create("User", email=name, first_name=role, send_welcome_email=0, roles=roles)
		return name

	def give_holidays(self, employee: str, holiday_list: str) -> None:
		"""As the HRMS at hand wants it: 16 reads submitted assignments, 15 a field of Employee."""
		if not frappe.db.exists("DocType", HOLIDAYS):
			self.update("Employee", employee, holiday_list=holiday_list)
			return
		since = frappe.db.get_value("Holiday List", holiday_list, "from_date")
		assigned = {"applicable_for": "Employee", "assigned_to": employee, "from_date": since}
		self.create(HOLIDAYS, holiday_list=holiday_list, docstatus=1, **assigned)


def real_time(user_id: str, moment: str, kind: str = "CheckIn", service_tag: str = SERVICE_TAG) -> dict:
	"""The body of a real-time punch at a moment in the site's zone: `2024-09-17 08:00:00`."""
	log = {"Type": kind, "InputType": "Fingerprint", "UserId": user_id, "LogTime": log_time(moment)}
	return event(service_tag, {"PunchLog": log})


def event(service_tag: str, content: dict) -> dict:
	"""The body of what a device tells, as documented."""
	envelope = {"OperationID": "9nu1wak5616p", "SerialNumber": service_tag, "AuthToken": TOKEN}
	return {"RealTime": {**envelope, "Time": "2024-09-17 05:01:00 GMT +0000", **content}}


def log_time(moment: str) -> str:
	"""With the offset of the site's zone, as devices tell times."""
	aware = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(get_system_timezone()))
	return aware.strftime("%Y-%m-%d %H:%M:%S GMT %z")


def _plain(value: Any) -> Any:
	"""As JSON has it."""
	return json.loads(frappe.as_json(value))


@contextmanager
def _transaction() -> Iterator[None]:
	"""As a request has one: committed at its end, or rolled back."""
	try:
		yield
	except Exception:
		frappe.db.rollback()
		raise
	frappe.db.commit()


def _commit(**_options: Any) -> None:
	"""What was to follow a commit is jobs and messages; the tests do the work of the jobs."""
	frappe.db.after_commit.reset()
	frappe.db.after_rollback.reset()
	frappe.db.savepoint(COMMITTED)
	_begin()


def _rolling_back(rollback: Any) -> Any:
	def go_back(*, save_point: str | None = None, **_options: Any) -> None:
		rollback(save_point=save_point or COMMITTED)
		if not save_point:
			_begin()

	return go_back


def _begin() -> None:
	"""A request or a job begins, which remembers nothing."""
	frappe.db.value_cache.clear()
	frappe.local.cache.clear()
	getattr(frappe.local, "request_cache", {}).clear()


def _forget() -> None:
	"""After the last of the patches is gone: nothing of the test stays, in the database or in a cache."""
	frappe.set_user("Administrator")
	frappe.db.rollback()
	for doctype in CACHED:
		frappe.clear_document_cache(doctype)
	_begin()

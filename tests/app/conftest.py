"""One site of the stand-in for all tests here; each is connected to it and makes people and devices of its own."""

import contextvars
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import frappe
import hrms.hr.utils
import pytest
from frappe.utils import now_datetime
from hrms.hr.doctype.employee_checkin.employee_checkin import EmployeeCheckin

import standin
from navari_cams_biometric.cams_biometric.punches import checkins, inbox, site_faults
from simulator import Simulator
from standin import demo
from tests.app.the_site import the_site
from tests.contract.host import CALLBACK


@pytest.fixture(scope="session")
def site() -> "standin.site.Site":
	return the_site()


@pytest.fixture(autouse=True)
def connected(site) -> Iterator[None]:
	"""Work as Administrator; what a failed test leaves half done is thrown away."""
	with site.connect():
		yield
		frappe.db.rollback()


@pytest.fixture(autouse=True)
def no_unread_events_of_no_device(connected) -> Iterator[None]:
	"""They hold every shift."""
	yield
	frappe.db.rollback()
	frappe.db.delete("CAMS Unread Event", {"service_tag": ["is", "not set"]})
	frappe.db.commit()


@pytest.fixture
def new_user_id() -> Callable[[], str]:
	return lambda: uuid.uuid4().hex[:8]


@pytest.fixture
def new_employee(new_user_id) -> Callable[..., "frappe.model.document.Document"]:
	"""Make active employees with a device id of their own."""

	def create(**values):
		user_id = new_user_id()
		employee = frappe.new_doc(
			"Employee",
			**{
				"first_name": user_id,
				"attendance_device_id": user_id,
				"gender": "Female",
				"date_of_birth": "1990-01-01",
				"date_of_joining": "2020-01-01",
				"company": demo.COMPANY,
				**values,
			},
		).insert()
		frappe.db.commit()
		return employee

	return create


@pytest.fixture
def new_device() -> Callable[..., "frappe.model.document.Document"]:
	"""Make devices with a service tag of their own."""

	def create(**values):
		service_tag = f"TST{uuid.uuid4().hex[:10].upper()}"
		device = frappe.new_doc("CAMS Device", **{"service_tag": service_tag, **values}).insert()
		frappe.db.commit()
		return device

	return create


@pytest.fixture
def callback(site) -> Callable[..., "frappe.app.Response"]:
	"""Send a request through the whole of the stand-in, beside the test's own connection.

	`frappe.local` lives in context variables, so a context of its own is another process to it.
	"""

	def send(body: dict | bytes, query: str = "", **headers: str):
		data = json.dumps(body) if isinstance(body, dict) else body
		names = {name.replace("_", "-"): value for name, value in headers.items()}
		return contextvars.Context().run(
			site.client().post, CALLBACK + query, data=data, headers=names, buffered=True
		)

	return send


@pytest.fixture
def gateway(site) -> Iterator[Simulator]:
	"""A simulated gateway that Settings speak REST v3 to, with two devices that are records here too."""
	settings = frappe.get_doc("CAMS Biometric Settings")
	with Simulator(token=demo.AUTH_TOKEN) as simulator:
		settings.update(
			{"gateway_api": "REST v3 (form not published)", "base_url": simulator.rest_url}
		).save()
		for number in (1, 2):
			device = simulator.add_device(f"GW{uuid.uuid4().hex[:8].upper()}", f"Gate {number}")
			frappe.new_doc("CAMS Device", service_tag=device.service_tag, label=device.label).insert()
		frappe.db.commit()
		yield simulator
	frappe.db.rollback()
	settings.reload().update({"gateway_api": "REST v3 (form not published)", "base_url": ""}).save()
	for tag in simulator.world.devices:
		for doctype in ("CAMS Command", "CAMS Device User"):
			frappe.db.delete(doctype, {"service_tag": tag})
		frappe.delete_doc("CAMS Device", tag)
	frappe.db.commit()


@pytest.fixture
def tags(gateway) -> list[str]:
	"""The service tags of the gateway's two devices."""
	return list(gateway.world.devices)


@pytest.fixture
def run_jobs(site) -> Callable[[], None]:
	"""Commit, and run what is queued beside the test's own connection."""

	def run() -> None:
		frappe.db.commit()
		contextvars.Context().run(site.run_jobs)
		frappe.db.commit()

	return run


class Clock:
	"""What the inbox and the worker take for now; `advance` moves it."""

	def __init__(self, now: datetime):
		self.now = now

	def __call__(self) -> datetime:
		return self.now

	def advance(self, **span: float) -> None:
		self.now += timedelta(**span)


@pytest.fixture
def clock(monkeypatch) -> Clock:
	clock = Clock(now_datetime())
	for module in (inbox, checkins, site_faults):
		monkeypatch.setattr(module, "now_datetime", clock)
	return clock


@pytest.fixture
def faults(monkeypatch) -> dict[str, Exception | type[Exception]]:
	"""Errors by employee: raised by the insert of their check-ins, when the row is written already."""
	faults = {}
	insert = EmployeeCheckin.insert

	def insert_and_fail(self, *arguments, **keywords):
		inserted = insert(self, *arguments, **keywords)
		if self.employee in faults:
			raise faults[self.employee]
		return inserted

	monkeypatch.setattr(EmployeeCheckin, "insert", insert_and_fail)
	return faults


@pytest.fixture
def foreign_hook(monkeypatch, site) -> Callable[[str, Callable], None]:
	"""Add a doc_events handler to Employee Checkin, as another app on the site would."""

	def add(event: str, function: Callable) -> None:
		monkeypatch.setitem(vars(hrms.hr.utils), "foreign_hook", function)
		events = site.inner.hooks["doc_events"]["Employee Checkin"]
		monkeypatch.setitem(events, event, ["hrms.hr.utils.foreign_hook"])

	return add

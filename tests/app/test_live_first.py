"""Live punches go before history, and a person's own order in time stays."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import frappe
import pytest

from navari_cams_biometric.cams_biometric.history import loads
from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from tests.app.inside import punches_of, store
from tests.contract.host import batch, real_time


@pytest.fixture(autouse=True)
def nothing_queued(connected):
	frappe.db.delete("CAMS Punch", {"state": "Queued"})
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.delete("CAMS Punch", {"state": "Queued"})
	frappe.db.commit()


def text(moment):
	return moment.strftime("%Y-%m-%d %H:%M:%S GMT +0300")


NOW = datetime.now(ZoneInfo("Africa/Nairobi")).replace(tzinfo=None, microsecond=0)


def live(user_id, minutes=1):
	store(real_time(user_id, text(NOW - timedelta(minutes=minutes))))


def history(*user_ids, hours=30):
	rows = [
		("CheckIn", user_id, text(NOW - timedelta(hours=hours, seconds=n)))
		for n, user_id in enumerate(user_ids)
	]
	store(batch(*rows))


def due(limit=50, **options):
	rows = inbox.lock(inbox.due(limit, **options))
	frappe.db.rollback()
	return [row.user_id for row in rows]


def test_a_live_punch_goes_before_history(new_user_id):
	old, new = [new_user_id() for _ in range(9)], new_user_id()
	history(*old)
	live(new)
	assert due(5) == [new]
	assert due(5, only_live=True) == [new]


def test_what_a_device_stored_for_days_is_history(new_user_id):
	stored, new = new_user_id(), new_user_id()
	for hours in (3, 24, 72):
		live(stored, minutes=60 * hours)
	assert due(only_live=True) == []
	live(new)
	assert due() == [new]
	assert due(only_live=True) == [new]


def test_a_persons_earlier_punches_go_with_the_live_one(new_user_id):
	user_id, other = new_user_id(), new_user_id()
	history(other, hours=31)
	history(user_id, hours=9)
	history(user_id, hours=80)
	live(user_id)
	rows = inbox.lock(inbox.due(50))
	assert [row.user_id for row in rows] == [user_id, user_id]
	assert [row.punch_time for row in rows] == [NOW - timedelta(hours=9), NOW - timedelta(minutes=1)]


def test_a_batch_has_its_size_and_none_is_passed_over(new_user_id):
	many, few = new_user_id(), new_user_id()
	history(*[many] * 8, hours=2)
	live(many, minutes=2)
	live(few)
	assert due(5) == [many] * 5  # the live one of that person is next
	assert sorted(set(due(12))) == sorted({many, few})


def test_where_nothing_is_live_the_earliest_goes_first(new_user_id):
	one, two = new_user_id(), new_user_id()
	history(one, hours=20)
	history(two, hours=40)
	assert due(1) == [two]


def test_a_live_punch_that_comes_during_a_drain_does_not_wait_for_its_end(
	monkeypatch, new_employee, new_user_id
):
	"""One worker: between two batches of history."""
	monkeypatch.setattr(checkins, "BATCH", 2)
	order = []
	process = checkins._process_batch
	employee = new_employee()
	history(*[new_user_id() for _ in range(8)])

	def and_one_arrives(punches, rules):
		order.append([punch.source for punch in punches])
		process(punches, rules)
		if len(order) == 1:
			live(employee.attendance_device_id)

	monkeypatch.setattr(checkins, "_process_batch", and_one_arrives)
	checkins.drain()
	assert [sources[0] for sources in order] == ["Batch", "Real Time", "Batch", "Batch", "Batch"]
	[punch] = punches_of(employee.attendance_device_id)
	assert punch.state == "Recorded"


def test_it_does_not_wait_with_a_load_whose_gateway_does_not_answer(new_employee):
	employee = new_employee()
	live(employee.attendance_device_id)
	history(employee.attendance_device_id, hours=72)
	loads._wait(0.1)
	states = [punch.state for punch in punches_of(employee.attendance_device_id)]
	assert states == ["Queued", "Recorded"]

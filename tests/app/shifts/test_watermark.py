"""How far devices were heard, and how far that lets the shifts go. Attendance itself is tested on a bench."""

from datetime import timedelta

import frappe
import pytest
from frappe.database import Database
from frappe.utils import get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from navari_cams_biometric.cams_biometric.shift_sync import watermark
from tests.app.inside import outcome, punch_at, store
from tests.app.shifts.hearing import complete_until, hear, on_the_day, synced_until
from tests.contract.host import batch, real_time


def test_a_punch_is_heard_until_its_own_time(new_device, new_user_id):
	device = new_device()
	store(punch_at(new_user_id(), "08:00:00", SerialNumber=device.name))
	assert complete_until(device) is None
	checkins.drain()
	assert complete_until(device) == on_the_day("08:00:00")


def test_a_later_arrival_of_an_earlier_punch_does_not_take_it_back(new_device, new_user_id):
	device = new_device()
	for clock in ("08:00:00", "07:00:00"):
		store(punch_at(new_user_id(), clock, SerialNumber=device.name))
		checkins.drain()
	assert complete_until(device) == on_the_day("08:00:00")


def test_a_clock_that_is_ahead_is_heard_until_the_arrival(new_device, new_user_id):
	device = new_device()
	ahead = (now_datetime() + timedelta(hours=2)).strftime("%Y-%m-%d %H:%M:%S GMT +0300")
	store(real_time(new_user_id(), ahead, SerialNumber=device.name))
	checkins.drain()
	assert complete_until(device) <= now_datetime()


def test_a_batch_of_history_tells_nothing(new_device, new_user_id):
	device = new_device()
	store(batch(("CheckIn", new_user_id(), "2024-09-17 08:00:00 GMT +0300"), SerialNumber=device.name))
	checkins.drain()
	assert (
		frappe.db.count("CAMS Punch", {"service_tag": device.name, "state": "Held"}),
		complete_until(device),
	) == (
		1,
		None,
	)


def test_no_shift_waits_for_a_device_that_is_not_for_attendance(new_device, new_shift):
	shift, gate, canteen = new_shift(), new_device(), new_device(direction="Not Attendance")
	hear(gate, on_the_day("09:00:00"))
	store(punch_at("nobody", "07:00:00", SerialNumber=canteen.name))  # queued
	watermark.advance()
	assert synced_until(shift) == on_the_day("09:00:00")


def test_a_form_that_was_opened_before_does_not_take_it_back(new_device):
	device = new_device()
	hear(device, on_the_day("09:00:00"))
	device.update({"complete_until": on_the_day("06:00:00"), "branch": None}).save()
	assert complete_until(device) == on_the_day("09:00:00")


class Gateway:
	"""Tells the status of a device by the callback."""

	def __init__(self, send, device):
		self.send = send
		self.device = device

	def tell(self, status, clock, depth="0", **values):
		told = {
			"Status": status,
			"QueueDepth": depth,
			"OperationTime": f"2024-09-17 {clock} GMT +0300",
			**values,
		}
		envelope = {"SerialNumber": self.device.name, "AuthToken": "demo-auth-token-0123456789abcdef"}
		self.send({"RealTime": {**envelope, "DeviceStatus": told}})
		frappe.db.rollback()
		return complete_until(self.device)


@pytest.fixture
def gateway_of(callback):
	return lambda device: Gateway(callback, device)


def test_a_device_that_is_online_with_an_empty_queue_is_heard_until_it_told(new_device, gateway_of):
	gateway = gateway_of(new_device())
	assert gateway.tell("Online", "08:00:00") == on_the_day("08:00:00")


@pytest.mark.parametrize(
	("status", "values"),
	[
		("Online", {"depth": "3"}),
		("Online", {"depth": ""}),
		("Offline", {}),
		("Dreaming", {}),
		("Online", {"OperationTime": ""}),
	],
)
def test_a_status_that_promises_nothing_is_not_heard(new_device, gateway_of, status, values):
	assert gateway_of(new_device()).tell(status, "08:00:00", **values) is None


def test_a_device_that_comes_back_has_its_punches_still_to_hand_over(new_device, gateway_of):
	gateway = gateway_of(new_device())
	gateway.tell("Online", "06:00:00")
	gateway.tell("Offline", "06:10:00")
	assert gateway.tell("Online", "09:00:00") == on_the_day("06:00:00")
	assert gateway.tell("Online", "09:05:00") == on_the_day("06:00:00")
	assert gateway.tell("Online", "09:10:00") == on_the_day("09:10:00")


def test_user_events_tell_nothing(new_device, callback):
	device = new_device()
	event = {"UserID": "8", "FirstName": "A", "OperationTime": "2024-09-17 08:00:00 GMT +0300"}
	envelope = {"SerialNumber": device.name, "AuthToken": "demo-auth-token-0123456789abcdef"}
	callback({"RealTime": {**envelope, "UserUpdated": event}})
	frappe.db.rollback()
	assert frappe.db.count("CAMS Device User", {"service_tag": device.name}) == 1
	assert complete_until(device) is None


def test_a_health_check_is_heard_and_never_past_now(new_device):
	device = new_device()
	watermark.note_reported(device.name, on_the_day("08:00:00"))
	assert complete_until(device) == on_the_day("08:00:00")
	watermark.note_reported(device.name, on_the_day("08:10:00"))
	assert complete_until(device) == on_the_day("08:10:00")
	watermark.note_reported(device.name, on_the_day("08:05:00"))
	assert complete_until(device) == on_the_day("08:10:00")
	watermark.note_reported(device.name, now_datetime() + timedelta(hours=1))
	watermark.note_reported(device.name, now_datetime() + timedelta(hours=1))
	assert complete_until(device) <= now_datetime()


def test_after_an_absence_of_good_news_the_second_check_counts(new_device):
	"""This site was down, or the gateway: what it keeps comes only after some minutes."""
	device = new_device()
	for clock, expected in (
		("08:00:00", "08:00:00"),
		("10:00:00", "08:00:00"),
		("10:01:00", "08:00:00"),
		("10:10:00", "10:10:00"),
	):
		watermark.note_reported(device.name, on_the_day(clock))
		assert complete_until(device) == on_the_day(expected), clock


def test_checks_that_come_rarely_count_one_behind(new_device):
	device = new_device()
	for clock in ("08:00:00", "09:00:00", "10:00:00"):
		watermark.note_reported(device.name, on_the_day(clock))
	assert complete_until(device) == on_the_day("09:00:00")


@pytest.mark.parametrize(("skew", "expected"), [(-240, "07:56:00"), (240, "08:00:00"), (-86400, "07:50:00")])
def test_a_clock_that_is_behind_is_heard_less_far_as_far_as_settings_tolerate(new_device, skew, expected):
	device = new_device()
	frappe.db.set_value("CAMS Device", device.name, "clock_skew", skew)
	watermark.note_reported(device.name, on_the_day("08:00:00"))
	assert complete_until(device) == on_the_day(expected)


def test_a_device_that_is_unknown_is_no_error():
	watermark.note_reported("NOBODY", on_the_day("08:00:00"))


def test_a_shift_goes_as_far_as_its_devices_and_its_form_can_still_be_saved(new_device, new_shift):
	shift = new_shift(last_sync_of_checkin=on_the_day("01:00:00"))
	form = frappe.get_doc("Shift Type", shift)
	frappe.get_cached_doc("Shift Type", shift)
	hear(new_device(), on_the_day("08:00:00"))
	slow = new_device()
	watermark.advance()
	assert synced_until(shift) == on_the_day("01:00:00")
	hear(slow, on_the_day("06:10:00"))
	watermark.advance()
	assert synced_until(shift) == on_the_day("06:10:00")
	assert frappe.get_cached_doc("Shift Type", shift).last_sync_of_checkin == on_the_day("06:10:00")
	form.save()


@pytest.mark.parametrize(
	"values", [{"enable_auto_attendance": 0}, {"last_sync_of_checkin": "2030-01-01 00:00:00"}]
)
def test_what_is_off_or_further_on_is_left(new_device, new_shift, values):
	shift = new_shift(**values)
	hear(new_device(), on_the_day("08:00:00"))
	before = synced_until(shift)
	watermark.advance()
	assert synced_until(shift) == before


def test_a_device_holds_the_shifts_that_it_feeds_and_no_other(new_device, new_shift):
	day, night, lone = new_shift(), new_shift(), new_shift()
	hear(new_device(shift_types=[{"shift_type": day}, {"shift_type": night}]), on_the_day("08:00:00"))
	hear(new_device(shift_types=[{"shift_type": night}]), on_the_day("06:10:00"))
	hear(new_device(shift_types=[{"shift_type": night}], enabled=0), on_the_day("02:00:00"))
	watermark.advance()
	assert [synced_until(shift) for shift in (day, night, lone)] == [
		on_the_day("08:00:00"),
		on_the_day("06:10:00"),
		None,
	]
	assert {state.shift_type: state.aside for state in watermark.states()}[lone] == "No Device"


@pytest.mark.parametrize(
	("state", "clock", "expected"),
	[
		("Queued", "07:00:00", "07:00:00"),
		("Failed", "07:00:00", "07:00:00"),
		("Held", "07:00:00", "08:00:00"),
		("Ignored", "07:00:00", "08:00:00"),
	],
)
def test_a_punch_that_can_still_become_a_check_in_holds_its_shifts(
	new_device, new_shift, new_user_id, state, clock, expected
):
	device, other = new_device(), new_device()
	own = new_shift()
	device.append("shift_types", {"shift_type": own})
	device.save()
	foreign = new_shift()
	other.append("shift_types", {"shift_type": foreign})
	other.save()
	user_id = new_user_id()
	store(punch_at(user_id, clock, SerialNumber=device.name))
	inbox.update_punches(
		frappe.get_all("CAMS Punch", filters={"user_id": user_id}, pluck="name"), state=state
	)
	for one in (device, other):
		hear(one, on_the_day("08:00:00"))
	watermark.advance()
	assert (synced_until(own), synced_until(foreign)) == (on_the_day(expected), on_the_day("08:00:00"))


def test_a_shift_does_not_pass_a_punch_that_is_to_be_tried_again(new_device, new_shift, new_employee, faults):
	device, shift = new_device(), new_shift()
	unlucky, other = new_employee(), new_employee()
	faults[unlucky.name] = frappe.QueryDeadlockError("deadlock")
	for employee, clock in ((unlucky, "07:00:00"), (other, "08:00:00")):
		store(punch_at(employee.attendance_device_id, clock, SerialNumber=device.name))
	checkins.drain()
	assert outcome(unlucky.attendance_device_id) == ("Queued", None)
	assert (outcome(other.attendance_device_id)[0], complete_until(device)) == (
		"Recorded",
		on_the_day("08:00:00"),
	)
	watermark.advance()
	assert synced_until(shift) == on_the_day("07:00:00")


def test_a_punch_of_no_device_holds_every_shift(new_device, new_shift, new_user_id):
	device, shift = new_device(), new_shift()
	user_id = new_user_id()
	store(punch_at(user_id, "07:00:00", SerialNumber=device.name))
	inbox.update_punches(
		frappe.get_all("CAMS Punch", filters={"user_id": user_id}, pluck="name"), service_tag=None
	)
	hear(device, on_the_day("08:00:00"))
	watermark.advance()
	assert synced_until(shift) == on_the_day("07:00:00")


def test_history_that_waits_to_be_processed_does_not_stop_a_shift_that_is_long_past_it(
	new_device, new_shift, new_user_id
):
	device = new_device()
	shift = new_shift(last_sync_of_checkin="2024-10-17 07:00:00")
	store(
		batch(("CheckIn", new_user_id(), "2024-09-17 08:00:00 GMT +0300"), SerialNumber=device.name),
		batch(("CheckIn", new_user_id(), "2024-10-17 07:30:00 GMT +0300"), SerialNumber=device.name),
	)
	hear(device, get_datetime("2024-10-17 08:00:00"))
	watermark.advance()
	assert synced_until(shift) == get_datetime("2024-10-17 07:30:00")


def test_a_release_lets_a_shift_pass_one_device_or_any(new_device, new_shift):
	quick, slow = new_device(), new_device()
	hear(quick, on_the_day("08:00:00"))
	hear(slow, on_the_day("06:10:00"))
	one, every, neither = new_shift(), new_shift(), new_shift()
	watermark.advance()
	for shift, device in ((one, slow.name), (every, None)):
		values = {"shift_type": shift, "device": device, "released_until": on_the_day("09:00:00")}
		release = frappe.new_doc("CAMS Shift Release", **values, reason="Its network is down").insert()
	assert [synced_until(shift) for shift in (one, every, neither)] == [
		on_the_day("08:00:00"),
		on_the_day("09:00:00"),
		on_the_day("06:10:00"),
	]
	assert release.released_by == "Administrator"
	with pytest.raises(frappe.ValidationError, match="cannot be changed"):
		release.save()


@pytest.mark.parametrize(
	("values", "words"),
	[
		({"released_until": "2999-01-01 00:00:00"}, "not in the future"),
		({"released_until": "2024-09-17 06:10:00"}, "is already synced until"),
		({"reason": "  "}, "Enter a reason"),
		({"device": "disabled"}, "does not feed"),
		({"shift_type": "off"}, "Auto attendance is off"),
	],
)
def test_a_release_that_makes_no_sense_is_refused(new_device, new_shift, values, words):
	hear(new_device(), on_the_day("06:10:00"))
	names = {"disabled": new_device(enabled=0).name, "off": new_shift(enable_auto_attendance=0)}
	shift = new_shift()
	watermark.advance()
	proper = {"shift_type": shift, "released_until": on_the_day("09:00:00"), "reason": "Its network is down"}
	given = {field: names.get(value, value) for field, value in {**proper, **values}.items()}
	with pytest.raises(frappe.ValidationError, match=words):
		frappe.new_doc("CAMS Shift Release", **given).insert()
	assert synced_until(shift) == on_the_day("06:10:00")


def test_queries_do_not_grow_with_devices_and_punches(monkeypatch, new_device, new_shift, new_user_id):
	new_shift(last_sync_of_checkin=on_the_day("01:00:00"))
	statements = []
	execute = Database.execute

	def counted(self, statement, *arguments, **options):
		statements.append(statement)
		return execute(self, statement, *arguments, **options)

	def queries(devices):
		for _ in range(devices):
			device = new_device()
			store(*(punch_at(new_user_id(), SerialNumber=device.name) for _ in range(3)))
		with monkeypatch.context() as patch:
			patch.setattr(Database, "execute", counted)
			statements.clear()
			watermark.states()
		return len(statements)

	assert queries(1) == queries(9) > 0

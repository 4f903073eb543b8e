"""Direction by the order of the day: what a device with one key, or none, makes of a person's day."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.host import DONE, SERVICE_TAG, real_time

ALTERNATE = "Alternate Within Shift"
DAY = "2024-09-17"


@pytest.fixture
def gate(host, new_device):
	device = new_device(direction=ALTERNATE)["name"]
	yield device
	host.update("CAMS Device", device, direction="From Punch Type")


def send(host, employee, device, clock, **overrides):
	user_id = employee["attendance_device_id"]
	body = real_time(user_id, f"{DAY} {clock} GMT +0300", SerialNumber=device, **overrides)
	assert host.callback(body).content == DONE


def settled(host, employee, count):
	return host.settled(employee["attendance_device_id"], count, state="Recorded")


def order(host, employee):
	return [
		f"{checkin['time'][11:16]} {checkin.get('log_type') or '-'}"
		for checkin in host.checkins(employee["name"])
	]


@pytest.mark.parametrize(
	"clocks", list(itertools.permutations(("08:00:00", "12:00:00", "17:00:00")))[1::2], ids=" ".join
)
@pytest.mark.parametrize("kind", ["CheckIn", "None"])
def test_punches_alternate_in_whatever_order_they_arrive(host, new_employee, gate, clocks, kind):
	employee = new_employee()
	for count, clock in enumerate(clocks, 1):
		send(host, employee, gate, clock, Type=kind)
		settled(host, employee, count)
	wait_for(host, employee, ["08:00 IN", "12:00 OUT", "17:00 IN"])
	directions = [punch["log_type"] for punch in host.punches(employee["attendance_device_id"])]
	assert directions == ["IN", "OUT", "IN"]


def wait_for(host, employee, expected):
	"""What a worker made at the same moment is set right after its commit."""
	for _ in range(50):
		if order(host, employee) == expected:
			return
		host.session.get(host.url, timeout=30)
	assert order(host, employee) == expected


def test_punches_that_arrive_at_once_alternate(host, new_employee, gate):
	employee = new_employee()
	clocks = [f"{hour:02}:00:00" for hour in range(8, 16)]
	with ThreadPoolExecutor(8) as pool:
		list(pool.map(lambda clock: send(host, employee, gate, clock), reversed(clocks)))
	settled(host, employee, 8)
	wait_for(host, employee, [f"{h:02}:00 {'OUT' if h % 2 else 'IN'}" for h in range(8, 16)])


def test_a_resend_changes_nothing(host, new_employee, gate):
	employee = new_employee()
	for _ in range(2):
		send(host, employee, gate, "08:00:00")
		send(host, employee, gate, "17:00:00")
		settled(host, employee, 2)
	wait_for(host, employee, ["08:00 IN", "17:00 OUT"])


def test_another_device_and_a_check_in_by_hand_keep_theirs_and_count(host, new_employee, gate):
	employee = new_employee()
	send(host, employee, gate, "09:00:00")
	send(host, employee, SERVICE_TAG, "12:00:00", Type="CheckOut")
	send(host, employee, gate, "17:00:00")
	settled(host, employee, 3)
	wait_for(host, employee, ["09:00 IN", "12:00 OUT", "17:00 IN"])
	values = {"employee": employee["name"], "time": f"{DAY} 08:00:00", "log_type": "IN"}
	entered = host.create("Employee Checkin", **values)
	wait_for(host, employee, ["08:00 IN", "09:00 OUT", "12:00 OUT", "17:00 IN"])
	host.delete("Employee Checkin", entered["name"])
	wait_for(host, employee, ["09:00 IN", "12:00 OUT", "17:00 IN"])


def test_a_deleted_check_in_and_its_retry_order_the_rest(host, new_employee, gate):
	employee = new_employee()
	for clock in ("08:00:00", "12:00:00", "17:00:00"):
		send(host, employee, gate, clock)
	settled(host, employee, 3)
	wait_for(host, employee, ["08:00 IN", "12:00 OUT", "17:00 IN"])
	host.delete("Employee Checkin", host.checkins(employee["name"])[0]["name"])
	wait_for(host, employee, ["12:00 IN", "17:00 OUT"])
	[ignored] = host.punches(employee["attendance_device_id"], state="Ignored")
	host.call("retry", names=[ignored["name"]])
	settled(host, employee, 3)
	wait_for(host, employee, ["08:00 IN", "12:00 OUT", "17:00 IN"])
	assert host.find("CAMS Checkin Change", {"employee": employee["name"], "state": "Changed"}) == []


def test_a_preview_shows_the_day_before_the_direction_is_chosen(host, new_employee, new_device):
	device, employee = new_device()["name"], new_employee()
	send(host, employee, device, "08:00:00")
	send(host, employee, device, "17:00:00")
	settled(host, employee, 2)
	preview = host.call_document("CAMS Device", device, "preview_alternation", day=DAY)
	assert (preview["punches"], preview["changes"], preview["left"]) == (2, 1, 0)
	[person] = preview["people"]
	assert person["employee"] == employee["name"]
	turns = [(punch["time"], punch["now"], punch["then"]) for punch in person["punches"]]
	assert turns == [(f"{DAY} 08:00:00", "IN", "IN"), (f"{DAY} 17:00:00", "IN", "OUT")]
	assert order(host, employee) == ["08:00 IN", "17:00 IN"]

"""An employee with punches at the gateway and here."""

import pytest

from navari_cams_biometric.gateway.client import DevicePunch
from navari_cams_biometric.gateway.punch import Punch
from tests.app.inside import DAY, other_devices_resting, store
from tests.contract.host import real_time


@pytest.fixture
def employee(new_employee):
	return new_employee(employee_name="Employee One")


@pytest.fixture
def user_id(employee):
	return employee.attendance_device_id


@pytest.fixture
def arrives(gateway, tags, run_jobs):
	"""Let punches arrive here by the callback, unknown to the gateway, and become what they become."""

	def send(user_id, *clocks, kind="CheckIn", offset="+0300", tag=None):
		for clock in clocks:
			log_time = f"{DAY} {clock} GMT {offset}"
			store(real_time(user_id, log_time, SerialNumber=tag or tags[0], Type=kind))
		run_jobs()

	return send


@pytest.fixture
def told(gateway, tags):
	"""What the gateway would tell of somebody: (clock, type)."""

	def tell(user_id, *clocks, kind="CheckIn", tag=None):
		return [
			DevicePunch(tag or tags[0], Punch(user_id, kind, f"{DAY} {clock} GMT +0300")) for clock in clocks
		]

	return tell


@pytest.fixture
def worked_here(arrives, user_id):
	"""Eight to five with half an hour away."""
	arrives(user_id, "08:00:00", "10:30:00")
	arrives(user_id, "10:00:00", kind="BreakOut")
	arrives(user_id, "17:00:00", kind="CheckOut")


@pytest.fixture(autouse=True)
def no_other_devices(connected):
	"""Web API 3.0 asks each enabled device, and some of other tests have a token of their own."""
	with other_devices_resting():
		yield

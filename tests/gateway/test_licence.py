"""Until when a device's subscription runs, as DeviceInformation may tell. The key and its form are ours."""

from datetime import date

import pytest

from navari_cams_biometric.gateway.client.reading import read_date
from tests.gateway.conftest import GATE

APIS = ["REST v3 (form not published)", "Web API 3.0"]


@pytest.mark.parametrize("api", APIS)
def test_the_end_of_a_licence_is_told_with_the_device(simulator, make_client, api):
	simulator.world.devices[GATE].licence_until = date(2027, 1, 31)

	assert make_client(api).get_device_info(GATE).licence_until == date(2027, 1, 31)


@pytest.mark.parametrize("api", APIS)
def test_a_reply_without_a_licence_tells_none(simulator, make_client, api):
	assert make_client(api).get_device_info(GATE).licence_until is None


@pytest.mark.parametrize(
	("told", "day"),
	[
		("2027-01-31", date(2027, 1, 31)),
		(" 2027-01-31 ", date(2027, 1, 31)),
		("2027-01-31 23:59:59 GMT +0300", date(2027, 1, 31)),
		("", None),
		(None, None),
		("never", None),
		("31-01-2027", None),
		("2027-02-30", None),
	],
)
def test_a_day_is_read_or_is_none(told, day):
	assert read_date(told) == day

"""A gateway with two devices, a morning of punches, and users of each role."""

import uuid

import pytest

from simulator import Simulator
from tests.bench.attendance.world import DAY, World
from tests.contract.host import SETTINGS, TOKEN


@pytest.fixture
def world(host, bench_site, new_device, new_employee):
	"""Devices of other tests rest meanwhile: Web API 3.0 asks for every enabled one, and this gateway knows two."""
	bench_site.sql(f"delete from `tabCAMS Punch` where date(punch_time) = '{DAY}'")
	bench_site.sql(f"delete from `tabEmployee Checkin` where date(time) = '{DAY}'")
	with bench_site.other_devices_resting(), Simulator(token=TOKEN) as gateway:
		tags = [new_device(label=f"Gate {number}")["name"] for number in (1, 2)]
		for number, tag in enumerate(tags, 1):
			gateway.add_device(tag, f"Gate {number}")
		world = World(host, bench_site, gateway, tags, [new_employee() for _ in range(3)])
		world.use("REST v3 (form not published)")
		yield world
	host.update(SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url="")


@pytest.fixture
def morning(world):
	"""Of the first both sides know all; of the second the gateway lacks one punch and the site one; the third is
	unknown here."""
	world.both(0, "08:00:00")
	world.both(0, "17:00:00", "CheckOut")
	world.both(1, "08:10:00", tag=world.tags[1])
	world.only_here(1, "12:00:00", "BreakOut", tag=world.tags[1])
	world.only_gateway(1, "17:10:00", "CheckOut", tag=world.tags[1])
	world.host.update("Employee", world.employees[2]["name"], attendance_device_id="")
	world.both(2, "08:20:00")
	world.settle(0, 1, 2)
	return world


@pytest.fixture(scope="module")
def key_of(host):
	"""Make a user of some roles; return its key for REST."""

	def create(*roles):
		key, secret = uuid.uuid4().hex[:15], uuid.uuid4().hex[:15]
		host.create(
			"User",
			email=f"{key}@example.com",
			first_name=roles[0],
			send_welcome_email=0,
			api_key=key,
			api_secret=secret,
			roles=[{"role": role} for role in roles],
		)
		return f"{key}:{secret}"

	return create


@pytest.fixture(scope="module")
def keys(key_of):
	roles = ("HR Manager", "System Manager", "HR User", "Employee")
	return {role: key_of(role) for role in roles}

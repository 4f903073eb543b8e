"""Load Punchlog on a bench: a worker that is killed in the middle, and the command line."""

import signal
import time
from datetime import date

import pytest

from tests.bench.ledger import in_nairobi, stored
from tests.bench.rest_gateway import rest_gateway
from tests.contract.host import SETTINGS

RESUME = "navari_cams_biometric.cams_biometric.history.loads.resume_stalled"


@pytest.fixture
def gateway(host):
	"""A gateway with 40 days of 20 people on 2 devices, about 3,200 punches, in REST v3."""
	with rest_gateway(host) as simulator:
		simulator.history(people=20, devices=2, days=40, until=date(2024, 2, 10))
		yield simulator


def test_a_worker_killed_in_the_middle_of_a_load_loses_and_doubles_nothing(host, bench_site, gateway):
	tags = sorted({entry.service_tag for entry in gateway.ledger})
	for tag in tags:
		if not host.find("CAMS Device", {"name": tag}):
			host.create("CAMS Device", service_tag=tag)
		bench_site.sql(f"delete from `tabCAMS Punch` where service_tag = '{tag}'")
	body = {"from_date": "2024-01-01", "to_date": "2024-02-10"}
	name = host.call_document(SETTINGS, SETTINGS, "load_history", **body)
	deadline = time.monotonic() + 180
	while not 300 < len(stored(bench_site, tags)) < len(gateway.ledger) - 300:
		assert time.monotonic() < deadline, "the worker was never in the middle"
		time.sleep(0.02)
	bench_site.stop("worker", signal.SIGKILL)
	assert host.get("CAMS History Load", name)["state"] == "Running"
	bench_site.start_worker()
	bench_site.sql(f"update `tabCAMS History Load` set modified = '2020-01-01' where name = '{name}'")
	bench_site.execute(RESUME)  # what the scheduler runs
	deadline = time.monotonic() + 240
	while (load := host.get("CAMS History Load", name))["state"] in ("Queued", "Running"):
		assert time.monotonic() < deadline, load
		time.sleep(0.3)
	# Devices of other tests are unknown to this gateway; each has a line of its own.
	lines = {row["service_tag"]: row["state"] for row in load["devices"]}
	assert {lines[tag] for tag in tags} == {"Done"}
	assert stored(bench_site, tags) == in_nairobi(gateway.ledger)


def test_the_command_line_loads_and_says_what_came(host, bench_site, gateway):
	tag = gateway.ledger[0].service_tag
	if not host.find("CAMS Device", {"name": tag}):
		host.create("CAMS Device", service_tag=tag)
	command = ["cams", "load-punchlog", "--from", "2024-01-02", "--to", "2024-01-03", "--device", tag]
	bench_site.bench(*command)
	printed = bench_site.bench(*command)
	assert f"{tag}: Done" in printed
	assert "new 0" in printed

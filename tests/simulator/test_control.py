"""The control API, and the simulator as a process of its own."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
import requests

from navari_cams_biometric.gateway.client import GatewayClient
from navari_cams_biometric.gateway.errors import RequestRefusedError
from simulator import Simulator
from tests.gateway.conftest import GATE, GATE_2, TOKEN, fill
from tests.simulator.conftest import user_ids

ROOT = Path(__file__).parents[2]


def control(simulator, name: str, /, **asked) -> requests.Response:
	return requests.post(f"{simulator.url}/control/{name}", json=asked, timeout=5)


def read(simulator, name: str):
	return requests.get(f"{simulator.url}/control/{name}", timeout=5).json()


def test_the_control_api_does_what_the_methods_do(simulator, receiver):
	assert control(simulator, "callback", url=receiver.url).json() == {}
	assert control(simulator, "quirks", service_tag=GATE, no_label=True).json() == {}
	assert control(simulator, "online", service_tag=GATE_2, online=False).json() == {}
	punched = control(simulator, "punch", service_tag=GATE, user_id="7", type="CheckOut").json()
	assert control(simulator, "tick", seconds=60).json() == {"now": "2024-09-17 18:01:00 GMT +0300"}
	assert control(simulator, "deliver", force=True).json() == {"left": 0}

	assert read(simulator, "ledger")[-1] == punched
	assert (punched["type"], punched["instant"]) == ("CheckOut", "2024-09-17 15:00:00 GMT +0000")
	assert read(simulator, "queues")[GATE] == {"events": [], "attempts": [], "sent": 1, "held_until": ""}
	gate, gate_2 = read(simulator, "devices")
	assert (gate["online"], gate["quirks"], gate["users"]) == (True, ["no_label"], 2)
	assert gate_2["online"] is False
	assert read(simulator, "clock") == {"now": "2024-09-17 18:01:00 GMT +0300"}


def test_the_control_api_plans_days_and_faults(simulator, rest, naps):
	planned = control(simulator, "day", people=10, devices=2, date="2024-09-18").json()
	control(simulator, "fault", kind="rate_limited", times=1, retry_after=3)
	rest.list_devices()

	assert planned["start"] == "2024-09-18 07:00:00 GMT +0300"
	assert planned["punches"] > 10
	assert 3 <= naps[0] <= 4


@pytest.mark.parametrize(
	("name", "asked", "code"),
	[
		("nothing", {}, 404),
		("punch", {"user_id": "7"}, 404),
		("punch", {"service_tag": "ZHM1100000099", "user_id": "7"}, 404),
		("quirks", {"telepathy": True}, 400),
		("fault", {"kind": "plague"}, 400),
		("day", {"name": "evening"}, 400),
		("tick", {"seconds": -1}, 400),
		("tick", {"seconds": 1e300}, 400),
		("callback", {"url": "https://erp.example.com/"}, 400),
	],
)
def test_the_control_api_refuses_what_cannot_be_done(simulator, name, asked, code):
	answer = control(simulator, name, **asked)

	assert answer.status_code == code
	assert answer.json()["message"]


def test_the_control_api_takes_json_only(simulator):
	answer = requests.post(f"{simulator.url}/control/tick", data={"seconds": 60}, timeout=5)

	assert answer.status_code == 400


def test_the_simulator_listens_on_this_machine_only_and_calls_no_other(simulator, rest):
	assert simulator.url.startswith("http://127.0.0.1:")
	for url in ("https://erp.example.com/", "file:///etc/hosts", "//", "http://127.0.0.1.example.com/"):
		with pytest.raises(RequestRefusedError, match="this machine"):
			rest.register_callback(url)
	rest.register_callback("http://localhost:8000/callback")
	assert simulator.world.callback_url == "http://localhost:8000/callback"


def test_it_runs_by_itself(receiver):
	command = [
		sys.executable,
		"-m",
		"simulator",
		"--port",
		"0",
		"--speed",
		"20000",
	]
	command += ["--day", "morning", "--people", "3", "--devices", "2", "--callback-url", receiver.url]
	process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
	try:
		line = process.stdout.readline()
		url = line.split()[-1]
		with GatewayClient(TOKEN, base_url=f"{url}/v3/") as client:
			assert [device.label for device in client.list_devices()] == ["Main Gate", "Gate 2"]
		requests.post(f"{url}/control/tick", json={"seconds": 6 * 3600}, timeout=10)
		ledger = requests.get(f"{url}/control/ledger", timeout=5).json()
	finally:
		process.terminate()
		process.stdout.close()
		assert process.wait(10) == 0

	assert line.startswith("gateway simulator ready on http://127.0.0.1:")
	assert len(user_ids(receiver)) == len(ledger) > 3


def test_the_clock_is_aware():
	with Simulator() as simulator:
		assert simulator.world.now.utcoffset() is not None
		fill(simulator)
		assert isinstance(simulator.ledger[0].instant, datetime)

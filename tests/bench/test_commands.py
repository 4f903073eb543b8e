"""Commands on a bench: a worker that dies between sending and the answer, a device and a gateway that are away."""

import signal
import time

import pytest

from tests.bench.rest_gateway import rest_gateway

ASK = "navari_cams_biometric.cams_biometric.command_queue.queue.add_command"
SWEEP = "navari_cams_biometric.cams_biometric.command_queue.queue.sweep"
GATE = "CMD1100000001"


@pytest.fixture
def gateway(host, bench_site):
	bench_site.sql(f"delete from `tabCAMS Command` where service_tag = '{GATE}'")
	with rest_gateway(host) as simulator:
		simulator.add_device(GATE, "Command Gate")
		if not host.find("CAMS Device", {"name": GATE}):
			host.create("CAMS Device", service_tag=GATE)
		yield simulator


@pytest.fixture
def ask(bench_site):
	"""Ask as the app does; return the name of the CAMS Command."""

	def command(operation, **arguments):
		printed = bench_site.execute(ASK, operation=operation, service_tag=GATE, **arguments)
		return printed.strip().splitlines()[-1].strip('"')

	return command


def wait_for(condition, what):
	deadline = time.monotonic() + 90
	while not (found := condition()):
		assert time.monotonic() < deadline, f"waited in vain for {what}"
		time.sleep(0.1)
	return found


def in_state(host, name, *states):
	return wait_for(
		lambda: (found := host.get("CAMS Command", name))["state"] in states and found, " or ".join(states)
	)


def sent(gateway, operation):
	return [request for request in gateway.received if request.operation == operation]


def sweep_when_due(bench_site, name):
	"""What the scheduler does every minute, once the command's next step is due."""
	bench_site.sql(f"update `tabCAMS Command` set due_at = '2020-01-01' where name = '{name}'")
	bench_site.execute(SWEEP)


@pytest.mark.parametrize(
	("operation", "arguments", "end", "times"),
	[("AddUser", {"user_id": "EMP-0001"}, ("Sent", 0), 2), ("OpenDoor", {}, ("Failed", 1), 1)],
)
def test_a_worker_killed_between_sending_and_the_answer(
	host, bench_site, gateway, ask, operation, arguments, end, times
):
	gateway.fail_next("stall", operation=operation, seconds=5)
	name = ask(operation, **arguments)
	wait_for(lambda: sent(gateway, operation), "the request")
	bench_site.stop("worker", signal.SIGKILL)
	assert host.get("CAMS Command", name)["state"] == "Sent"
	bench_site.start_worker()
	bench_site.sql(f"update `tabCAMS Command` set sent_at = '2020-01-01' where name = '{name}'")
	bench_site.execute(SWEEP)
	if times == 2:
		sweep_when_due(bench_site, name)
	found = in_state(host, name, end[0])
	wait_for(lambda: len(sent(gateway, operation)) == times, "the repeat")
	time.sleep(1)
	gateway.tick(15)

	assert (found["state"], found["outcome_unknown"]) == end
	assert len(sent(gateway, operation)) == times
	assert list(gateway.world.devices[GATE].users) == (["EMP-0001"] if operation == "AddUser" else [])


def test_a_device_that_is_offline_gets_its_command_when_it_returns(host, bench_site, gateway, ask):
	gateway.set_online(GATE, False)
	name = ask("AddUser", user_id="EMP-0001", first_name="Employee")
	in_state(host, name, "Waiting for Device")
	gateway.set_online(GATE, True)
	gateway.tick(15)
	sweep_when_due(bench_site, name)

	assert in_state(host, name, "Done")["finished_at"]
	assert gateway.world.devices[GATE].users["EMP-0001"].first_name == "Employee"
	[user] = host.find("CAMS Device User", {"service_tag": GATE, "user_id": "EMP-0001"})
	assert (user["first_name"], user["state"]) == ("Employee", "On Device")


def test_a_pin_is_sent_and_stands_nowhere(host, bench_site, gateway, ask):
	gateway.add_user(GATE, "EMP-0001")
	gateway.fail_next("server_error")
	name = ask("SetUserPassword", user_id="EMP-0001", secret="90817263")
	assert "500" in wait_for(lambda: host.get("CAMS Command", name).get("outcome"), "the refusal")
	sweep_when_due(bench_site, name)
	wait_for(lambda: host.get("CAMS Command", name).get("answered_at"), "the answer")

	assert [request.arguments["Password"] for request in sent(gateway, "SetUserPassword")] == ["90817263"] * 2
	auth = f"select count(*) from `__Auth` where doctype = 'CAMS Command' and name = '{name}'"
	assert bench_site.sql(auth) == [["0"]]
	assert "90817263" not in str(host.get("CAMS Command", name))

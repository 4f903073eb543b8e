"""A simulator with two devices, three people and a day of punches, and clients of it."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from navari_cams_biometric.gateway.client import Device, GatewayClient, User
from simulator import Simulator

NAIROBI = timezone(timedelta(hours=3))
NOW = datetime(2024, 9, 17, 18, 0, tzinfo=NAIROBI)
TOKEN = "demo-auth-token-0123456789abcdef"
SECURITY_KEY = "0123456789abcdef0123456789ABCDEF"
GATE, GATE_2 = "ZHM1100000001", "ZHM1100000002"


class Records:
	"""What an app would know of its devices and their people."""

	def devices(self):
		return [
			Device(GATE, "Main Gate", last_seen=NOW),
			Device(GATE_2, "Gate 2"),
		]

	def users(self, service_tag):
		if service_tag == GATE_2:
			return [User("EMP-0002", "Employee", "Two", "User")]
		return [
			User("EMP-0001", "Employee", "One", "User", (("Fingerprint", "6"),)),
			User("EMP-0002", "Employee", "Two", "User"),
		]


def at(hour: int, minute: int = 0) -> datetime:
	return NOW.replace(hour=hour, minute=minute)


def fill(simulator: Simulator) -> None:
	simulator.add_device(GATE, "Main Gate")
	simulator.add_device(GATE_2, "Gate 2")
	simulator.add_user(
		GATE, "EMP-0001", first_name="Employee", last_name="One", credentials={("Fingerprint", "6"): "x"}
	)
	simulator.add_user(GATE, "EMP-0002", first_name="Employee", last_name="Two")
	simulator.add_user(GATE_2, "EMP-0002", first_name="Employee", last_name="Two")
	for tag, user_id, kind, moment in (
		(GATE, "EMP-0001", "CheckIn", at(8)),
		(GATE, "EMP-0001", "BreakOut", at(10)),
		(GATE, "EMP-0001", "BreakIn", at(10, 30)),
		(GATE_2, "EMP-0002", "CheckIn", at(8, 15)),
		(GATE, "EMP-0001", "CheckOut", at(17)),
	):
		simulator.world.remember(tag, user_id, kind, moment)


class Receiver:
	"""An app that keeps what it is sent. `answer` makes (code, body) of the bytes; it may be replaced."""

	def __init__(self):
		self.received: list[tuple[str, dict[str, str], bytes]] = []
		self.answer = lambda body: (200, b'{"status":"done"}')
		self.server = make_server("127.0.0.1", 0, self.respond, threaded=True, request_handler=Quiet)
		self.url = f"http://127.0.0.1:{self.server.server_port}/callback?secret=s"
		self.thread = threading.Thread(target=self.server.serve_forever, args=(0.005,), daemon=True)

	def respond(self, environ, start_response):
		request = Request(environ)
		body = request.get_data()
		self.received.append((environ["QUERY_STRING"], dict(request.headers), body))
		code, reply = self.answer(body)
		return Response(reply, code, {"Location": "/elsewhere"})(environ, start_response)

	@property
	def bodies(self) -> list[bytes]:
		return [body for _query, _headers, body in self.received]

	def __enter__(self):
		self.thread.start()
		return self

	def __exit__(self, *_):
		self.server.shutdown()
		self.thread.join()
		self.server.server_close()


class Quiet(WSGIRequestHandler):
	def log(self, *_):
		pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
	with Receiver() as running:
		yield running


@pytest.fixture
def simulator() -> Iterator[Simulator]:
	with Simulator(TOKEN, now=NOW) as running:
		fill(running)
		yield running


@pytest.fixture
def naps() -> list[float]:
	"""The seconds that the clients of this test slept, without doing so."""
	return []


@pytest.fixture
def make_client(simulator, naps):
	"""Build a client of the simulator: `api` and whatever else GatewayClient takes."""
	clients = []

	def make(api: str = "REST v3 (form not published)", token: str = TOKEN, **options) -> GatewayClient:
		url = simulator.rest_url if api == "REST v3 (form not published)" else simulator.web_api_url
		defaults = {
			"base_url": url,
			"records": Records(),
			"zone": NAIROBI,
			"sleep": naps.append,
			"clock": lambda: NOW,
			"timeout": 5,
		}
		clients.append(GatewayClient(token, api, **{**defaults, **options}))
		return clients[-1]

	yield make
	for client in clients:
		client.close()


@pytest.fixture
def rest(make_client) -> GatewayClient:
	return make_client("REST v3 (form not published)")


@pytest.fixture
def web(make_client) -> GatewayClient:
	return make_client("Web API 3.0")

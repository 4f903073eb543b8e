"""`make demo`: a morning at the gate, with the usual mishaps, against the app on the stand-in.

A gateway in miniature keeps a queue for each device, first in first out, and sends an event again until it
is answered with `done`. At the end each punch that it ever sent must stand on the site as a check-in or in
the list with its reason; else this exits with 1.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import requests

from navari_cams_biometric.gateway.encryption import encrypt
from navari_cams_biometric.gateway.timestamp import format_timestamp
from standin.demo import API_KEY, API_SECRET, AUTH_TOKEN, SERVICE_TAG
from standin.server import ENDPOINT

NAIROBI = timezone(timedelta(hours=3))
GATE_2 = "ZHM1100000002"
CANTEEN = "ZHM1100000003"
SECURITY_KEY = "0123456789abcdef0123456789ABCDEF"  # invented, as all keys here
PATIENCE_SECONDS = 60


class App:
	"""The stand-in in a process of its own, which can be killed and started again on the same data."""

	def __init__(self, folder: str):
		self.folder = folder
		self.port = 0
		self.start()

	def start(self) -> None:
		command = [sys.executable, "-m", "standin", "serve", "--port", str(self.port)]
		self.process = subprocess.Popen(
			[*command, "--database", self.folder, "--sweep-seconds", "2"], stdout=subprocess.PIPE, text=True
		)
		line = next(line for line in self.process.stdout if "ready on" in line)
		self.url = line.split("ready on ")[1].split()[0]
		self.port = int(self.url.rpartition(":")[2])

	def kill(self) -> None:
		self.process.kill()
		self.process.wait()
		self.process.stdout.close()

	def api(self, method: str, path: str, **options) -> dict:
		headers = {"Authorization": f"token {API_KEY}:{API_SECRET}"}
		response = requests.request(method, f"{self.url}/api/{path}", headers=headers, timeout=30, **options)
		response.raise_for_status()
		return response.json()

	def records(self, doctype: str, **filters) -> list[dict]:
		parameters = {"filters": json.dumps(filters), "fields": '["*"]', "limit_page_length": 1000}
		return self.api("GET", f"resource/{doctype}", params=parameters)["data"]


class Gateway:
	"""The queues of the devices, and the ledger of every punch that was ever sent."""

	def __init__(self, app: App):
		self.app = app
		self.queues: dict[str, deque[Callable[[], requests.Response]]] = {}
		self.ledger: set[tuple[str, str, datetime, str]] = set()

	def punch(self, device: str, user_id: str, moment: datetime, kind: str = "CheckIn", **options) -> None:
		"""Queue a real-time punch. Options: `label`, `times` (sent more than once), `encrypted`, `user_key`."""
		self.ledger.add((device, user_id, moment.astimezone(timezone.utc), kind))
		entry = {"Type": kind, "InputType": "Fingerprint", "LogTime": format_timestamp(moment)}
		entry[options.get("user_key", "UserId")] = user_id
		for _ in range(options.get("times", 1)):
			self.event(
				device, {"PunchLog": entry}, options.get("label", "Main Gate"), options.get("encrypted")
			)

	def event(
		self, device: str, event: dict, label: str = "Main Gate", encrypted: bool | None = False
	) -> None:
		envelope = {
			"SerialNumber": device,
			"LabelName": label,
			"AuthToken": AUTH_TOKEN,
			"OperationID": "demo",
		}
		body = json.dumps({"RealTime": {**envelope, **event}}).encode()
		self._queue(device, encrypt(body, SECURITY_KEY) if encrypted else body, f"?stgid={device}")

	def history(self, device: str, entries: list[tuple[str, datetime, str]], secret: str) -> None:
		"""Queue a batch without token: the secret in the callback URL speaks for it."""
		for user_id, moment, kind in entries:
			self.ledger.add((device, user_id, moment.astimezone(timezone.utc), kind))
		log = [
			{"UserID": who, "Type": kind, "LogTime": format_timestamp(when)} for who, when, kind in entries
		]
		body = json.dumps({"PunchLog": {"ReturnRowCount": str(len(log)), "Log": log}}).encode()
		self._queue(device, body, f"?secret={secret}?stgid={device}")

	def deliver(self) -> int:
		"""Send what is queued; a refused event holds its queue. Returns how many events are left."""
		for queue in self.queues.values():
			while queue:
				try:
					if queue[0]().json() != {"status": "done"}:
						break
				except requests.ConnectionError:
					break
				queue.popleft()
		return sum(map(len, self.queues.values()))

	def _queue(self, device: str, body: bytes, query: str) -> None:
		def send() -> requests.Response:
			return requests.post(self.app.url + ENDPOINT + query, data=body, timeout=30)

		self.queues.setdefault(device, deque()).append(send)


def play(app: App, gateway: Gateway) -> None:
	yesterday = datetime.now(NAIROBI).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)

	def at(clock: str, days: int = 0) -> datetime:
		hours, minutes = map(int, clock.split(":"))
		return yesterday - timedelta(days=days) + timedelta(hours=hours, minutes=minutes)

	say("07:50  people arrive at the main gate; the gateway sends one punch three times")
	gateway.punch(SERVICE_TAG, "EMP-0001", at("07:52"), times=3)
	gateway.punch(SERVICE_TAG, "EMP-0002", at("07:55"))
	gateway.deliver()

	say("07:58  Gate 2 is new: it sends the account's token and registers itself")
	gateway.punch(GATE_2, "EMP-0003", at("07:58"), label="Gate 2")
	say("08:00  somebody is changed on Gate 2; the event is ahead of the next punches in its queue")
	template = [{"Type": "Fingerprint", "UserID": "EMP-0003", "Index": "6", "Data": "VEVNUExBVEU="}]
	gateway.event(GATE_2, {"UserUpdated": {"UserID": "EMP-0003", "Template": template}}, "Gate 2")
	gateway.punch(GATE_2, "EMP-0004", at("08:01"), label="Gate 2", user_key="UserID")
	gateway.deliver()

	say("08:05  nobody knows user 00042 yet")
	gateway.punch(GATE_2, "00042", at("08:05"), label="Gate 2")
	say("08:06  the clock of Gate 2 jumps two hours ahead")
	gateway.punch(GATE_2, "EMP-0005", datetime.now(NAIROBI).replace(microsecond=0) + timedelta(hours=2))
	gateway.deliver()

	say("08:10  a stranger forges punches")
	forged = {
		"RealTime": {"SerialNumber": SERVICE_TAG, "AuthToken": "x" * 32, "PunchLog": {"UserId": "EMP-0005"}}
	}
	for body in (json.dumps(forged).encode(), b"{not json", b""):
		answer = requests.post(app.url + ENDPOINT, data=body, timeout=30)
		say(f"       answered {answer.status_code} {answer.text}")

	say("10:00  breaks and meals, the canteen's device with an encrypted body")
	app.api(
		"POST",
		"resource/CAMS Device",
		json={"service_tag": CANTEEN, "encryption": "AES-256", "security_key": SECURITY_KEY},
	)
	gateway.punch(SERVICE_TAG, "EMP-0001", at("10:00"), "BreakOut")
	gateway.punch(SERVICE_TAG, "EMP-0001", at("10:15"), "BreakIn")
	gateway.punch(CANTEEN, "EMP-0002", at("12:30"), "MealIn", label="Canteen", encrypted=True)
	gateway.deliver()

	say("12:45  the app is killed; punches wait at the gateway")
	app.kill()
	gateway.punch(SERVICE_TAG, "EMP-0002", at("12:50"), "CheckOut")
	gateway.punch(GATE_2, "EMP-0003", at("12:55"), "CheckOut", label="Gate 2")
	say(f"       {gateway.deliver()} events wait")
	say("13:00  the app is back, and the gateway sends them again")
	app.start()
	gateway.deliver()

	say("13:05  Gate 2 was offline for three days: a batch of old punches, some of them known already")
	url = app.api(
		"POST",
		"method/run_doc_method",
		json={"dt": "CAMS Biometric Settings", "dn": "CAMS Biometric Settings", "method": "setup_status"},
	)
	secret = url["message"]["callback_url"].partition("secret=")[2]
	days = [
		(user_id, at(clock, day), kind)
		for day in (3, 2, 1)
		for user_id in ("EMP-0003", "EMP-0004")
		for clock, kind in (("17:00", "CheckOut"), ("08:00", "CheckIn"))
	]
	gateway.history(GATE_2, [("EMP-0003", at("07:58"), "CheckIn"), *days], secret)
	gateway.deliver()

	say("13:10  HR sees that 00042 is a new colleague and links the number")
	wait_until_settled(app)
	[held] = app.records("CAMS Punch", user_id="00042")
	say(f"       {held['state']}: {held['reason']} {held['remedy']}")
	newcomer = {
		"first_name": "Employee",
		"last_name": "Six",
		"gender": "Other",
		"date_of_birth": "1990-01-01",
	}
	employee = app.api(
		"POST",
		"resource/Employee",
		json={**newcomer, "date_of_joining": "2020-01-01", "company": "Demo Company", "status": "Active"},
	)
	link = "method/navari_cams_biometric.cams_biometric.controllers.punches.link_to_employee"
	app.api("POST", link, json={"name": held["name"], "employee": employee["data"]["name"]})
	wait_until_settled(app)


def wait_until_settled(app: App) -> None:
	deadline = time.monotonic() + PATIENCE_SECONDS
	while app.records("CAMS Punch", state="Queued"):
		if time.monotonic() > deadline:
			raise SystemExit("punches are still queued")
		time.sleep(0.2)


def account(app: App, gateway: Gateway) -> bool:
	"""Print what became of every punch; tell whether each is there exactly once."""
	checkins = {checkin["custom_cams_punch"]: checkin for checkin in app.records("Employee Checkin")}
	punches = sorted(app.records("CAMS Punch"), key=lambda punch: punch["punch_time"])
	print(f"\n{'time':19}  {'user':8}  {'type':8}  {'device':13}  state")
	found = []
	whole = True
	for punch in punches:
		checkin = checkins.pop(punch["name"], None)
		whole &= (punch["state"] == "Checked In") == bool(checkin)
		outcome = f"{checkin['log_type']} {checkin['name']}" if checkin else f"{punch['reason']}"
		columns = f"{punch['punch_time'][:19]}  {punch['user_id']:8}  {punch['punch_type']:8}  {punch['service_tag']:13}"
		print(f"{columns}  {punch['state']:10}  {outcome}")
		moment = datetime.fromisoformat(punch["punch_time"]).replace(tzinfo=NAIROBI).astimezone(timezone.utc)
		found.append((punch["service_tag"], punch["user_id"], moment, punch["punch_type"]))
	missing = gateway.ledger - set(found)
	unsent = set(found) - gateway.ledger
	states = [punch["state"] for punch in punches]
	print(
		f"\nsent {len(gateway.ledger)} different punches; on the site: "
		+ ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
	)
	print(
		f"missing {len(missing)}, doubled {len(found) - len(set(found))}, never sent {len(unsent)}, check-ins without punch {len(checkins)}"
	)
	return whole and not missing and not unsent and not checkins and len(found) == len(set(found))


def say(text: str) -> None:
	print(text, flush=True)


def main() -> int:
	say("This runs on a stand-in for Frappe (standin/README.md).\n")
	with tempfile.TemporaryDirectory() as folder:
		app = App(str(Path(folder) / "site"))
		try:
			gateway = Gateway(app)
			play(app, gateway)
			whole = gateway.deliver() == 0 and account(app, gateway)
		finally:
			app.kill()
	say("every punch is accounted for" if whole else "NOT every punch is accounted for")
	return 0 if whole else 1


if __name__ == "__main__":
	sys.exit(main())

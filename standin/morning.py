"""`make demo`: a morning at the gates with the usual mishaps, played through the gateway simulator.

The simulator keeps the ledger of every punch that happened; the app runs on the stand-in in a process of its own
and knows nothing of it. At the end the two are compared punch by punch; unless they agree this exits with 1.
"""

import json
import sys
import tempfile
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

from simulator import LedgerEntry, Simulator
from simulator.state import NAIROBI, SECURITY_KEY
from standin.app_process import AppProcess, wait_for
from standin.comparison import Site, compare, show, summary
from standin.demo import AUTH_TOKEN, EMPLOYEES, SERVICE_TAG, make_person

MAIN_GATE, GATE_2, CANTEEN, WAREHOUSE = SERVICE_TAG, "ZHM1100000002", "ZHM1100000003", "ZHM1100000004"
BACK_DOOR = "ZHM1100000005"
SEED = 7  # a day with people at both gates
MORE_EMPLOYEES = ["Six", "Seven", "Eight", "Nine", "Ten"]
PEOPLE = 11
NEWCOMER = "EMP-0011"  # the last of them, whom nobody knows yet
HANDED_ON = "EMP-0003"  # the number of somebody who left; the next hire has it from the first day on
HISTORY_PEOPLE, HISTORY_DAYS = 3, 2
SETTINGS = "CAMS Biometric Settings"
CONTROLLERS = "navari_cams_biometric.cams_biometric.controllers"


class Morning:
	"""The story, scene by scene. All clock times are of `day`, in the site's zone."""

	def __init__(self, app: AppProcess, simulator: Simulator, day: date):
		self.app = app
		self.simulator = simulator
		self.day = day
		self.history: list[LedgerEntry] = []
		self.former_owner = ""
		self.ahead: list[LedgerEntry] = []

	def play(self) -> None:
		self.prepare()
		self.arrive()
		self.lose_gate_2()
		self.forge()
		self.regain_gate_2()
		self.meet_the_warehouse()
		self.kill_the_app()
		self.start_the_app_again()
		self.eat()
		self.mistake_the_zone()
		self.load_history()
		self.give_old_days_to_the_former_owner()
		self.link_the_newcomer()
		self.punch_ahead_of_time()
		self.lose_power()

	def prepare(self) -> None:
		for number, name in enumerate(MORE_EMPLOYEES, len(EMPLOYEES) + 1):
			self.employ("Employee", name, attendance_device_id=f"EMP-{number:04}")
		self.hand_number_on()
		self.app.create("CAMS Device", service_tag=CANTEEN, encryption="AES-256", security_key=SECURITY_KEY)
		self.simulator.history(HISTORY_PEOPLE, devices=4, days=HISTORY_DAYS, until=self.day)
		self.history = self.simulator.ledger
		self.simulator.day("morning", people=PEOPLE, devices=4, date=self.day)
		self.simulator.set_quirks(MAIN_GATE, duplicates=True)
		self.simulator.set_quirks(GATE_2, user_event_first=True, out_of_order=True)
		self.simulator.set_quirks(CANTEEN, encrypted=True)
		self.simulator.set_quirks(WAREHOUSE, history_by_callback=True)

	def hand_number_on(self) -> None:
		[former] = self.app.records("Employee", attendance_device_id=HANDED_ON)
		self.former_owner = former["name"]
		self.app.update("Employee", self.former_owner, attendance_device_id="")
		self.employ("New", "Hire", attendance_device_id=HANDED_ON, date_of_joining=str(self.day))

	def arrive(self) -> None:
		self.tell(
			"07:00", f"{self.day}: {PEOPLE} people are to come, and nobody here knows yet who {NEWCOMER} is"
		)
		self.tell("07:30", "they arrive; the Main Gate sends every punch twice, Gate 2 registers itself")

	def lose_gate_2(self) -> None:
		self.tell("07:50", "Gate 2 loses its line")
		note(f"the app says it is {self.app.get('CAMS Device', GATE_2)['connection']}")

	def forge(self) -> None:
		self.tell("08:30", "a stranger forges punches")
		punch = {"UserId": "EMP-0005", "Type": "CheckIn", "LogTime": f"{self.day} 08:00:00 GMT +0300"}
		forged = {"RealTime": {"SerialNumber": MAIN_GATE, "AuthToken": "x" * 32, "PunchLog": punch}}
		for body in (json.dumps(forged).encode(), b"{not json", b""):
			answer = self.app.call_back(body)
			note(f"answered {answer.status_code} {answer.text}")

	def regain_gate_2(self) -> None:
		waiting = len(self.simulator.world.devices[GATE_2].waiting)
		self.tell("08:40", f"Gate 2 is back, with {waiting} punches in any order, a user event ahead of each")
		people = self.app.records("CAMS Device User", service_tag=GATE_2)
		connection = self.app.get("CAMS Device", GATE_2)["connection"]
		note(f"the app says it is {connection}, and knows {len(people)} people on it")

	def meet_the_warehouse(self) -> None:
		self.tell("09:00", "the Warehouse has a new device; it registers itself with its first punch")
		self.simulator.punch(WAREHOUSE, "EMP-0005")

	def kill_the_app(self) -> None:
		self.tell("10:00", "the app is killed; breaks begin, and the gateway goes on")
		self.app.kill()

	def start_the_app_again(self) -> None:
		self.tell("10:45", "the app is started again on the same data")
		note(f"{self.simulator.deliver()} events wait at the gateway")
		self.app.start()
		self.tell("10:55", "the gateway's longest wait is over")
		note(f"{self.simulator.deliver()} events wait at the gateway")

	def eat(self) -> None:
		self.tell("13:00", "lunch is over; the canteen sent the meals encrypted")
		self.note_why("Ignored", service_tag=CANTEEN)

	def mistake_the_zone(self) -> None:
		"""The punch comes in time and is read wrong; the load brings it again."""
		self.simulator.add_device(BACK_DOOR, "Back Door")
		self.simulator.set_quirks(BACK_DOOR, no_offset=True)
		self.app.create("CAMS Device", service_tag=BACK_DOOR, time_zone="Asia/Kolkata")
		self.tell(
			"13:02", "the Back Door sends times without an offset, and somebody set its zone to Kolkata's"
		)
		self.history.append(self.simulator.punch(BACK_DOOR, "EMP-0004"))
		self.simulator.deliver()
		self.note_check_ins()
		self.app.update("CAMS Device", BACK_DOOR, time_zone="")
		note("HR sets the zone right; the next load brings the punch again")

	def note_check_ins(self) -> None:
		self.app.wait_until_settled()
		for checkin in self.app.records("Employee Checkin", device_id=BACK_DOOR):
			punched, counts = checkin["custom_original_time"], checkin["time"]
			note(f"{checkin['employee_name']} punched at {punched[11:16]}, the check-in says {counts[11:16]}")

	def load_history(self) -> None:
		first = self.day - timedelta(days=HISTORY_DAYS)
		self.tell("13:05", f"HR presses Load Punchlog for {first} to {self.day}")
		self.app.update(
			SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url=self.simulator.rest_url
		)
		days = {"from_date": str(first), "to_date": str(self.day)}
		name = self.app.call("run_doc_method", dt=SETTINGS, dn=SETTINGS, method="load_history", args=days)
		wait_for("the load", lambda: self.app.get("CAMS History Load", name)["state"] in ("Done", "Failed"))
		for row in self.app.get("CAMS History Load", name)["devices"]:
			counts = f"new {row['new_punches']}, here already {row['already_here']}"
			note(f"{self.labels[row['service_tag']]:9}  {row['state']}: received {row['received']}, {counts}")
		self.tell("13:06", "the batch of the Warehouse comes to the callback URL, without a token")
		note(f"{len(self.app.records('CAMS Punch', service_tag=WAREHOUSE))} of its punches are here now")
		self.note_check_ins()

	def give_old_days_to_the_former_owner(self) -> None:
		self.tell(
			"13:08",
			f"{HANDED_ON} was Employee Three's and is New Hire's now: what the load brought is from before that",
		)
		self.note_why("Held", user_id=HANDED_ON)
		last = {"until_date": str(self.day - timedelta(days=1))}
		self.app.create("CAMS Device ID", employee=self.former_owner, user_id=HANDED_ON, **last)
		self.app.wait_until_settled()
		recorded = self.app.records("CAMS Punch", employee=self.former_owner, state="Recorded")
		note(f"a CAMS Device ID gives Employee Three the days until then: {len(recorded)} Recorded")

	def link_the_newcomer(self) -> None:
		self.tell("13:10", f"HR sees that {NEWCOMER} is New Colleague and links the number")
		held = self.note_why("Held", user_id=NEWCOMER)
		employee = self.employ("New", "Colleague")
		for punch in held[:1]:  # the others are released with it
			self.app.call(
				f"{CONTROLLERS}.punch_actions.link_to_employee", name=punch["name"], employee=employee
			)
		self.app.wait_until_settled()
		note(f"{len(self.app.records('CAMS Punch', user_id=NEWCOMER, state='Recorded'))} Recorded")

	def punch_ahead_of_time(self) -> None:
		"""In the present: on a day that is over, two hours ahead would still be the past."""
		present = datetime.now(timezone.utc)
		self.run_until(present)
		clock = present.astimezone(NAIROBI)
		say(f"{clock:%H:%M}  of {clock.date()}, the present: the clock of the Warehouse is two hours ahead")
		self.simulator.set_quirks(WAREHOUSE, clock_two_hours_ahead=True)
		self.ahead.append(self.simulator.punch(WAREHOUSE, "EMP-0005"))
		self.simulator.deliver()
		self.note_why("Held", service_tag=WAREHOUSE)

	def lose_power(self) -> None:
		note("after a power cut the clock of Gate 2 begins again in 2000")
		self.simulator.set_quirks(GATE_2, clock_of_2000=True)
		self.simulator.punch(GATE_2, "EMP-0005")
		self.simulator.deliver()
		self.note_why("Held", service_tag=GATE_2)

	def note_why(self, state: str, **filters: str) -> list[dict]:
		"""Tell how many punches are in that state and why, by the example of the first; return them."""
		self.app.wait_until_settled()
		punches = self.app.records("CAMS Punch", state=state, **filters)
		for punch in punches[:1]:
			note(f"{len(punches)} {state}: {punch['reason']}")
			note(punch["remedy"])
		return punches

	def employ(self, first_name: str, last_name: str, **values: str) -> str:
		return self.app.create("Employee", **make_person(first_name, last_name, **values))["name"]

	def tell(self, clock: str, text: str) -> None:
		"""Let the simulator's clock run on to that time, then say what happens."""
		self.run_until(datetime.combine(self.day, time.fromisoformat(clock), NAIROBI))
		say(f"{clock}  {text}")

	def run_until(self, moment: datetime) -> None:
		self.simulator.tick((moment - self.simulator.world.now).total_seconds())

	@property
	def labels(self) -> dict[str, str]:
		return {tag: device.label for tag, device in self.simulator.world.devices.items()}


def run(app: AppProcess) -> bool:
	"""Play a morning of yesterday, so that none of its punches is ahead; tell whether all are accounted for."""
	day = datetime.now(NAIROBI).date() - timedelta(days=1)
	settings = {"dt": SETTINGS, "dn": SETTINGS, "method": "setup_status"}
	callback_url = app.call("run_doc_method", **settings)["callback_url"]
	midnight = datetime.combine(day, time(), NAIROBI)
	with Simulator(AUTH_TOKEN, callback_url, seed=SEED, now=midnight) as simulator:
		morning = Morning(app, simulator, day)
		morning.play()
		left = simulator.deliver()
		site = Site(*map(app.records, ("CAMS Punch", "Employee Checkin", "Employee", "CAMS Device ID")))
		lines = compare(simulator.ledger, site, morning.history, morning.ahead)
		say(f"\nwhat the devices saw, {len(simulator.ledger)} punches, and what became of it here:")
		show(lines, morning.labels)
		sent = sum(queue.sent for queue in simulator.world.queues.values())
		say(f"the gateway sent {sent} events, {left} wait")
	say(f"\n{left} events still wait at the gateway." if left else f"\n{summary(lines)}")
	return not left and not any(line.problem for line in lines)


def note(text: str) -> None:
	say(f"       {text}")


def say(text: str) -> None:
	print(text, flush=True)


def main() -> int:
	say("This runs on a stand-in for Frappe (standin/README.md), and the gateway is simulated.\n")
	with tempfile.TemporaryDirectory() as folder:
		app = AppProcess(str(Path(folder) / "site"))
		try:
			whole = run(app)
		finally:
			app.kill()
	return 0 if whole else 1


if __name__ == "__main__":
	sys.exit(main())

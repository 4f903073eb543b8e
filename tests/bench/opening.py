"""What the Desk asks for when somebody opens a page, a report, a list or a form of this app, on a large site.

One table for the test, which bounds the queries, and for the benchmark, which prints them. The requests are those
that the Desk of Frappe 15 sends, with the default filters of the reports' scripts. `large_site` makes the site.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import requests

from simulator import Simulator
from tests.bench.bench_site import BenchSite
from tests.bench.browser import DeskUser
from tests.bench.rest_gateway import rest_gateway
from tests.contract.host import SETTINGS, Host

CONTROLLERS = "navari_cams_biometric.cams_biometric.controllers"
SOURCES = "navari_cams_biometric.cams_biometric.dashboard_chart_source"
RUN_REPORT = "frappe.desk.query_report.run"
RECORDER = "method/frappe.recorder"
OPENINGS = 5
LARGE_SITE = Path(__file__).with_name("large_site.py")
NAIROBI = ZoneInfo("Africa/Nairobi")
OWNER = "large-site@example.com"
DEVICES = 10
PUNCHES = 100_000
ANALYZED = (
	"`tabCAMS Punch`",
	"`tabCAMS Device User`",
	"`tabCAMS Command`",
	"`tabCAMS Day Repair`",
	"`tabEmployee Checkin`",
)

Ask = tuple[str, str, dict[str, object]]  # verb, path below /api/method/, arguments


@dataclass(frozen=True)
class Place:
	"""`queries` is the most that opening it may take, whatever the site holds; `least` how many rows, at least, it
	must show here: an empty page would be quick for nothing."""

	name: str
	queries: int
	asks: tuple[Ask, ...]
	least: int = 1

	@property
	def is_report(self) -> bool:
		return self.asks[0][1] == RUN_REPORT


@dataclass(frozen=True)
class Figures:
	"""`seconds` is the median of the openings, `quickest` the least of them."""

	queries: int
	seconds: float
	quickest: float
	rows: int
	kilobytes: int


def day(back: int = 0) -> str:
	return str((datetime.now(NAIROBI) - timedelta(days=back)).date())


def report(name: str, queries: int, back: int | None = None, least: int = 1, **filters: object) -> Place:
	"""With `back`, a report whose default is from so many days ago to today."""
	dates = {} if back is None else {"from_date": day(back), "to_date": day()}
	arguments = {
		"report_name": name,
		"filters": json.dumps({**dates, **filters}),
		"ignore_prepared_report": "false",
		"are_default_filters": "true",
	}
	return Place(name, queries, (("GET", RUN_REPORT, arguments),), least)


def page(name: str, queries: int, path: str, least: int = 1, **arguments: object) -> Place:
	return Place(name, queries, (("POST", f"{CONTROLLERS}.{path}", arguments),), least)


def listing(name: str, queries: int, doctype: str, fields: str, order_by: str, *filters: list) -> Place:
	"""A list: its first page, and how many there are in all."""
	standard = "name owner creation modified modified_by _user_tags _comments _assign _liked_by docstatus idx"
	chosen = [f"`tab{doctype}`.`{field}`" for field in f"{standard} {fields}".split()]
	asked = {"doctype": doctype, "filters": json.dumps(filters)}
	rows = {
		"fields": json.dumps(chosen),
		"order_by": f"`tab{doctype}`.{order_by}",
		"start": 0,
		"page_length": 20,
		"view": "List",
		"group_by": "",
		"with_comment_count": 1,
	}
	count = {"fields": "[]", "distinct": "false", "limit": 1001}
	view = "frappe.desk.reportview"
	asks = (("POST", f"{view}.get", {**asked, **rows}), ("POST", f"{view}.get_count", {**asked, **count}))
	return Place(name, queries, asks)


def punch_list(name: str, queries: int, *filters: list) -> Place:
	fields = "punch_time reason employee service_tag user_id state reason_code"
	return listing(name, queries, "CAMS Punch", fields, "`punch_time` desc", *filters)


def form(name: str, queries: int, doctype: str, document: str, *more: Ask) -> Place:
	load = ("GET", "frappe.desk.form.load.getdoc", {"doctype": doctype, "name": document})
	return Place(name, queries, (load, *more))


def card(name: str, queries: int, doctype: str, *filters: list, least: int = 1) -> Place:
	told = {"name": f"CAMS {name}", "function": "Count", "document_type": doctype}
	arguments = {"doc": json.dumps(told), "filters": json.dumps(filters)}
	path = "frappe.desk.doctype.number_card.number_card.get_result"
	return Place(f"Card {name}", queries, (("POST", path, arguments),), least)


def chart(name: str, queries: int, least: int) -> Place:
	module = f"CAMS {name}".lower().replace(" ", "_")
	arguments = {"chart_name": f"CAMS {name}", "filters": "{}", "refresh": 1}
	return Place(
		f"Chart {name}", queries, (("POST", f"{SOURCES}.{module}.{module}.get_data", arguments),), least
	)


def workspace() -> Place:
	"""With the steps of the onboarding, which a System Manager sees until they are done."""
	asked = {"page": json.dumps({"name": "CAMS Biometric", "title": "CAMS Biometric", "public": 1})}
	return Place("Workspace", 40, (("POST", "frappe.desk.desktop.get_desktop_page", asked),))


def places() -> list[Place]:
	"""All of them; made anew for each use, because filters name today."""
	repair = f"{day(1)} LARGE-00000 Large Shift 0"
	employee = ["CAMS Punch", "employee", "=", "LARGE-00001"]
	device = ["CAMS Punch", "service_tag", "=", "LRG1"]
	held = ["CAMS Punch", "state", "=", "Held"]
	return [
		workspace(),
		page("Card People In Now", 9, "live_board_page.people_in_card", least=1000),
		card("Punches Today", 6, "CAMS Punch", ["CAMS Punch", "punch_time", "Timespan", "today"]),
		card("Held Punches", 6, "CAMS Punch", ["CAMS Punch", "state", "in", ["Held", "Failed"]]),
		card("Devices with Problems", 6, "CAMS Device", ["CAMS Device", "health", "in", ["Not Reporting"]]),
		chart("Punches by Hour", 7, least=1),
		chart("Punches by Day", 7, least=7),
		chart("Punches by Device", 7, least=DEVICES),
		chart("Held by Reason", 7, least=5),
		page("Held Punches", 14, "held_punches_page.held_groups", least=5),
		page("Live Board", 13, "live_board_page.board", least=30),
		page("My Punches", 14, "my_punches_page.my_punches"),
		page("CAMS Doctor", 40, "doctor_page.examine", least=14),
		report("CAMS Punch Comparison", 24, back=0, least=1000),
		report("CAMS Reconciliation", 25, back=0, least=1000),
		report("CAMS Day Comparison", 20, back=0, least=1000, ask_for="Summary"),
		report("CAMS Access Events", 22, back=0, least=50, device="LRG1"),
		report("CAMS Enrolment Audit", 20, least=400),
		report("CAMS Shift Sync", 20, least=10),
		report("CAMS Missing Punches", 23, back=1, least=100),
		report("CAMS Punch Exceptions", 16, back=7, least=1000),
		report("CAMS Device Timeliness", 16, back=7, least=DEVICES),
		report("CAMS Hours by Punch Type", 16, back=1, least=1000),
		punch_list("CAMS Punch list", 9),
		punch_list("CAMS Punch list, Held", 9, held),
		punch_list("CAMS Punch list of a device", 9, device),
		punch_list("CAMS Punch list of an employee", 9, employee),
		listing(
			"CAMS Day Repair list",
			9,
			"CAMS Day Repair",
			"attendance_date before_status after_status late_times employee_name state",
			"`attendance_date` desc",
		),
		listing(
			"CAMS Device list",
			9,
			"CAMS Device",
			"service_tag label last_reported health enabled problems",
			"`creation` desc",
		),
		listing(
			"CAMS Command list",
			9,
			"CAMS Command",
			"operation service_tag user_id outcome state outcome_unknown",
			"`creation` desc",
		),
		listing(
			"CAMS Device User list",
			9,
			"CAMS Device User",
			"user_id service_tag employee fingerprints faces state",
			"`user_id` asc",
		),
		form("CAMS Day Repair form", 20, "CAMS Day Repair", repair),
		form("CAMS Command form", 20, "CAMS Command", "large1"),
		form(
			"CAMS Device form",
			34,
			"CAMS Device",
			"LRG1",
			("POST", "frappe.core.doctype.user.user.get_timezones", {}),
		),
		page("Employee's devices", 16, "enrolment_actions.on_devices", employee="LARGE-00001"),
	]


@contextmanager
def large_site(site: BenchSite, host: Host, punches: int = PUNCHES) -> Iterator[None]:
	"""The site while it is large, with so many punches, and a gateway that tells today's punches: all but ten, and ten others.

	Settings are saved only while the site is small: saving them sets the worker on whatever they could release.
	"""
	with rest_gateway(host) as gateway:
		try:
			site.script(LARGE_SITE, site.name, "make", str(punches), timeout=3600)
			site.sql(f"analyze table {', '.join(ANALYZED)}")
			tell_today(site, gateway)
			yield
		finally:
			site.script(LARGE_SITE, site.name, "forget")
			site.sql("update tabSingles set value = '0' where field = 'show_own_punches'")


def be_employee(site: BenchSite, host: Host, user: DeskUser) -> None:
	"""Make the user one of the large site's employees, who may see their own punches. Past the forms: saving an Employee
	would restrict the user to that one."""
	site.sql(
		f"update `tabEmployee` set user_id = '{user.email}', create_user_permission = 0 where name = 'LARGE-00001';"
		f"update tabSingles set value = '1' where doctype = '{SETTINGS}' and field = 'show_own_punches'"
	)
	roles = [{"role": each["role"]} for each in host.get("User", user.email)["roles"]]
	host.update("User", user.email, roles=[*roles, {"role": "Employee"}])


def tell_today(site: BenchSite, gateway: Simulator) -> None:
	for number in range(DEVICES):
		gateway.add_device(f"LRG{number}", f"Gate {number}")
	question = (
		f"select service_tag, user_id, punch_type, punch_time from `tabCAMS Punch` where owner = '{OWNER}'"
	)
	rows = site.sql(f"{question} and punch_time >= '{day()}' order by name")
	for tag, user_id, kind, moment in rows[10:]:
		gateway.world.remember(tag, user_id, kind, datetime.fromisoformat(moment).replace(tzinfo=NAIROBI))
	for number in range(10):
		moment = datetime.fromisoformat(rows[0][3]).replace(tzinfo=NAIROBI, microsecond=0)
		gateway.world.remember("LRG1", f"L{number * 10 + 1}", "BreakOut", moment)


class Desk:
	"""Opens places as a browser does whose user has logged in, and counts the queries of the server by Frappe's own
	recorder. Counting costs time: an opening is counted or timed."""

	def __init__(self, host: Host, user: DeskUser):
		self.host = host
		self.session = requests.Session()
		self.session.headers.update(host.session.headers)
		login = {"usr": user.email, "pwd": user.password}
		self.session.post(f"{host.url}/api/method/login", data=login, timeout=60).raise_for_status()

	def measure(self, place: Place) -> Figures:
		"""The first opening, in which Frappe fills its caches, does not count."""
		answers = self.open(place)
		seconds = [timed(lambda: self.open(place)) for _ in range(OPENINGS)]
		return Figures(
			queries=self.count(place),
			seconds=round(statistics.median(seconds), 3),
			quickest=round(min(seconds), 3),
			rows=max(map(rows_of, answers)),
			kilobytes=sum(len(json.dumps(answer)) for answer in answers) // 1024,
		)

	def open(self, place: Place) -> list[object]:
		return [self.ask(*each) for each in place.asks]

	def ask(self, verb: str, path: str, arguments: dict[str, object]) -> object:
		url = f"{self.host.url}/api/method/{path}"
		options = {"params" if verb == "GET" else "data": arguments}
		answer = self.session.request(verb, url, timeout=60, **options)
		assert answer.status_code == 200, f"{path}: {answer.text[:2000]}"
		return {"docs": answer.json().get("docs"), **answer.json()}.get("message") or answer.json().get(
			"docs"
		)

	def count(self, place: Place) -> int:
		return len(self.statements(place))

	def statements(self, place: Place) -> list[str]:
		"""The queries of one opening."""
		options = {"explain": 0, "capture_stack": 0, "record_jobs": 0}
		self.host.api("POST", f"{RECORDER}.delete").raise_for_status()
		self.host.api("POST", f"{RECORDER}.start", json=options).raise_for_status()
		try:
			recorded = [self._recorded(*ask) for ask in place.asks]
		finally:
			self.host.api("POST", f"{RECORDER}.stop").raise_for_status()
		return [call["query"] for each in recorded for call in self._calls(each["uuid"])]

	def _recorded(self, verb: str, path: str, arguments: dict[str, object]) -> dict:
		"""Ask, and wait for the record, which comes a moment after the answer. Frappe 16 tells its other web processes
		of a recorder that starts, but not at once: what one of them answers before it knows is asked again."""
		deadline = time.monotonic() + 60
		while time.monotonic() < deadline:
			self.ask(verb, path, arguments)
			if found := wait_for(lambda: self._records(f"/api/method/{path}"), seconds=2):
				return found[0]
		raise RuntimeError(f"the recorder did not record {path}")

	def _records(self, path: str) -> list[dict]:
		found = self.host.api("GET", f"{RECORDER}.get").json().get("message") or []
		return [each for each in found if each["path"] == path]

	def _calls(self, uuid: str) -> list[dict]:
		return self.host.api("GET", f"{RECORDER}.get", params={"uuid": uuid}).json()["message"]["calls"]


def wait_for(look: Callable[[], list], seconds: float) -> list:
	"""What is found, or nothing when the time is over."""
	deadline = time.monotonic() + seconds
	while not (found := look()) and time.monotonic() < deadline:
		time.sleep(0.05)
	return found


def timed(function: Callable[[], object]) -> float:
	started = time.perf_counter()
	function()
	return time.perf_counter() - started


def rows_of(answer: object) -> int:
	"""How much is shown: rows of a report, a list or a chart, punches of a page, the number on a card."""
	if isinstance(answer, int | float):
		return int(answer)
	if isinstance(answer, dict):
		inner = next(
			(
				answer[key]
				for key in ("result", "values", "labels", "groups", "punches", "value")
				if key in answer
			),
			1,
		)
		return rows_of(inner)
	return len(answer)

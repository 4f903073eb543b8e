"""Who sees and mends whose: HR of one company, over HTTP, in every list, report, chart, card, page and action.

Two companies have the same things, and one manager for each role is restricted to the first by a User Permission.
What is asked is taken from the app itself: a new report, DocType or action without a line here fails.
"""

import json
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from navari_cams_biometric import hooks
from tests.app.test_structure import APP, WHITELISTED
from tests.app.test_who_sees_whom import NEEDS_NONE
from tests.bench.rest_gateway import rest_gateway
from tests.bench.test_who_may import HR, HR_USER, PREFIX, SYSTEM, request_of
from tests.bench.users import new_user
from tests.contract.conftest import EMPLOYEE as EMPLOYEE_VALUES
from tests.contract.host import DONE, TOKEN, real_time
from tests.places import PLACES

NAIROBI = ZoneInfo("Africa/Nairobi")
READERS = (HR_USER, HR, SYSTEM)
PAGE = "navari_cams_biometric.cams_biometric.controllers"
ABOUT = tuple(sorted(hooks.has_permission))


def now():
	return datetime.now(NAIROBI).replace(microsecond=0, tzinfo=None)


class Side:
	"""What one company has: an employee who is in, an inactive one, a device, a punch of somebody unknown."""

	def __init__(self, host, company):
		self.company, self.mark = company, uuid.uuid4().hex[:6].upper()
		self.device = f"DEV{self.mark}"
		host.create("CAMS Device", service_tag=self.device, label=f"Gate {self.mark}", company=company)
		self.person, self.inactive = (self._employee(host, company, f"{self.mark}{kind}") for kind in "PI")
		host.update("Employee", self.inactive, status="Inactive")
		self.unknown = f"U{self.mark}"
		self.ids = (f"{self.mark}P", f"{self.mark}I", self.unknown)
		for user_id in self.ids:
			body = real_time(user_id, f"{now():%Y-%m-%d %H:%M:%S} GMT +0300", SerialNumber=self.device)
			assert host.callback(body).content == DONE
		self.recorded, self.held, self.lost = (host.settled(user_id)[0]["name"] for user_id in self.ids)
		self.checkin = host.settled(self.ids[0])[0]["employee_checkin"]
		yesterday = str(now() - timedelta(days=1))
		host.create("Employee Checkin", employee=self.person, time=yesterday, log_type="IN")

	def _employee(self, host, company, user_id):
		values = {**EMPLOYEE_VALUES, "company": company, "first_name": f"Name {user_id}"}
		return host.create("Employee", attendance_device_id=user_id, **values)["name"]


@pytest.fixture(scope="module")
def sides(host, bench_site):
	first = EMPLOYEE_VALUES["company"]
	abbr = uuid.uuid4().hex[:4].upper()
	country = host.get("Company", first).get("country") or "Kenya"
	names = {"company_name": f"Company {abbr}", "abbr": abbr, "default_currency": "KES", "country": country}
	other = host.create("Company", **names)["name"]
	own, theirs = Side(host, first), Side(host, other)
	columns = "owner, modified_by, creation, modified"
	for side in (own, theirs):
		values = f"'Administrator', 'Administrator', now(), now(), '{side.device}', 'x{side.mark}'"
		bench_site.sql(
			f"insert into `tabCAMS Device User` (name, {columns}, service_tag, user_id, state)"
			f" values ('{side.device}:{side.unknown}', 'Administrator', 'Administrator', now(), now(),"
			f" '{side.device}', '{side.unknown}', 'On Device');"
			f"insert into `tabCAMS Command` (name, {columns}, service_tag, user_id, operation, state)"
			f" values ('cmd{side.mark}', {values}, 'AddUser', 'Done');"
			f"insert into `tabCAMS Unread Event` (name, {columns}, service_tag, parts, state)"
			f" values ('evt{side.mark}', {values}, 'Unread');"
			f"insert into `tabCAMS Day Repair` (name, {columns}, employee, company, employee_name, state, attendance_date)"
			f" values ('day{side.mark}', 'Administrator', 'Administrator', now(), now(), '{side.person}',"
			f" '{side.company}', 'Name {side.mark}P', 'Open', curdate());"
			f"insert into `tabCAMS Checkin Change` (name, {columns}, service_tag, employee, state, punch_time)"
			f" values ('chg{side.mark}', 'Administrator', 'Administrator', now(), now(), '{side.device}',"
			f" '{side.person}', 'Deleted', now());"
			f"insert into `tabCAMS Checkin Photo` (name, {columns}, employee_checkin, employee) values"
			f" ('pho{side.mark}', 'Administrator', 'Administrator', now(), now(),"
			f" (select employee_checkin from `tabCAMS Punch` where name = '{side.recorded}'), '{side.person}');"
			f"insert into `tabCAMS Device ID` (name, {columns}, service_tag, user_id, employee)"
			f" values ('map{side.mark}', {values}, '{side.person}');"
			f"insert into `tabCAMS Ignored ID` (name, {columns}, service_tag, user_id, reason)"
			f" values ('ign{side.mark}', {values}, 'a test');"
			f"insert into `tabCAMS Shift Release` (name, {columns}, device, reason)"
			f" values ('rel{side.mark}', 'Administrator', 'Administrator', now(), now(), '{side.device}', '{side.mark}');"
			f"insert into `tabCAMS Second Look` (name, {columns}, service_tag) values ('loo{side.mark}',"
			f" 'Administrator', 'Administrator', now(), now() + interval 1 day, '{side.device}');"  # not yet due
			f"insert into `tabCAMS History Load` (name, {columns}, state) values"
			f" ('loa{side.mark}', 'Administrator', 'Administrator', now(), now(), 'Done');"
			f"insert into `tabCAMS History Load Device` (name, parent, parenttype, parentfield, service_tag) values"
			f" ('lod{side.mark}', 'loa{side.mark}', 'CAMS History Load', 'devices', '{side.device}');"
			f"insert into `tabCAMS Access Schedule` (name, {columns}, schedule_name, state) values"
			f" ('sch{side.mark}', 'Administrator', 'Administrator', now(), now(), 'Hours {side.mark}', 'Not Sent');"
			f"insert into `tabCAMS Access Schedule Employee` (name, parent, parenttype, parentfield, employee) values"
			f" ('sce{side.mark}', 'sch{side.mark}', 'CAMS Access Schedule', 'employees', '{side.person}')"
		)
	yield own, theirs
	for side in (own, theirs):
		bench_site.sql(
			"; ".join(
				f"delete from `tab{doctype}` where name like '%{side.mark}%'"
				for doctype in (*ABOUT, "CAMS History Load Device", "CAMS Access Schedule Employee")
				if doctype != "CAMS Punch"
			)
			+ f"; update `tabCAMS Punch` set state = 'Ignored' where service_tag = '{side.device}'"
		)


@pytest.fixture(scope="module")
def keys(host, sides):
	"""By role, of those who may see the first company alone."""
	users = {role: new_user(host, role) for role in READERS}
	for user in users.values():
		host.create("User Permission", user=user.email, allow="Company", for_value=sides[0].company)
	return {role: user.key for role, user in users.items()}


OTHER_PAGES = ("cams_doctor", "cams_my_punches")  # the System Manager's alone; the reader's own
RECORDS = {
	"CAMS Access Schedule": "sch",
	"CAMS Checkin Change": "chg",
	"CAMS Checkin Photo": "pho",
	"CAMS Command": "cmd",
	"CAMS Day Repair": "day",
	"CAMS Device ID": "map",
	"CAMS History Load": "loa",
	"CAMS Ignored ID": "ign",
	"CAMS Second Look": "loo",
	"CAMS Shift Release": "rel",
	"CAMS Unread Event": "evt",
}


def record_of(side, doctype):
	if doctype == "CAMS Punch":
		return side.lost
	if doctype == "CAMS Device User":
		return f"{side.device}:{side.unknown}"
	return RECORDS[doctype] + side.mark


def roles_of(doctype):
	[definition] = APP.glob(f"*/doctype/*/{doctype.lower().replace(' ', '_')}.json")
	rows = json.loads(definition.read_text())["permissions"]
	return [role for role in READERS if any(row["role"] == role and row.get("read") for row in rows)]


@pytest.mark.parametrize("doctype", ABOUT)
def test_a_list_and_a_document_are_of_the_own_company(host, sides, keys, doctype):
	own, theirs = (record_of(side, doctype) for side in sides)
	for role in roles_of(doctype):
		key = keys[role]
		listed = host.api("GET", f"resource/{doctype}?limit_page_length=0", key).json()["data"]
		names = {row["name"] for row in listed}
		assert own in names, role
		assert theirs not in names, role
		assert host.api("GET", f"resource/{doctype}/{own}", key).status_code == 200, role
		assert host.api("GET", f"resource/{doctype}/{theirs}", key).status_code == 403, role
		for verb, body in (("PUT", {"user_id": "7"}), ("DELETE", None)):
			assert host.api(verb, f"resource/{doctype}/{theirs}", key, json=body).status_code == 403, (
				role,
				verb,
			)
		count = {"doctype": doctype, "filters": json.dumps([[doctype, "name", "in", [own, theirs]]])}
		assert (
			host.api("POST", "method/frappe.desk.reportview.get_count", key, json=count).json()["message"]
			== 1
		)
		of_link = {"doctype": doctype, "txt": theirs, "page_length": 20}
		assert theirs not in host.api("POST", "method/frappe.desk.search.search_link", key, json=of_link).text
	assert host.find(doctype, {"name": theirs}, ["name"])


REPORTS = sorted(path.stem for path in APP.glob("*/report/*/*.json"))
# These ask the gateway, which has a test of its own below.
ASKING_THE_GATEWAY = {
	"cams_access_events",
	"cams_day_comparison",
	"cams_punch_comparison",
	"cams_reconciliation",
}
WITHOUT_PEOPLE = {"cams_shift_sync"}


@pytest.mark.parametrize(
	"report", [name for name in REPORTS if name not in ASKING_THE_GATEWAY | WITHOUT_PEOPLE]
)
def test_a_report_and_its_summary_are_of_the_own_company(host, sides, keys, report):
	own, theirs = sides
	[definition] = APP.glob(f"*/report/{report}/{report}.json")
	document = json.loads(definition.read_text())
	filters = {"from_date": str(now().date() - timedelta(days=1)), "to_date": str(now().date())}
	asked = {"report_name": document["report_name"], "filters": json.dumps(filters)}
	for role in [role for role in READERS if role in {row["role"] for row in document["roles"]}]:
		answer = host.api("POST", "method/frappe.desk.query_report.run", keys[role], json=asked)
		assert answer.status_code == 200, answer.text
		message = answer.json()["message"]
		assert own.mark in answer.text, role
		assert theirs.mark not in answer.text, role
		rows = [row for row in message["result"] if isinstance(row, dict)]
		if summary := message.get("report_summary"):
			assert sum(figure["value"] for figure in summary) == len(rows), role


@pytest.fixture(scope="module")
def gateway(host, sides):
	"""It tells a punch of somebody unknown on the device of each company, and one of an employee."""
	with rest_gateway(host) as simulator:
		for side in sides:
			simulator.add_device(side.device, side.device)
			for user_id in (f"{side.mark}X", side.ids[0]):
				simulator.punch(side.device, user_id)
		yield simulator


@pytest.mark.parametrize("report", sorted(ASKING_THE_GATEWAY - {"cams_access_events"}))
@pytest.mark.parametrize("role", [HR, SYSTEM])
def test_a_comparison_with_the_gateway_is_of_the_own_company(host, gateway, sides, keys, report, role):
	own, theirs = sides
	[definition] = APP.glob(f"*/report/{report}/{report}.json")
	today = str(now().date())
	filters = json.dumps({"from_date": today, "to_date": today})
	asked = {"report_name": json.loads(definition.read_text())["report_name"], "filters": filters}

	def run(key=None):
		answer = host.api("POST", "method/frappe.desk.query_report.run", key, json=asked)
		assert answer.status_code == 200, answer.text
		return answer

	seen, everything = run(keys[role]), run()
	assert own.ids[0] in seen.text
	assert theirs.mark in everything.text
	assert theirs.mark not in seen.text
	figures = [
		sum(row["value"] for row in answer.json()["message"]["report_summary"])
		for answer in (seen, everything)
	]
	assert figures[0] < figures[1]


@pytest.mark.parametrize("role", [HR, SYSTEM])
def test_the_events_of_another_companys_doors_are_refused(host, gateway, sides, keys, role):
	for side, status in zip(sides, (200, 403), strict=True):
		filters = json.dumps(
			{"device": side.device, "from_date": str(now().date()), "to_date": str(now().date())}
		)
		asked = {"report_name": "CAMS Access Events", "filters": filters}
		answer = host.api("POST", "method/frappe.desk.query_report.run", keys[role], json=asked)
		assert answer.status_code == status, answer.text


CARDS = {path.stem: json.loads(path.read_text()) for path in sorted(APP.glob("*/number_card/*/*.json"))}


@pytest.mark.parametrize("card", [name for name, card in CARDS.items() if card["type"] == "Document Type"])
@pytest.mark.parametrize("role", READERS)
def test_a_number_card_counts_the_own_company(host, bench_site, sides, keys, card, role):
	document = CARDS[card]
	if document["document_type"] == "CAMS Device":
		bench_site.sql(
			f"update `tabCAMS Device` set health = 'Not Reporting' where name = '{sides[1].device}'"
		)
	asked = {"doc": json.dumps(document), "filters": document["filters_json"]}
	path = "method/frappe.desk.doctype.number_card.number_card.get_result"
	seen, everything = (
		host.api("POST", path, key, json=asked).json()["message"] for key in (keys[role], None)
	)
	assert seen < everything


@pytest.mark.parametrize("role", READERS)
def test_the_card_of_people_in_counts_the_own_company(host, sides, keys, role):
	path = f"method/{PAGE}.live_board_page.people_in_card"
	seen, everything = (
		host.api("POST", path, key, json={}).json()["message"]["value"] for key in (keys[role], None)
	)
	assert 0 < seen < everything


def test_every_place_page_and_card_is_asked_here():
	controllers, doctypes = {}, {}
	for method in {*ACTIONS, *PAGES, *NEEDS_NONE}:
		module, _, name = method.rpartition(":")
		(doctypes if module.startswith("doctype/") else controllers).setdefault(name, set()).add(module)
	for operation, place in PLACES.items():
		name = place.method.rpartition(".")[2]
		if not place.doctype and ".report." in place.method:
			assert place.method.split(".")[-2] in REPORTS, operation
			continue
		assert name in (doctypes if place.doctype else controllers), operation
	pages = {path.stem for path in APP.glob("*/page/*/*.json")}
	assert pages == {"cams_held_punches", "cams_live_board", *OTHER_PAGES}
	assert {card["type"] for card in CARDS.values()} == {"Document Type", "Custom"}
	assert [name for name, card in CARDS.items() if card["type"] == "Custom"] == ["cams_people_in"]


def counted(answer):
	return sum(answer.json()["message"]["datasets"][0]["values"])


@pytest.mark.parametrize(
	"source",
	["cams_held_by_reason", "cams_punches_by_day", "cams_punches_by_device", "cams_punches_by_hour"],
)
def test_a_chart_counts_the_own_company(host, bench_site, sides, keys, source):
	path = f"method/navari_cams_biometric.cams_biometric.dashboard_chart_source.{source}.{source}.get_data"
	waiting = " and state in ('Held', 'Failed')" if source == "cams_held_by_reason" else ""
	[[own]] = bench_site.sql(
		f"select count(*) from `tabCAMS Punch` where service_tag = '{sides[0].device}'{waiting}"
	)
	for role in READERS:
		answer = host.api("POST", path, keys[role], json={})
		everything = counted(host.api("POST", path, json={}))
		assert int(own) <= counted(answer) < everything, role
		assert sides[1].mark not in answer.text


def test_the_sources_of_charts_are_all_here():
	found = {path.stem for path in APP.glob("*/dashboard_chart_source/*/*.json")}
	assert found == {
		"cams_held_by_reason",
		"cams_punches_by_day",
		"cams_punches_by_device",
		"cams_punches_by_hour",
	}


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize(
	"page", ["held_punches_page.held_groups", "live_board_page.board", "live_board_page.muster"]
)
def test_a_page_shows_the_own_company(host, sides, keys, page, role):
	own, theirs = sides
	text = host.api("POST", f"method/{PAGE}.{page}", keys[role], json={}).text
	assert own.mark in text
	assert theirs.mark not in text


# What each action is given of the other company. None: a whole DocType or System Manager's own, see the reason.
ACTIONS = {
	"controllers/audit_actions.py:fix": lambda it: {
		"rows": [
			{
				"kind": "On a device, but not an active employee",
				"service_tag": it.device,
				"user_id": it.unknown,
			}
		]
	},
	"controllers/checkin_actions.py:restore": lambda it: {"names": [f"chg{it.mark}"]},
	"controllers/attendance_actions.py:export_attendance": lambda it: {
		"from_date": "2024-01-01",
		"to_date": "2024-01-01",
	},
	"controllers/day_repair_actions.py:dismiss": lambda it: {"names": [f"day{it.mark}"], "reason": "x"},
	"controllers/day_repair_actions.py:fetch_shift": lambda it: {"names": [it.checkin]},
	"controllers/day_repair_actions.py:fetch_shifts": lambda it: {
		"from_date": "2024-01-01",
		"to_date": str(now().date()),
		"employee": it.person,
	},
	"controllers/enrolment_actions.py:remove_users": lambda it: {
		"names": [f"{it.device}:{it.unknown}"],
		"reason": "x",
	},
	"controllers/enrolment_actions.py:resend_users": lambda it: {"names": [f"{it.device}:{it.unknown}"]},
	"controllers/enrolment_actions.py:sync_users": lambda it: {"service_tag": it.device},
	"controllers/held_punches_page.py:ignore_id": lambda it: {
		"user_id": it.unknown,
		"reason": "x",
		"service_tag": it.device,
	},
	"controllers/held_punches_page.py:exact_links": lambda it: {"filters": {"service_tag": it.device}},
	"controllers/held_punches_page.py:link_many": lambda it: {
		"links": [{"user_id": it.unknown, "employee": it.person, "service_tag": it.device}]
	},
	"controllers/held_punches_page.py:link": lambda it: {"user_id": it.unknown, "employee": it.person},
	"controllers/held_punches_page.py:link_ways": lambda it: {"user_id": it.unknown, "employee": it.person},
	"controllers/held_punches_page.py:outcome_since": lambda it: {
		"since": str(now() + timedelta(days=1)),
		"names": [it.lost],
	},
	"controllers/held_punches_page.py:propose_time": lambda it: {
		"reason_code": "UNKNOWN_USER",
		"as_of": str(now() + timedelta(days=1)),
		"service_tag": it.device,
	},
	"controllers/held_punches_page.py:resolve": lambda it: {
		"action": "dismiss",
		"reason_code": "UNKNOWN_USER",
		"as_of": str(now() + timedelta(days=1)),
		"names": [it.lost],
	},
	"controllers/held_punches_page.py:undo_link": lambda it: {
		"user_id": it.ids[0],
		"employee": it.person,
		"since": "2024-01-01 00:00:00",
	},
	"controllers/personal_data_actions.py:erase": lambda it: {
		"employee": it.person,
		"reason": "x",
		"confirmation": it.person,
	},
	"controllers/punch_actions.py:add_punch": lambda it: {
		"employee": it.person,
		"time": "2024-01-02 08:00:00",
		"log_type": "IN",
		"reason": "x",
	},
	"controllers/punch_actions.py:take_back": lambda it: {"name": it.held},
	"controllers/punch_actions.py:link_to_employee": lambda it: {"name": it.lost, "employee": it.person},
	"controllers/time_correction_actions.py:correct": lambda it: {"names": [it.lost], "seconds": -60},
	"controllers/unread_event_actions.py:dismiss": lambda it: {"names": [f"evt{it.mark}"]},
	"controllers/unread_event_actions.py:read_again": lambda it: {"names": [f"evt{it.mark}"]},
	"controllers/attendance_actions.py:attach_photo": lambda it: {"checkin": f"pho{it.mark}"},
	**{
		f"controllers/punch_actions.py:{name}": lambda it: {"names": [it.lost, it.held]}
		for name in ("accept_input_type", "accept_time", "dismiss", "retry")
	},
	**{
		f"controllers/time_correction_actions.py:{name}": lambda it: {"names": [it.lost]}
		for name in ("propose", "undo")
	},
	**{
		f"controllers/enrolment_actions.py:{name}": lambda it: {"employee": it.person}
		for name in ("find", "on_devices", "where")
	},
	**{
		f"controllers/enrolment_actions.py:{name}": lambda it: {
			"employees": [it.person],
			"devices": [it.device],
			"reason": "x",
		}
		for name in ("enrol", "remove", "resend", "start_face", "start_fingerprint", "update")
	},
	**{
		f"controllers/enrolment_actions.py:{name}": lambda it: {
			"employees": [it.person],
			"devices": [it.device],
			"secret": "12345678",
		}
		for name in ("set_card", "set_pin")
	},
	"controllers/enrolment_actions.py:copy": lambda it: {
		"employees": [it.person],
		"source": it.device,
		"targets": [it.device],
	},
	**{
		f"controllers/personal_data_actions.py:{name}": lambda it: {"employee": it.person}
		for name in ("export_data", "standing")
	},
	"doctype/cams_access_schedule/cams_access_schedule.py:send_to_devices": lambda it: (f"sch{it.mark}", {}),
	**{
		f"doctype/cams_command/cams_command.py:{name}": lambda it: (f"cmd{it.mark}", {})
		for name in ("cancel_command", "check_now")
	},
	"doctype/cams_day_repair/cams_day_repair.py:repair": lambda it: (f"day{it.mark}", {}),
	**{
		f"doctype/cams_history_load/cams_history_load.py:{name}": lambda it: (f"loa{it.mark}", {})
		for name in ("cancel_load", "resume_load")
	},
	**{
		f"doctype/cams_device/cams_device.py:{name}": lambda it, more=more: (it.device, more)
		for name, more in {
			"check_health": {},
			"confirm": {},
			"door_status": {"door": 1},
			"expect_history": {},
			"lock_door": {"door": 1, "reason": "x"},
			"open_door": {"door": 1, "reason": "x"},
			"ping": {},
			"preview_alternation": {"day": "2024-01-01"},
			"preview_checkin_time": {"checkin_time": "Device's Time Zone", "time_zone": "Europe/London"},
			"read_information": {},
			"reboot": {"reason": "x"},
			"reset_queue": {"reason": "x"},
			"replace": {"service_tag": "x"},
			"sync_time": {},
		}.items()
	},
}
PAGES = {
	"controllers/held_punches_page.py:held_groups",
	"controllers/live_board_page.py:board",
	"controllers/live_board_page.py:muster",
	"controllers/live_board_page.py:people_in_card",
	"doctype/cams_biometric_settings/cams_biometric_settings.py:preview_digest",
	*(
		f"dashboard_chart_source/{name}/{name}.py:get_data"
		for name in (
			"cams_held_by_reason",
			"cams_punches_by_day",
			"cams_punches_by_device",
			"cams_punches_by_hour",
		)
	),
}


def test_every_action_has_its_line():
	assert {PREFIX + method for method in {*ACTIONS, *PAGES, *NEEDS_NONE}} == set(WHITELISTED)


def all_of(bench_site, side):
	"""Everything of one company, to see whether something changed."""
	return bench_site.sql(
		"select name, state, reason_code, punch_time, modified, employee from `tabCAMS Punch`"
		f" where service_tag = '{side.device}' union all select name, state, '', '', modified, ''"
		f" from `tabCAMS Unread Event` where name = 'evt{side.mark}' union all select name, state, '', '', modified, ''"
		f" from `tabCAMS Day Repair` where name = 'day{side.mark}' union all select name, state, '', '', modified, ''"
		f" from `tabCAMS Checkin Change` where name = 'chg{side.mark}' union all select name, state, '', '', modified, ''"
		f" from `tabCAMS Command` where service_tag = '{side.device}' union all select name, '', '', '', modified, ''"
		f" from `tabCAMS Ignored ID` where service_tag = '{side.device}' union all select name, attendance_device_id,"
		f" '', '', modified, '' from `tabEmployee` where name in ('{side.person}', '{side.inactive}')"
	)


@pytest.mark.parametrize("method", sorted(ACTIONS))
def test_an_action_changes_and_tells_nothing_of_another_company(host, bench_site, sides, keys, method):
	_own, theirs = sides
	before = all_of(bench_site, theirs)
	verb, path, body = request_of(method, ACTIONS[method](theirs))
	given = json.dumps(body)
	for role in READERS:
		answer = host.api(verb, path, keys[role], json=body)
		assert answer.status_code in (200, 401, 403, 404, 417), (role, answer.text)
		told = answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.text
		for secret in (f"Name {theirs.mark}", f"Gate {theirs.mark}", theirs.recorded):
			assert secret in given or secret not in str(told), role
		assert (
			answer.status_code != 200
			or theirs.mark not in str(told.get("message"))
			or "left" in told["message"]
		)
	assert all_of(bench_site, theirs) == before


def test_what_is_of_the_own_company_is_mended(host, sides, keys):
	own, _theirs = sides
	answer = host.api("POST", f"method/{PAGE}.punch_actions.dismiss", keys[HR], json={"names": [own.held]})
	assert answer.json()["message"] == 1
	assert host.punches(own.ids[1])[0]["state"] == "Ignored"


def test_an_unknown_punch_on_a_device_without_a_company_is_for_those_who_see_all(
	host, sides, keys, new_device
):
	device, user_id = new_device(), uuid.uuid4().hex[:8]
	assert host.callback(real_time(user_id, SerialNumber=device["name"], AuthToken=TOKEN)).content == DONE
	punch = host.settled(user_id, state="Held")[0]["name"]
	for role in READERS:
		assert host.api("GET", f"resource/CAMS Punch/{punch}", keys[role]).status_code == 403
	assert host.get("CAMS Punch", punch)["user_id"] == user_id


def test_who_works_elsewhere_today_is_seen_by_the_own_company(host, sides, keys):
	"""A known punch goes by the employee's company, whichever device it is from."""
	own, theirs = sides
	user_id = uuid.uuid4().hex[:8]
	values = {**EMPLOYEE_VALUES, "company": own.company, "first_name": user_id}
	employee = host.create("Employee", **values)["name"]
	host.create("CAMS Device ID", employee=employee, user_id=user_id, service_tag=theirs.device)
	assert host.callback(real_time(user_id, SerialNumber=theirs.device)).content == DONE
	punch = host.settled(user_id, state="Recorded")[0]["name"]
	assert host.api("GET", f"resource/CAMS Punch/{punch}", keys[HR]).status_code == 200


def test_nobody_maps_an_id_on_the_device_of_another_company(host, sides, keys):
	own, theirs = sides
	mapping = {"employee": own.person, "user_id": "7777", "service_tag": theirs.device}
	assert host.api("POST", "resource/CAMS Device ID", keys[HR], json=mapping).status_code == 403
	everywhere = {"user_id": uuid.uuid4().hex[:8], "reason": "x"}
	assert host.api("POST", "resource/CAMS Ignored ID", keys[HR], json=everywhere).status_code == 403

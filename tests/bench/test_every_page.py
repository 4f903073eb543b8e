"""Every page, report, list and form of the app opened in a browser, by each role that may open it.

What there is comes from the site itself, so that nothing new is left out. Opening must ask nobody outside, log no
error, be refused nothing and show no dialog. The gateway is simulated, because some reports ask it.
"""

import uuid
from datetime import datetime, timezone

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.bench.rest_gateway import rest_gateway
from tests.bench.users import new_user
from tests.bench.watching import OPEN, Watch
from tests.contract.host import SERVICE_TAG, real_time

MODULE = "CAMS Biometric"
FOREIGN = ("Employee", "Employee Checkin", "Shift Type")  # whose forms this app adds to
COLUMNS = "name, owner, modified_by, creation, modified"
VALUES = "'Administrator', 'Administrator', now(), now()"
# What the Desk itself knows of the user's rights.
MAY = """([kind, name]) => ({
	Page: () => name in frappe.boot.page_info,
	Report: () => name in frappe.boot.user.all_reports,
	DocType: () => frappe.model.can_read(name),
	New: () => frappe.model.can_create(name),
})[kind]()"""
# What the app draws itself, be it within a page of Frappe's; a field, a chart or a list in it is Frappe's again.
OWN = """(targets) => targets.filter((target) => {
	const element = document.querySelector(target);
	const own = element?.closest("[data-own]");
	const frappes = element?.closest(".frappe-control:not([data-fieldtype=HTML]), .list-row-head, .list-row-container, .chart-container");
	return own && !(frappes && own.contains(frappes));
})"""
# So that axe looks at these alone: the Desk keeps every page that was open before, and names a whole form by its DocType.
MARK = """() => {
	document.querySelectorAll("[data-own]").forEach((element) => element.removeAttribute("data-own"));
	const own = [...document.querySelectorAll("[class*=cams-]")].filter(
		(element) => element.offsetParent && !element.querySelector(".page-head, .layout-main, .form-layout, .frappe-list"),
	);
	own.forEach((element) => element.setAttribute("data-own", ""));
	return own.length;
}"""
# Which states a page shows is chance; here they are all.
EVERY_PILL = """() => frappe.container.page.insertAdjacentHTML(
	"afterbegin", `<div class="cams-pills">${Object.keys(cams_biometric.colors).map(cams_biometric.pill).join(" ")}</div>`,
)"""
SHOWN = """() => ({
	dialogs: [...document.querySelectorAll(".modal.show")].map((each) => each.innerText),
	missing: [...document.querySelectorAll(".page-body, .page-card")]
		.filter((each) => each.offsetParent && /not found|not permitted/i.test(each.innerText))
		.map((each) => each.innerText.slice(0, 200)),
	route: frappe.get_route().join("/"),
})"""
PATIENCE = 40_000  # milliseconds


@pytest.fixture(scope="module")
def records(host, bench_site):
	"""A record of everything that has a form; returns name by DocType."""
	mark = uuid.uuid4().hex[:8]
	employee = host.find("Employee", {"attendance_device_id": "EMP-0001"})[0]["name"]
	now = datetime.now(timezone.utc)
	for user_id in ("EMP-0001", f"who-{mark}"):
		host.callback(real_time(user_id, f"{now:%Y-%m-%d %H:%M:%S} GMT +0000"))
	[held] = host.settled(f"who-{mark}", state="Held")
	host.settled("EMP-0001")
	checkin = host.checkins(employee)[0]["name"]
	shift = f"Every Page {mark}"
	host.create("Shift Type", name=shift, __newname=shift, start_time="08:00:00", end_time="17:00:00")
	made = {
		"CAMS Device User": {"user_id": "EMP-0001", "service_tag": SERVICE_TAG, "employee": employee},
		"CAMS Command": {"operation": "AddUser", "service_tag": SERVICE_TAG, "state": "Failed"},
		"CAMS Day Repair": {"employee": employee, "attendance_date": "2024-09-17", "state": "Dismissed"},
		"CAMS Shift Release": {"shift_type": shift, "released_until": "2024-09-17 08:00:00"},
		"CAMS History Load": {"from_date": "2024-09-17", "to_date": "2024-09-17", "state": "Done"},
		"CAMS Checkin Change": {
			"employee_checkin": checkin,
			"employee": employee,
			"state": "Changed",
			"before": '{"log_type": "IN"}',
			"after": '{"log_type": "OUT"}',
		},
		"CAMS Device ID": {"user_id": f"{mark}-2", "employee": employee},
		"CAMS Ignored ID": {"user_id": mark, "reason": "A visitor"},
		"CAMS Checkin Photo": {"employee_checkin": checkin, "employee": employee},
		"CAMS Access Schedule": {"schedule_name": mark},
		"CAMS Second Look": {"punches": "[]"},
		"CAMS Unread Event": {"state": "Unread", "parts": "alarm", "body": '{"Alarm": {"Door": 1}}'},
	}
	for doctype, values in made.items():
		names = ", ".join(f"`{field}`" for field in values)
		texts = ", ".join(f"'{value}'" for value in values.values())
		table = f"`tab{doctype}`"
		bench_site.sql(f"insert into {table} ({COLUMNS}, {names}) values ('{mark}', {VALUES}, {texts})")
	yield {
		**dict.fromkeys(made, mark),
		"CAMS Punch": held["name"],
		"CAMS Device": SERVICE_TAG,
		"Employee": employee,
		"Employee Checkin": checkin,
		"Shift Type": shift,
	}
	for doctype in made:
		bench_site.sql(f"delete from `tab{doctype}` where name = '{mark}'")
	host.delete("Shift Type", shift)


@pytest.fixture
def gateway(host):
	with rest_gateway(host) as simulator:
		simulator.add_device(SERVICE_TAG, "Main Gate")
		yield simulator


@pytest.fixture(scope="module")
def places(host, records):
	"""What there is to open, as (kind, name, route)."""
	doctypes = {each["name"]: each for each in host.find("DocType", {"module": MODULE, "istable": 0})}
	singles = [name for name, each in doctypes.items() if each["issingle"]]
	lists = [name for name in doctypes if name not in singles]
	assert set(lists) <= set(records), "a DocType without a record to open"
	return [
		*[("Page", each["name"], [each["name"]]) for each in host.find("Page", {"module": MODULE})],
		*[("Report", name, ["query-report", name]) for name in reports(host)],
		*[("DocType", name, ["Form", name]) for name in singles],
		*[("DocType", name, ["List", name, "List"]) for name in lists],
		*[("DocType", name, ["Form", name, records[name]]) for name in [*lists, *FOREIGN]],
		*[("New", name, ["Form", name, f"new-{name.lower().replace(' ', '-')}-1"]) for name in lists],
	]


def reports(host):
	return [each["name"] for each in host.find("Report", {"module": MODULE})]


@pytest.mark.parametrize("role", ["HR Manager", "System Manager"])
def test_everything_that_a_role_may_open_opens_without_complaint(desk, desk_user, gateway, places, role):
	page = desk(desk_user(role), "/app/cams-biometric")
	watch = Watch(page)
	page.wait_for_selector(".number-widget-box .number")
	watch.settle()
	opened, complaints = [], []
	for kind, name, route in places:
		if not page.evaluate(MAY, [kind, name]):
			continue
		page.evaluate(OPEN, route)
		watch.settle()
		shown = page.evaluate(SHOWN)
		opened.append(route)
		if watch.refused or shown["dialogs"] or shown["missing"]:
			complaints.append((route, watch.refused[:], shown))
			watch.refused.clear()
			page.evaluate("frappe.msg_dialog && frappe.msg_dialog.hide()")
	print(f"\n{role}: {len(opened)} of {len(places)} places opened", *complaints, sep="\n")
	assert complaints == []
	assert len(opened) > len(places) / 2


def test_the_app_opens_from_where_frappe_lists_apps(desk, desk_user):
	"""15 has a page for that, 16 the icons of the Desk."""
	page = desk(desk_user("HR Manager"), "/apps")
	page.locator("a", has=page.get_by_text("CAMS Biometric", exact=True)).locator("visible=true").click()
	expect(page.locator(".number-widget-box .number").first).to_be_visible(timeout=PATIENCE)
	assert page.url.endswith("/cams-biometric")


@pytest.mark.parametrize(
	("role", "offered"), [("HR User", True), ("CAMS Door Operator", True), ("Employee", False)]
)
def test_the_app_is_offered_to_who_may_open_it(host, role, offered):
	apps = host.api("GET", "method/frappe.apps.get_apps", new_user(host, role).key).json()["message"]
	assert ("navari_cams_biometric" in [app["name"] for app in apps]) is offered


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_of_our_own(desk, desk_user, gateway, places, theme):
	page = desk(desk_user("HR Manager", "System Manager"), "/app/cams-biometric")
	watch = Watch(page)
	page.wait_for_selector(".number-widget-box .number")
	watch.settle()
	page.evaluate("(theme) => document.documentElement.setAttribute('data-theme', theme)", theme)
	found = []
	for kind, name, route in places:
		if not page.evaluate(MAY, [kind, name]):
			continue
		page.evaluate(OPEN, route)
		watch.settle()
		found += [(route, *violation) for violation in violations(page)]
	page.evaluate(EVERY_PILL)
	assert [*found, *violations(page)] == []


def violations(page):
	"""What axe finds in what is of our own: the rule, the element, and what is wrong."""
	if not page.evaluate(MARK):
		return []
	answer = Axe().run(page, "[data-own]", {"resultTypes": ["violations"]}).response
	nodes = [(rule["id"], node) for rule in answer["violations"] for node in rule["nodes"]]
	own = page.evaluate(OWN, [node["target"][0] for _, node in nodes])
	return [
		(rule, node["html"][:200], node["failureSummary"]) for rule, node in nodes if node["target"][0] in own
	]

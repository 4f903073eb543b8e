"""What tells of people, devices or punches asks base.user_permissions, or stands here with the reason why not."""

import ast
import json
import re

import pytest

from navari_cams_biometric import hooks
from navari_cams_biometric.cams_biometric.base import user_permissions
from tests.app.test_structure import APP, DEFINITIONS, SOURCES, WHITELISTED, relative, tree

# A check of what the caller may see, of one document or of many.
GATES = {
	"check_permission",
	"ensure_sees_everybody",
	"get_list",
	"permitted",
	"seen_among",
	"sees_everybody",
	"stored",
}
NEEDS_NONE = {
	"controllers/attendance_actions.py:unsupported": "names of operations",
	"controllers/cams_call.py:attendance": "the gateway's, which is told nothing",
	"controllers/doctor_page.py:examine": "System Manager's: the whole set-up",
	"controllers/doctor_page.py:health": "one word for a monitor",
	"controllers/my_punches_page.py:my_punches": "the caller's own",
	"controllers/shift_sync_actions.py:state_of": "a shift and its devices, nobody's punches; asks for the Shift Type",
	**{
		f"doctype/cams_biometric_settings/cams_biometric_settings.py:{function}": "System Manager's: the whole set-up"
		for function in (
			"confirm_live_site",
			"import_devices",
			"load_history",
			"migration_status",
			"register_callback",
			"renew_callback_secret",
			"setup_status",
		)
	},
}
REPORTS_WITHOUT: dict[str, str] = {}
DOCTYPES_WITHOUT = {
	"CAMS Biometric Settings": "tells of no person",
	"CAMS Device": "Frappe's own: it has a company and a branch itself",
}
ABOUT = {"Employee", "Employee Checkin", "CAMS Device", "CAMS Punch"}


def functions():
	"""(module, name): node, of every function and method of the app."""
	return {
		(relative(source), node.name): node
		for source in SOURCES
		for node in ast.walk(tree(source))
		if isinstance(node, ast.FunctionDef)
	}


def imports_of(source):
	"""Names in a module that stand for a module of the app, or for a function of one: (module, function or None)."""
	found = {}
	for node in ast.walk(tree(APP / source)):
		if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(
			"navari_cams_biometric."
		):
			continue
		base = node.module.removeprefix("navari_cams_biometric.").replace(".", "/")
		for alias in node.names:
			as_module = f"{base}/{alias.name}.py"
			known = (as_module, None) if (APP / as_module).exists() else (f"{base}.py", alias.name)
			found[alias.asname or alias.name] = known
	return found


FUNCTIONS = functions()
IMPORTS = {relative(source): imports_of(relative(source)) for source in SOURCES}


def names_in(node):
	for each in ast.walk(node):
		if isinstance(each, ast.Attribute):
			yield each.attr, each.value.id if isinstance(each.value, ast.Name) else ""
		if isinstance(each, ast.Name):
			yield each.id, ""


def classes():
	"""(module, class): its node, of every class of the app."""
	return {
		(relative(source), node.name): node
		for source in SOURCES
		for node in ast.walk(tree(source))
		if isinstance(node, ast.ClassDef)
	}


CLASSES = classes()


def reaches_a_gate(module, name):
	"""Whether a function, or one that it calls, however far, uses one of the GATES. A class stands for its methods."""
	seen, waiting = set(), [(module, name)]
	while waiting:
		key = waiting.pop()
		if key in seen:
			continue
		seen.add(key)
		node = FUNCTIONS.get(key) or CLASSES.get(key)
		for used, of in names_in(node) if node else ():
			if used in GATES:
				return True
			target, function = IMPORTS[key[0]].get(of or used, (key[0], None))
			waiting.append((target, function or used))
	return False


@pytest.mark.parametrize("method", sorted(WHITELISTED))
def test_what_may_be_called_asks_what_the_caller_may_see(method):
	module, _, name = method.rpartition(":")
	exempt = f"{module.removeprefix('cams_biometric/')}:{name}" in NEEDS_NONE
	assert exempt or reaches_a_gate(module, name)


def test_an_exemption_is_of_something_that_is_there():
	assert {f"cams_biometric/{method}" for method in NEEDS_NONE} <= set(WHITELISTED)
	assert {path.parent.name for path in APP.glob("*/report/*/*.json")} >= set(REPORTS_WITHOUT)


@pytest.mark.parametrize(
	"path",
	sorted(APP.glob("*/report/*/*.json")) + sorted(APP.glob("*/dashboard_chart_source/*/*.json")),
	ids=relative,
)
def test_a_report_and_a_chart_ask_what_the_reader_may_see(path):
	source = relative(path.with_suffix(".py"))
	begin = "get_data" if "dashboard_chart_source" in source else "execute"
	assert reaches_a_gate(source, begin) != (path.stem in REPORTS_WITHOUT)


@pytest.mark.parametrize("path", DEFINITIONS, ids=relative)
def test_a_record_about_people_or_devices_is_seen_by_whom_it_concerns(path):
	definition = json.loads(path.read_text())
	name = definition["name"]
	if definition.get("istable") or name in DOCTYPES_WITHOUT:
		return
	tables = [field["options"] for field in definition["fields"] if field["fieldtype"] == "Table"]
	children = [
		json.loads(each.read_text()) for each in DEFINITIONS if json.loads(each.read_text())["name"] in tables
	]
	fields = [field for each in (definition, *children) for field in each["fields"]]
	about = {field["options"] for field in fields if field["fieldtype"] == "Link"} & ABOUT
	if not about and not any(field["fieldname"] == "user_id" for field in fields):
		return
	seen = user_permissions.__name__
	assert f"{seen}.get_permission_query_conditions" in hooks.permission_query_conditions.get(name, [])
	[of_document] = hooks.has_permission.get(name, [""])
	own = path.with_suffix(".py").read_text()
	assert of_document == f"{seen}.has_permission" or "user_permissions.has_permission(doc," in own
	assert name in user_permissions.SUBJECTS or name in user_permissions.LISTS


def test_the_fields_that_decide_are_there():
	columns = {json.loads(path.read_text())["name"]: path.read_text() for path in DEFINITIONS}
	for doctype, subject in user_permissions.SUBJECTS.items():
		for fieldname in filter(None, subject):
			assert f'"fieldname": "{fieldname}"' in columns[doctype], (doctype, fieldname)
	for children in user_permissions.LISTS.values():
		for child, fieldname in children:
			assert f'"fieldname": "{fieldname}"' in columns[child]


NOBODYS = {"CAMS Device", "CAMS Punch Type"}  # labels of devices stand beside what is seen
SHOWING = ("controllers", "report", "presence", "digests", "dashboard_chart_source")
OF_THE_EMPLOYEE = {  # the employee whom the caller was allowed, or rows chosen from permitted ones
	"cams_biometric/controllers/enrolment_actions.py",
	"cams_biometric/controllers/punch_actions.py",
	"cams_biometric/presence/own_punches.py",
}


@pytest.mark.parametrize(
	"source",
	[
		relative(source)
		for source in SOURCES
		if relative(source).startswith(tuple(f"cams_biometric/{room}/" for room in SHOWING))
	],
)
def test_what_shows_punches_reads_none_past_the_permissions(source):
	text = (APP / source).read_text()
	read = set(re.findall(r'(?:get_all|db\.count)\(\s*"(CAMS [\w ]+|Employee)"', text))
	assert source in OF_THE_EMPLOYEE or read <= NOBODYS

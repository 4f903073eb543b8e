"""The house's rules that no linter knows: what imports what, and that everything named by text is there."""

import ast
import json
import re
from importlib import import_module
from pathlib import Path

import pytest

import navari_cams_biometric
from navari_cams_biometric import hooks
from navari_cams_biometric.cams_biometric.base import states
from tests.places import PLACES

APP = Path(navari_cams_biometric.__file__).parent
TESTS = APP / "tests"  # for Frappe's own runner
SOURCES = sorted(source for source in APP.rglob("*.py") if TESTS not in source.parents)
DEFINITIONS = sorted(APP.glob("*/doctype/*/*.json"))
SHOWN = sorted([*APP.glob("*/number_card/*/*.json"), *APP.glob("*/workspace/*/*.json")])
SCRIPTS = sorted(APP.rglob("*.js"))
FORBIDDEN = {"simulator", "standin", "tests"}


def relative(path):
	return str(path.relative_to(APP))


def tree(source):
	return ast.parse(source.read_text(encoding="utf-8"))


def imported(source):
	"""The packages that a source imports, be it inside a function, and those it names to import_module."""
	names = set()
	for node in ast.walk(tree(source)):
		if isinstance(node, ast.Import):
			names |= {alias.name for alias in node.names}
		if isinstance(node, ast.ImportFrom) and node.module and not node.level:
			names.add(node.module)
		if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
			names |= {argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)}
	return {name.partition(".")[0] for name in names}


def texts(value):
	"""All texts in nested hooks, keys apart."""
	if isinstance(value, str):
		return {value}
	if isinstance(value, dict):
		value = value.values()
	return (
		set().union(*map(texts, value))
		if isinstance(value, list | tuple | set | type({}.values()))
		else set()
	)


DOTTED = sorted(
	text
	for name, value in vars(hooks).items()
	if not name.startswith("_")
	for text in texts(value)
	if text.startswith("navari_cams_biometric.")
)


def is_whitelisted(function):
	decorators = (each.func if isinstance(each, ast.Call) else each for each in function.decorator_list)
	return any(ast.unparse(decorator) == "frappe.whitelist" for decorator in decorators)


WHITELISTED = {
	f"{relative(source)}:{node.name}": node
	for source in SOURCES
	for node in ast.walk(tree(source))
	if isinstance(node, ast.FunctionDef) and is_whitelisted(node)
}


def called_by(script):
	"""What a script names in full: `"punch_actions.retry"` of the controllers, or a whole dotted path."""
	text = script.read_text()
	names = re.findall(r'"(\w+_(?:actions|page))\.(\w+)"', text)
	paths = re.findall(r'"navari_cams_biometric\.([\w.]+)\.(\w+)"', text)
	return {f"cams_biometric/controllers/{module}.py:{name}" for module, name in names} | {
		f"{module.replace('.', '/')}.py:{name}" for module, name in paths
	}


def document_methods_called_by(script):
	"""`frm.call("resume_load")`, and what cams_biometric.js adds: `run(doctype, name, "ping")` and `settings("...")`."""
	return set(
		re.findall(
			r'(?:\.call\(|\.settings\(|\b(?:run|ask_door)\([^()"]*(?:"[\w ]+", \w+, )?)"(\w+)"',
			script.read_text(),
		)
	)


def test_the_scans_see_the_app():
	assert len(set().union(*map(called_by, SCRIPTS))) >= 30
	assert set().union(*map(document_methods_called_by, SCRIPTS)) >= {
		"check_now",
		"open_door",
		"repair",
		"resume_load",
		"load_history",
	}
	assert "cams_biometric/controllers/cams_call.py" in map(relative, SOURCES)
	assert {path.stem for path in DEFINITIONS} >= {"cams_device", "cams_punch", "cams_biometric_settings"}
	assert len(DOTTED) >= 8
	assert {name.rpartition(":")[2] for name in WHITELISTED} >= {
		"attendance",
		"retry",
		"dismiss",
		"accept_time",
		"link_to_employee",
		"expect_history",
		"setup_status",
	}


@pytest.mark.parametrize("source", SOURCES, ids=relative)
def test_the_app_imports_neither_the_simulator_nor_the_stand_in_nor_the_tests(source):
	assert not imported(source) & FORBIDDEN


@pytest.mark.parametrize("path", DOTTED)
def test_what_the_hooks_name_can_be_called(path):
	module, _, name = path.rpartition(".")
	assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("operation", PLACES)
def test_the_place_where_an_operation_is_asked_for_can_be_called(operation):
	place = PLACES[operation]
	if place.doctype:
		folder = place.doctype.lower().replace(" ", "_")
		module = import_module(f"{MODULE}.doctype.{folder}.{folder}")
		assert callable(getattr(module.__dict__[place.doctype.replace(" ", "")], place.method))
		return
	module, _, name = place.method.rpartition(".")
	assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize(("doctype", "script"), hooks.doctype_js.items())
def test_a_script_that_the_hooks_name_is_there(doctype, script):
	assert f'frappe.ui.form.on("{doctype}"' in (APP / script).read_text()


@pytest.mark.parametrize("path", DEFINITIONS, ids=relative)
def test_a_doctype_says_how_it_is_sorted(path):
	definition = json.loads(path.read_text())
	assert definition["sort_field"]
	assert definition["sort_order"] in ("ASC", "DESC")


@pytest.mark.parametrize("path", DEFINITIONS, ids=relative)
def test_a_doctype_has_its_controller_beside_it(path):
	name = json.loads(path.read_text())["name"]
	module = import_module(".".join(path.with_suffix("").relative_to(APP.parent).parts))
	assert path.stem == path.parent.name == name.lower().replace(" ", "_")
	assert module.__dict__[name.replace(" ", "")].__module__ == module.__name__
	assert path.with_name("__init__.py").exists()


@pytest.mark.parametrize("path", DEFINITIONS, ids=relative)
def test_a_doctype_lists_each_of_its_fields_once(path):
	definition = json.loads(path.read_text())
	assert definition["field_order"] == [field["fieldname"] for field in definition["fields"]]
	assert len(set(definition["field_order"])) == len(definition["field_order"])


@pytest.mark.parametrize("path", DEFINITIONS, ids=relative)
def test_a_doctype_belongs_to_a_module_of_the_app(path):
	modules = (APP / "modules.txt").read_text().split("\n")
	assert json.loads(path.read_text())["module"] in modules


@pytest.mark.parametrize("name", WHITELISTED)
def test_what_may_be_called_from_outside_declares_its_types(name):
	arguments = WHITELISTED[name].args
	given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
	assert [each.arg for each in given if each.arg != "self" and not each.annotation] == []
	assert arguments.vararg is arguments.kwarg is None
	assert WHITELISTED[name].returns


@pytest.mark.parametrize("script", SCRIPTS, ids=relative)
def test_what_the_desk_calls_may_be_called(script):
	text = script.read_text()
	assert called_by(script) <= set(WHITELISTED)
	assert document_methods_called_by(script) <= {
		name.rpartition(":")[2] for name in WHITELISTED if "/doctype/" in name
	}
	assert script.name == "cams_biometric.js" or "cams_biometric.controllers" not in text


def test_each_state_has_one_colour():
	states = {
		state
		for path in DEFINITIONS
		for field in json.loads(path.read_text())["fields"]
		if field["fieldname"] in ("state", "health")
		for state in field["options"].split("\n")
		if path.stem != "cams_history_load_device" and state
	}
	[colors] = re.findall(r"colors: \{(.*?)\}", (APP / "public/js/cams_biometric.js").read_text(), re.S)
	coloured = re.findall(r'^\t+"?([\w ]+)"?: "\w+",$', colors, re.M)
	assert states <= set(coloured)
	assert len(coloured) == len(set(coloured))


@pytest.mark.parametrize("path", SHOWN, ids=relative)
def test_a_filter_has_the_form_that_frappe_16_takes(path):
	"""[DocType, field, operator, value]: Frappe 15 overlooks a fifth, 16 refuses it."""
	filters = re.findall(r'"(?:filters_json|stats_filter)": ("(?:[^"\\]|\\.)*")', path.read_text())
	for condition in [each for text in filters for each in json.loads(json.loads(text) or "[]")]:
		assert len(condition) == 4


MODULE = "navari_cams_biometric.cams_biometric"
USES_OF_ERPNEXT_AND_HRMS = {
	"cams_biometric/punches/checkins.py",  # whether a check-in is valid, and the shift of a moment
	"cams_biometric/base/hrms_from_memory.py",  # the same for many at once
	"cams_biometric/punches/listeners.py",  # whether HRMS's class is the one in use
	"cams_biometric/punches/alternation.py",  # the shift of a moment
	"cams_biometric/day_repair/hrms_decision.py",  # how a day is marked
}


def for_types_alone(source):
	"""The nodes under `if TYPE_CHECKING:`, which import nothing when the app runs."""
	blocks = (
		node
		for node in ast.walk(tree(source))
		if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
	)
	return {ast.dump(node) for block in blocks for node in ast.walk(block)}


def room(dotted):
	"""The package below the Frappe module that a dotted name is in."""
	return dotted.removeprefix(f"{MODULE}.").partition(".")[0]


def rooms_imported(source):
	types = for_types_alone(source)
	for node in ast.walk(tree(source)):
		if isinstance(node, ast.ImportFrom) and ast.dump(node) not in types and not node.level:
			for alias in node.names:
				full = f"{node.module}.{alias.name}"
				if full.startswith(f"{MODULE}."):
					yield room(full)


def import_graph():
	graph = {}
	for source in (APP / "cams_biometric").rglob("*.py"):
		own = source.relative_to(APP / "cams_biometric").parts[0]
		graph.setdefault(own, set()).update(each for each in rooms_imported(source) if each != own)
	return graph


def reachable(graph, start):
	seen, waiting = set(), [start]
	while waiting:
		new = graph.get(waiting.pop(), set()) - seen
		seen |= new
		waiting += new
	return seen


def test_the_rooms_import_each_other_one_way():
	graph = import_graph()
	assert len(graph) > 15
	assert graph["base"] == set()
	assert graph["punches"] >= {"base", "shift_sync", "day_repair"}
	assert [name for name in graph if name in reachable(graph, name)] == []


def test_a_module_name_stands_once():
	modules = [source.stem for source in SOURCES if source.name != "__init__.py"]
	packages = [source.parent.name for source in SOURCES if source.name == "__init__.py"]
	own_folder = [
		name for name in packages if not name.startswith("cams_")
	]  # a DocType's folder is named like it
	names = [*modules, *own_folder]
	assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_erpnext_and_hrms_are_imported_where_this_list_says():
	found = {relative(source) for source in SOURCES if imported(source) & {"erpnext", "hrms"}}
	assert found == USES_OF_ERPNEXT_AND_HRMS


def test_a_doctype_offers_the_states_that_the_code_knows():
	offered = {
		("cams_punch", "state"): states.PunchState,
		("cams_command", "state"): states.CommandState,
		("cams_history_load", "state"): states.LoadState,
		("cams_history_load", "kind"): states.LoadKind,
		("cams_history_load_device", "state"): states.LoadDeviceState,
		("cams_day_repair", "state"): states.RepairState,
		("cams_device_user", "state"): states.DeviceUserState,
		("cams_access_schedule", "state"): states.ScheduleState,
		("cams_device", "health"): states.Health,
	}
	for (doctype, fieldname), known in offered.items():
		[path] = [path for path in DEFINITIONS if path.stem == doctype]
		[field] = [
			field for field in json.loads(path.read_text())["fields"] if field["fieldname"] == fieldname
		]
		assert {option for option in field["options"].split("\n") if option} == {
			state.value for state in known
		}


def test_the_app_itself_imports_none_of_its_tests():
	assert list(TESTS.glob("test_*.py"))
	assert [
		relative(source) for source in SOURCES if "navari_cams_biometric.tests" in source.read_text()
	] == []


@pytest.mark.parametrize("path", DEFINITIONS, ids=relative)
def test_an_empty_list_says_what_comes_there_and_how(path):
	"""The Desk shows a DocType's description where its list is empty."""
	definition = json.loads(path.read_text())
	if not definition.get("istable") and not definition.get("issingle"):
		assert definition.get("description", "").endswith(".")


def test_every_page_is_in_the_workspace_and_in_the_sidebar():
	pages = {json.loads(path.read_text())["name"] for path in APP.glob("*/page/*/*.json")}
	[workspace] = APP.glob("*/workspace/*/*.json")
	links = json.loads(workspace.read_text())
	[sidebar] = APP.glob("workspace_sidebar/*.json")
	listed = [*links["links"], *links["shortcuts"]], json.loads(sidebar.read_text())["items"]
	for items in listed:
		assert pages <= {item.get("link_to") for item in items}

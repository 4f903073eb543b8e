"""The words of the Desk: no text that a person reads has a word that the app has replaced.

Checked are the translated strings of Python and JavaScript, labels, descriptions, options and titles in every JSON
definition, custom fields and mail templates. Patches may name old values.
"""

import ast
import json
import re
from pathlib import Path

import pytest

import navari_cams_biometric
from navari_cams_biometric import custom_fields
from navari_cams_biometric.cams_biometric.device_users import enrolment_audit
from navari_cams_biometric.cams_biometric.history import day_comparison, punch_comparison
from navari_cams_biometric.cams_biometric.presence import missing_punches
from navari_cams_biometric.cams_biometric.punches.punch_types import DEFAULT_PUNCH_TYPES, spelling

APP = Path(navari_cams_biometric.__file__).parent
# A regular expression, and what to say instead. Case does not matter, except after (?-i:.
REPLACED = {
	r"\bchecked in\b": "Recorded",
	r"\b(?:is|are|all|not) well\b|\bwell again\b|^well$": "OK, healthy, has recovered",
	r"^look$": "Warning",
	r"\bmend(?:s|ed|ing)?\b": "fix, resolve, Error",
	r"\bneeds? a hand\b": "needs attention",
	r"\bfalls? ill\b|\bill\b": "has a problem",
	r"\bsilent\b": "Not Reporting",
	r"^(?:queue is )?stuck$": "Queue Stuck",
	r"^clock$": "Clock Drift",
	r"^licence$": "Licence Expiring",
	r"\bheard\b": "reported, Complete Until",
	r"\btold\b|\blearned at\b": "Last Reported, Last Updated, notified",
	r"^tell$": "Notify",
	r"(?:\} |punch(?:es)? |nothing |that )waits?\b": "pending",
	r"\b(?:punch(?:es)?|commands?) (?:is|are) waiting\b": "pending",
	r"\bset(?:s|ting)? aside\b": "dismissed",
	r"\bleft alone\b": "Skipped",
	r"\bby hand\b": "Manual, manually",
	r"\bby (?:itself|themselves)\b": "Automatic, automatically",
	r"\bfollow changes of name\b": "Sync Name Changes",
	r"\bremove who leaves\b": "Remove Leavers",
	r"\bwhat (?:came|became)\b": "Response",
	r"\basked after\b": "Status Checks",
	r"\bdoubtful\b": "Outcome Unknown",
	r"\bthe gateway says no\b": "Gateway Refused the Request",
	r"\bno longer so\b": "Already resolved",
	r"\bpartly in force\b": "Partially Applied",
	r"\bchanged since\b": "Outdated",
	r"\bghosts?\b": "Enrolment Audit",
	r"\bon this site\b": "In ERPNext",
	r"\bmissing here\b": "Only at Gateway",
	r"\banswered by callback\b": "Sent to Callback",
	r"\bmornings?\b": "daily digest",
	r"\bthe night\b": "nightly reconciliation",
	r"\bat the gate\b|(?-i:\bthe gate\b)": "the device",
}
SHOWN_KEYS = {"label", "description", "options", "title", "name", "report_name", "chart_name", "source_name"}
STRINGS = re.compile(r"""__\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)""")


def replaced_words(text):
	"""What stands in a text and was replaced. Options of a Select are looked at one by one."""
	return [
		f"{found.group(0)!r} in {line!r}: use {instead}"
		for line in text.split("\n")
		for pattern, instead in REPLACED.items()
		if (found := re.search(pattern, line.strip(), re.IGNORECASE))
	]


def texts_of_python(source):
	"""The literals inside `_()`, `_lt()` and `N_()`."""
	for node in ast.walk(ast.parse(source)):
		if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "_lt", "N_"):
			for part in ast.walk(node):
				if isinstance(part, ast.Constant) and isinstance(part.value, str):
					yield part.value


def texts_of_script(source):
	"""The literals that `__()` begins with."""
	return [found.group(1)[1:-1] for found in STRINGS.finditer(source)]


def texts_of_definition(value, key=""):
	"""What a person reads of a DocType, report, page, workspace, card or chart, at any depth; JSON inside a text, too."""
	if isinstance(value, dict):
		for name, inner in value.items():
			yield from texts_of_definition(inner, name)
	if isinstance(value, list):
		for inner in value:
			yield from texts_of_definition(inner, key)
	if isinstance(value, str) and key == "content" and value.startswith("["):
		yield from (block["data"]["text"] for block in json.loads(value) if "text" in block["data"])
	if isinstance(value, str) and key in SHOWN_KEYS:
		yield value


def all_texts():
	for path in sorted(APP.rglob("*.py")):
		if "patches" not in path.parts:
			yield from ((path, text) for text in texts_of_python(path.read_text(encoding="utf-8")))
	for path in sorted(APP.rglob("*.js")):
		yield from ((path, text) for text in texts_of_script(path.read_text(encoding="utf-8")))
	for path in sorted(APP.rglob("*.json")):
		definition = json.loads(path.read_text(encoding="utf-8"))
		yield from ((path, text) for text in texts_of_definition(definition))
	for path in sorted((APP / "templates").rglob("*.html")):
		yield path, path.read_text(encoding="utf-8")
	fields = [value for name, value in vars(custom_fields).items() if name.isupper()]
	yield from ((APP / "custom_fields.py", text) for text in texts_of_definition(fields))


def test_no_text_of_the_desk_has_a_replaced_word():
	assert [
		f"{path.relative_to(APP)}: {found}" for path, text in all_texts() for found in replaced_words(text)
	] == []


def test_the_scan_sees_every_kind_of_text():
	texts = {}
	for path, text in all_texts():
		texts.setdefault(path.suffix, set()).add(text)
	assert {
		"Check its power and its network, and its callback URL in the CAMS portal.",
		"{0} has recovered",
		"Original Time",
	} <= texts[".py"]
	assert "{0} of {1} checks need attention." in texts[".js"]
	assert {"Complete Until", "CAMS Enrolment Audit", "Live Board"} <= texts[".json"]
	assert len(texts[".html"]) == 1


def offered_by_reports():
	"""The texts among the options of filters: Frappe translates them."""
	for path in sorted(APP.glob("*/report/*/*.js")):
		for options in re.findall(r"options: \[([^\]{}]*)\]", path.read_text(encoding="utf-8")):
			yield from filter(None, re.findall(r'"([^"]*)"', options))


def test_what_is_stored_and_shown_in_translation_is_a_text_for_translators():
	kinds = missing_punches, enrolment_audit, day_comparison, punch_comparison
	names = (
		"NO_PUNCH NO_OUT NO_IN NOBODY NOWHERE NAMES UNCONFIRMED REMOVE ENROL SEND_NAME ASK_AGAIN FIRST_IN LAST_OUT"
		" HOURS MISSING NOT_AT_GATEWAY"
	)
	stored = {value for module in kinds for name, value in vars(module).items() if name in names.split()}
	known = {line for _, text in all_texts() for line in text.split("\n")}
	assert len(stored) == len(names.split())
	assert {*stored, *offered_by_reports()} - known == set()


def test_no_text_for_translators_stands_within_an_f_string():
	"""Babel does not see it there, on Python before 3.12."""
	hidden = [
		(path.name, ast.unparse(call))
		for path in APP.rglob("*.py")
		for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
		if isinstance(text, ast.JoinedStr)
		for call in ast.walk(text)
		if isinstance(call, ast.Call) and ast.unparse(call.func) in ("_", "_lt")
		if call.args and isinstance(call.args[0], ast.Constant)
	]
	assert hidden == []


def test_every_punch_type_of_the_gateway_has_words():
	script = (APP / "public" / "js" / "cams_biometric.js").read_text(encoding="utf-8")
	worded = dict(re.findall(r'(\w+): __\("([\w ]+)", null, "Punch type"\)', script))
	assert {spelling(kind) for kind in DEFAULT_PUNCH_TYPES} - {"none"} == set(worded)
	assert all(spelling(words) == kind for kind, words in worded.items())


@pytest.mark.parametrize(
	"text",
	[
		"{0} checked in",
		"Checked In",
		"Gate 2 is not well",
		"all well",
		"Look",
		"Mend it here.",
		"2 findings need a hand",
		"Held, {0} silent",
		"Queued\nStuck\nDone",
		"Licence",
		"Heard Until",
		"Whoever is told",
		"Tell",
		"{0} punches wait",
		"Nothing waits.",
		"{0} set aside",
		"Left Alone",
		"By Hand\nBy Itself",
		"What Came Back",
		"Times Asked After",
		"Doubtful",
		"It is no longer so",
		"Partly in Force",
		"Ghost Audit",
		"On This Site",
		"Missing Here",
		"A morning digest",
		"Check the network at the gate.",
	],
)
def test_a_replaced_word_is_found(text):
	assert replaced_words(text)


@pytest.mark.parametrize(
	"text",
	[
		"Set the device's clock.",
		"Clock Drift",
		"Licence Until",
		"Queue Stuck",
		"Waiting for Device",
		"Main Gate, at the gateway",
		"Use two days for a night.",
		"Queued\nSent\nDone",
		"It still works.",
		"Shift {0} stops waiting for {1}.",
	],
)
def test_ordinary_words_are_left(text):
	assert replaced_words(text) == []

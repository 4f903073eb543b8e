"""The table of reasons: complete for the people who read it, and true to what the code does."""

import ast
from pathlib import Path

import frappe
import pytest

import navari_cams_biometric.cams_biometric as module
from navari_cams_biometric.cams_biometric.base.identities import CODES, MAPPING
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS, codes_requeued_by
from navari_cams_biometric.cams_biometric.punches.requeue import requeue_after_change

ROOT = Path(module.__file__).parent
REFERENCE = Path(__file__).parents[2] / "docs" / "reference.md"
SOURCES = [
	source
	for folder in ("punches", "controllers")
	for source in sorted((ROOT / folder).rglob("*.py"))
	if source.name != "reasons.py"
]
DOCTYPES = sorted(
	{doctype for reason in REASONS.values() for doctype in reason.requeued_by} - {MAPPING}
)  # that one has a way of its own: punches.reassignment


def literals(*expressions):
	return {
		node.value for node in expressions if isinstance(node, ast.Constant) and isinstance(node.value, str)
	}


def codes_given(source):
	"""The codes that a source gives to punches: NotRecordedError("CODE"), Loss("CODE"), _conclude(punch, "CODE"), reason_code="CODE"
	and {"reason_code": "CODE"}."""
	codes = set()
	for node in ast.walk(ast.parse(source.read_text())):
		if isinstance(node, ast.Call):
			name = getattr(node.func, "id", "")
			codes |= literals(*node.args[:1]) if name in ("NotRecordedError", "Loss") else set()
			codes |= literals(*node.args[1:2]) if name == "_conclude" else set()
			codes |= literals(*(keyword.value for keyword in node.keywords if keyword.arg == "reason_code"))
		if isinstance(node, ast.Dict):
			pairs = zip(node.keys, node.values, strict=True)
			codes |= literals(*(value for key, value in pairs if literals(key) == {"reason_code"}))
	return codes


def codes_looked_up(source):
	"""The codes in REASONS["CODE"]."""
	return {
		code
		for node in ast.walk(ast.parse(source.read_text()))
		if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "REASONS"
		for code in literals(node.slice)
	}


def test_every_code_is_given_somewhere_and_every_code_given_is_in_the_table():
	assert set().union(CODES, *map(codes_given, SOURCES)) == set(REASONS)


def test_every_code_looked_up_is_in_the_table():
	looked_up = set().union(*map(codes_looked_up, SOURCES))
	assert looked_up
	assert looked_up <= set(REASONS)


@pytest.mark.parametrize("code", REASONS)
def test_every_code_has_a_sentence(code):
	sentence = str(REASONS[code].sentence)
	assert sentence == sentence.strip()
	assert sentence.endswith(".")


@pytest.mark.parametrize(
	"code", [code for code, reason in REASONS.items() if reason.state in (PunchState.HELD, PunchState.FAILED)]
)
def test_every_code_that_waits_for_a_person_has_a_remedy(code):
	remedy = str(REASONS[code].remedy)
	assert remedy == remedy.strip()
	assert remedy.endswith(".")


@pytest.mark.parametrize("code", REASONS)
def test_every_state_is_one_of_the_punchs(code):
	assert REASONS[code].state in frappe.get_meta("CAMS Punch").get_options("state").split("\n")


@pytest.mark.parametrize("code", [code for code, reason in REASONS.items() if reason.requeued_by])
def test_only_held_punches_say_that_a_change_releases_them(code):
	"""release_after_change queues no others."""
	assert REASONS[code].state == PunchState.HELD


@pytest.mark.parametrize("doctype", DOCTYPES)
def test_saving_a_doctype_that_releases_calls_the_release(doctype):
	release = f"{requeue_after_change.__module__}.{requeue_after_change.__name__}"
	assert release in frappe.get_doc_hooks()[doctype]["on_update"]


@pytest.mark.parametrize("doctype", DOCTYPES)
def test_a_doctype_that_releases_is_there(doctype):
	assert frappe.get_meta(doctype).name == doctype


def test_the_release_is_hooked_to_no_doctype_that_releases_nothing():
	release = f"{requeue_after_change.__module__}.{requeue_after_change.__name__}"
	hooked = {
		doctype
		for doctypes, handlers in frappe.get_hooks("doc_events").items()
		if release in handlers.get("on_update", [])
		for doctype in ((doctypes,) if isinstance(doctypes, str) else doctypes)
	}
	assert {doctype for doctype in hooked if not codes_requeued_by(doctype)} == set()


def test_the_reference_lists_each_reason_in_its_words():
	lines = REFERENCE.read_text(encoding="utf-8").splitlines()
	rows = {code: line for line in lines for code in REASONS if line.startswith(f"| `{code}`")}

	assert set(rows) == set(REASONS)
	for code, reason in REASONS.items():
		assert str(reason.sentence) in rows[code]
		assert str(reason.remedy) in rows[code]
		assert (reason.state == PunchState.HELD) == (f"({reason.state})" not in rows[code])

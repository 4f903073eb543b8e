"""One thing is not several: a text with a number before a noun has its text for 1 beside it."""

import ast
import re

import pytest

from navari_cams_biometric.cams_biometric.base.plurals import counted
from tests.app.test_structure import SOURCES, relative, tree
from tests.app.test_words import texts_of_python

SEVERAL = re.compile(
	r"\{0\} (?:\w+ )?(?:punches|days|people|devices|check-ins|commands|shifts|events|loads|employees|reports)\b"
)
NEVER_ONE = {
	"Choose at most {0} days.": "a limit",
	"At most {0} punches at once. Choose fewer.": "a limit",
	"{0} days": "two at least",
	"{0} devices: {1}": "two at least",
	"{0} devices: {1}. {2}.": "two at least",
	"Everybody who punched in the last {0} days was in a shift.": "a week",
	"Nobody has logged in by browser for {0} days, so Frappe runs scheduled jobs once a day only, HRMS's auto"
	" attendance among them. This app does its own due work when punches arrive.": "four unless set otherwise",
	"{0} reports punches, but no door events.": "a device's name",
}


def uncounted(source):
	calls = [node for node in ast.walk(tree(source)) if isinstance(node, ast.Call)]
	inside = {id(part) for node in calls if ast.unparse(node.func) == "counted" for part in ast.walk(node)}
	for node in calls:
		if ast.unparse(node.func) == "_" and id(node) not in inside:
			yield from texts_of_python(ast.unparse(node))


@pytest.mark.parametrize(("count", "text"), [(0, "0 of A"), (1, "one of A"), (2, "2 of A")])
def test_the_text_that_fits_a_number(count, text):
	assert counted(count, "one of {1}", "{0} of {1}", "A") == text


def test_a_number_before_a_noun_has_a_text_for_one():
	found = {(relative(source), text) for source in SOURCES for text in uncounted(source)}
	assert {text for _source, text in found} >= set(NEVER_ONE)
	assert [each for each in found if SEVERAL.search(each[1]) and each[1] not in NEVER_ONE] == []

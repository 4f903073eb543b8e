"""Every error says what to do: each text that is thrown has an instruction."""

import ast
import re

import pytest

from tests.app.test_structure import SOURCES, relative, tree
from tests.app.test_words import texts_of_python

INSTRUCTION = re.compile(
	r"\b(?:add|ask|attach|change|choose|copy|correct|create|delete|dismiss|enter|find out|load|must|paste|press"
	r"|remove|repair|restore|retry|see|set|sync|try|type|use)\b",
	re.IGNORECASE,
)
WITHOUT = {
	"Security Key: {0}": "the gateway's package says what is wrong with the key",
	"There is no {0} for {1}.": "nobody can press what is not offered",
	"{0} is not waiting for a device. {1}.": "there is nothing to release, and the second sentence says why",
	"Changes of check-ins cannot be deleted: they are evidence.": "there is no way, on purpose",
	"{0} now has the Attendance Device ID {1}. Nothing was undone.": "the state is told, and stays",
	"User ID {0} cannot become {1}'s in this way.": "the dialog offers the ways that fit",
	"No punches of user ID {0} are pending any more.": "somebody else was quicker",
	"User ID {0} is ignored already: there is nothing to do.": "as it says",
}


def thrown(source):
	"""The translated literals in the first argument of frappe.throw."""
	for node in ast.walk(tree(source)):
		if isinstance(node, ast.Call) and ast.unparse(node.func) == "frappe.throw":
			yield from (text for text in texts_of_python(ast.unparse(node.args[0])) if " " in text)


TEXTS = sorted({(relative(source), text) for source in SOURCES for text in thrown(source)})


def test_the_scan_sees_the_errors():
	assert len(TEXTS) > 40
	assert set(WITHOUT) <= {text for _source, text in TEXTS}


@pytest.mark.parametrize(("source", "text"), TEXTS)
def test_an_error_says_what_to_do(source, text):
	assert INSTRUCTION.search(text) or text in WITHOUT

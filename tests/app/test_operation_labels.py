"""What people read where a command names an operation: never the gateway's own name."""

import re
from pathlib import Path

import frappe
import pytest

import navari_cams_biometric
from navari_cams_biometric.cams_biometric.command_queue.operation_labels import LABELS, label_of
from navari_cams_biometric.cams_biometric.digests import device_lines

SCRIPT = Path(navari_cams_biometric.__file__).parent / "public" / "js" / "cams_biometric.js"


def test_every_operation_of_a_command_has_a_label():
	options = frappe.get_meta("CAMS Command").get_field("operation").options.split("\n")
	assert list(LABELS) == options


def test_the_desk_has_the_same_labels():
	told = dict(re.findall(r'(\w+): __\("([^"]+)"\),', SCRIPT.read_text(encoding="utf-8")))
	assert {name: told.get(name) for name in LABELS} == {name: str(label) for name, label in LABELS.items()}


def test_what_has_no_label_is_named_as_it_is():
	assert label_of("Something New") == "Something New"


@pytest.mark.parametrize("operation", list(LABELS))
def test_the_daily_digest_says_what_failed_in_words(operation):
	row = frappe._dict(operation=operation, outcome_unknown=0, count=3)
	line = device_lines._command_line(row, frappe.utils.now_datetime())
	assert line.text == f"3 × {LABELS[operation]}"

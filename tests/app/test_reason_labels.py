"""Why a punch is no check-in, in two or three words: every code has them, and a list can be filtered by each."""

import re
from pathlib import Path

import frappe

import navari_cams_biometric
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS

DOCTYPES = Path(navari_cams_biometric.__file__).parent / "cams_biometric" / "doctype"
LONGEST = 20  # characters in a column


def test_every_reason_can_be_chosen_in_the_list():
	options = frappe.get_meta("CAMS Punch").get_field("reason_code").options.split("\n")
	assert options == ["", *REASONS]


def test_every_reason_has_a_short_label():
	script = (DOCTYPES / "cams_punch" / "cams_punch_list.js").read_text(encoding="utf-8")
	labels = dict(re.findall(r'^\t([A-Z_]+): __\("([^"]+)"\),$', script, re.MULTILINE))
	assert list(labels) == list(REASONS)
	assert [label for label in labels.values() if len(label) > LONGEST] == []
	assert len(set(labels.values())) == len(labels)

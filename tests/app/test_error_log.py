"""The Error Log: an entry of the same identity once a day, however often it happens."""

import uuid

import pytest

from navari_cams_biometric.cams_biometric.base import error_log
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from tests.app.inside import log_entries


@pytest.fixture
def title():
	return f"Something is wrong {uuid.uuid4().hex}"


def count(title):
	return len(log_entries(method=title))


def test_the_same_identity_is_one_entry_a_day(title):
	for number in range(3):
		log_once_a_day(title, f"message {number}", identity=(title,))
	[entry] = log_entries(method=title)
	assert entry.error == "message 0"


def test_another_day_is_another_entry(monkeypatch, title):
	for day in ("2026-03-01", "2026-03-01", "2026-03-02"):
		monkeypatch.setattr(error_log, "nowdate", lambda day=day: day)
		log_once_a_day(title, "message", identity=(title,))
	assert count(title) == 2


def test_another_identity_is_another_entry(title):
	for device in ("A", "B"):
		log_once_a_day(title, "message", identity=(title, device))
	assert count(title) == 2


def test_identities_are_compared_part_by_part(title):
	for identity in (("ab", "c"), ("a", "bc"), ("abc",), ("a", "b", "c")):
		log_once_a_day(title, "message", identity=(title, *identity))
	assert count(title) == 4


def test_a_title_that_is_too_long_is_cut(title):
	log_once_a_day(title + "x" * 200, "message", identity=(title,))
	[entry] = log_entries(method=["like", f"{title}%"])
	assert entry.method == (title + "x" * 200)[:139] + "…"


def test_a_message_is_kept_whole_and_leads_to_its_record(title):
	message = "line\n" * 1000
	log_once_a_day(title, message, (title,), reference_doctype="CAMS Punch", reference_name="a" * 32)
	[entry] = log_entries(method=title)
	assert (entry.error, entry.reference_doctype, entry.reference_name) == (
		message.strip(),
		"CAMS Punch",
		"a" * 32,
	)

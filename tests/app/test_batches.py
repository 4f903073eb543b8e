"""Check-ins that a batch makes together: the same as those made one by one, and one by one where that may differ."""

import frappe
import pytest

from navari_cams_biometric.cams_biometric.punches import batches, checkins
from tests.app.inside import log_entries, outcome, punch_at, store

RECORDED = ("Recorded", None)


@pytest.fixture
def alone(monkeypatch):
	"""The names of the punches that went one by one."""
	names = []
	process = checkins._process
	monkeypatch.setattr(
		checkins, "_process", lambda punch, rules: (names.append(punch.user_id), process(punch, rules))
	)
	return names


@pytest.fixture
def people(new_employee):
	return [new_employee() for _ in range(batches.FEWEST + 1)]


@pytest.fixture(autouse=True)
def nothing_due(connected):
	frappe.db.delete("CAMS Punch", {"state": "Queued"})
	frappe.db.delete("Error Log")
	frappe.db.commit()


def punch_all(people):
	store(*(punch_at(each.attendance_device_id, f"08:00:{n:02}") for n, each in enumerate(people)))


def test_many_punches_become_check_ins_together(people, alone):
	punch_all(people)
	checkins.drain()
	assert [outcome(each.attendance_device_id) for each in people] == [RECORDED] * len(people)
	assert [log_entry.error for log_entry in log_entries()] == []
	assert alone == []

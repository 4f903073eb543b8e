"""What the doctor says: the worst first, one line a cause however many there are, and each leads to where it is fixed."""

import frappe
import pytest

from navari_cams_biometric.cams_biometric import doctor
from navari_cams_biometric.cams_biometric.base.settings import SETTINGS
from navari_cams_biometric.cams_biometric.doctor import attendance_checks, gateway_checks, site_checks
from navari_cams_biometric.cams_biometric.doctor.finding import ERROR, OK, WARNING, Finding
from navari_cams_biometric.cams_biometric.doctor.site_facts import SiteFacts

SHIFT = {"start_time": "08:00:00", "end_time": "17:00:00", "enable_auto_attendance": 1}


@pytest.fixture
def unset():
	"""A gateway whose devices have never reported, at its own address."""
	frappe.db.set_single_value(SETTINGS, "base_url", "")
	frappe.db.set_value(
		"CAMS Device", {"name": ["is", "set"]}, {"last_reported": None, "last_seen": None, "connection": ""}
	)
	yield
	frappe.db.rollback()
	frappe.clear_document_cache(SETTINGS, SETTINGS)


def of_health(health):
	found = attendance_checks.devices(SiteFacts())
	return [each for each in found if each.filters.get("health") == health or health in each.sentence]


def test_the_worst_findings_come_first_and_else_in_the_order_of_the_chain(monkeypatch):
	states = [OK, WARNING, ERROR, OK, WARNING]
	findings = [Finding(str(number), state, "") for number, state in enumerate(states)]
	monkeypatch.setattr(doctor, "CHECKS", (lambda facts: iter(findings),))
	assert [finding.check for finding in doctor.examine()] == ["2", "1", "4", "0", "3"]


def test_thirty_devices_that_do_not_report_are_one_line_with_a_list(new_device):
	frappe.db.set_value("CAMS Device", {"name": ["is", "set"]}, "health", "")
	for number in range(30):
		new_device(label=f"Gate {number:02}").db_set("health", "Not Reporting")
	[finding] = of_health("Not Reporting")
	assert "30 devices" in finding.sentence
	assert "Gate 00" in finding.sentence
	assert "and 25 more" in finding.sentence
	assert finding.filters == {"enabled": 1, "health": "Not Reporting"}
	assert (finding.doctype, finding.document) == ("CAMS Device", "")
	assert finding.remedy


def test_a_single_device_is_named_with_its_own_advice(new_device):
	frappe.db.set_value("CAMS Device", {"name": ["is", "set"]}, "health", "")
	device = new_device(label="Main Gate")
	device.db_set({"health": "Queue Stuck", "health_note": "Reset its queue."})
	[finding] = of_health("Queue Stuck")
	assert finding.sentence == "Main Gate: Queue Stuck."
	assert (finding.remedy, finding.document) == ("Reset its queue.", device.name)


def test_the_worst_health_comes_first(new_device):
	frappe.db.set_value("CAMS Device", {"name": ["is", "set"]}, "health", "")
	for health in ("Licence Expiring", "Not Reporting", "Clock Drift"):
		new_device().db_set("health", health)
	sentences = [finding.sentence for finding in attendance_checks.devices(SiteFacts())]
	assert [sentence.partition(": ")[2] for sentence in sentences] == [
		"Not Reporting.",
		"Clock Drift.",
		"Licence Expiring.",
	]


def test_shift_types_with_the_same_fault_are_one_line():
	names = [f"Shift {number} of the doctor" for number in range(3)]
	for name in names:
		frappe.new_doc("Shift Type", name=name, **SHIFT).insert(set_name=name)
	found = [each for each in attendance_checks.shift_types(SiteFacts()) if each.state == ERROR]
	[finding] = [each for each in found if "Process Attendance After" in each.sentence]
	assert all(name in finding.sentence for name in names)
	assert finding.filters["name"][0] == "in"
	assert set(names) <= set(finding.filters["name"][1])


def test_several_ids_of_two_people_are_one_line(new_employee):
	people = [new_employee() for _ in range(4)]
	for one, other in (people[:2], people[2:]):
		for person in (one, other):
			frappe.new_doc("CAMS Device ID", employee=person.name, user_id=f"{one.name}x").insert()
	[finding] = attendance_checks.user_ids(SiteFacts())
	assert "user IDs" in finding.sentence
	assert people[0].employee_name in finding.sentence
	assert finding.filters["name"][0] == "in"
	assert finding.doctype == "CAMS Device ID"


def test_a_gateway_that_no_device_has_reported_from_is_asked_nothing(unset, monkeypatch):
	monkeypatch.setattr(gateway_checks, "_probe_gateway", refuse)
	found = list(gateway_checks.gateway(SiteFacts()))
	assert [finding.state for finding in found] == [OK]
	assert "not asked" in found[0].sentence


def test_a_gateway_at_an_address_of_its_own_is_asked(unset, monkeypatch):
	asked = []
	monkeypatch.setattr(gateway_checks, "_probe_gateway", lambda client, facts: asked.append(client))
	frappe.db.set_single_value(SETTINGS, "base_url", "http://127.0.0.1:1/")
	assert [finding.state for finding in gateway_checks.gateway(SiteFacts())] == [OK]
	assert len(asked) == 1


def test_what_needs_attention_leads_to_where_it_is_fixed(new_device):
	"""What is fixed on the server is left out: there the remedy says how."""
	frappe.db.set_value("CAMS Device", new_device().name, "health", "Clock Drift")
	checks = (*gateway_checks.CHECKS[2:], site_checks.live, site_checks.secrets, *attendance_checks.CHECKS)
	found = [finding for check in checks for finding in check(SiteFacts())]
	wrong = [finding for finding in found if finding.state != OK]
	assert wrong
	assert [finding.check for finding in wrong if not (finding.doctype or finding.page)] == []


def refuse(client, facts):
	raise AssertionError("the gateway was asked")

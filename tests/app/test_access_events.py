"""The report CAMS Access Events: the gateway's events and this site's door commands as one list."""

import time
from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_days, now_datetime, nowdate

from navari_cams_biometric.cams_biometric.report.cams_access_events import cams_access_events
from navari_cams_biometric.gateway.client import AccessEvent


def report(device, first=None, last=None):
	"""Rows and message."""
	filters = {"device": device, "from_date": first, "to_date": last}
	_columns, rows, message = cams_access_events.execute(filters)
	return rows, message


def test_events_and_commands_come_in_time_order(gateway, tags, new_employee, run_jobs):
	employee = new_employee()
	entry = gateway.punch(tags[0], employee.attendance_device_id)
	gateway.tick(1)
	name = frappe.get_doc("CAMS Device", tags[0]).open_door(2, "A delivery")
	run_jobs()
	gateway.tick(15)
	gateway.punch(tags[0], "nobody here")
	rows, message = report(tags[0])

	assert message is None
	assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
	told = {(row["source"], row["event"], str(row["door"])): row for row in rows}
	assert set(told) == {
		("Gateway", "CheckIn", "1"),
		("From ERPNext", "Open Door", "2"),
		("Gateway", "DoorOpened", "2"),
	}
	asked = told["From ERPNext", "Open Door", "2"]
	assert (asked["asked_by"], asked["reason"]) == ("Administrator", "A delivery")
	assert (asked["state"], asked["command"]) == ("Sent", name)
	people = [row["person"] for row in rows if row["event"] == "CheckIn"]
	assert people == [employee.employee_name, "nobody here"]
	assert entry.log_time.startswith(rows[0]["time"].strftime("%Y-%m-%d %H:%M:%S"))  # both in Nairobi


def test_a_time_is_shown_in_the_zone_of_the_site(gateway, tags):
	gateway.set_quirks(tags[0], offset_plus_0530=True)
	entry = gateway.punch(tags[0], "EMP-0001", at=gateway.world.now)
	[row], _message = report(tags[0], add_days(nowdate(), -1), add_days(nowdate(), 1))

	assert "+0530" in entry.log_time
	assert abs(row["time"] - now_datetime()) < timedelta(minutes=1)


def test_only_the_days_and_the_device_that_are_asked_for(gateway, tags, run_jobs):
	for tag in tags:
		gateway.punch(tag, "EMP-0001")
		frappe.get_doc("CAMS Device", tag).lock_door(1, "night")
	older = frappe.get_doc("CAMS Device", tags[0]).open_door(1, "yesterday")
	frappe.db.set_value("CAMS Command", older, "creation", add_days(now_datetime(), -1))
	rows, _message = report(tags[0])

	assert [(row["device"], row["event"]) for row in rows] == [(tags[0], "CheckIn"), (tags[0], "Lock Door")]
	rows, _message = report(tags[0], add_days(nowdate(), -1), add_days(nowdate(), -1))
	assert [(row["event"], row["reason"]) for row in rows] == [("Open Door", "yesterday")]


def test_a_refusal_is_told_and_this_sites_rows_still_show(gateway, tags):
	frappe.get_doc("CAMS Device", tags[0]).lock_door(1, "night")
	gateway.fail_next("server_error")
	rows, message = report(tags[0])

	assert [row["event"] for row in rows] == ["Lock Door"]
	assert "The gateway did not return its events" in message
	assert "500" in message
	assert frappe.get_message_log() == []


def test_the_gateways_words_are_no_html(gateway, tags, monkeypatch):
	def refuse(*_arguments):
		raise frappe.ValidationError("<script>")

	monkeypatch.setattr("navari_cams_biometric.gateway.client.GatewayClient.get_access_events", refuse)
	_rows, message = report(tags[0])

	assert "&lt;script&gt;" in message
	assert "<script>" not in message


def test_a_time_that_cannot_be_read_comes_last_as_it_is(gateway, tags, monkeypatch):
	events = [
		AccessEvent(tags[0], "", "DoorOpened", "noon"),
		AccessEvent(tags[0], "", "DoorLocked", "2024-09-17 08:00:00 GMT +0300"),
	]
	monkeypatch.setattr(
		"navari_cams_biometric.gateway.client.GatewayClient.get_access_events",
		lambda *_arguments: iter(events),
	)
	rows, _message = report(tags[0])

	assert [(str(row["time"]), row["event"]) for row in rows] == [
		("2024-09-17 08:00:00", "DoorLocked"),
		("None", "DoorOpened at noon"),
	]


def test_more_than_a_page_can_show_is_cut_and_said(gateway, tags, monkeypatch):
	monkeypatch.setattr(cams_access_events, "MOST_EVENTS", 60)
	for _number in range(61):
		gateway.punch(tags[0], "EMP-0001")
	rows, message = report(tags[0])

	assert len(rows) == 60
	assert "Choose fewer days" in message


def test_a_slow_gateway_is_not_waited_for(gateway, tags, monkeypatch):
	monkeypatch.setattr(cams_access_events, "LONGEST_SECONDS", -1)
	gateway.punch(tags[0], "EMP-0001")
	rows, message = report(tags[0])

	assert rows == []
	assert "Choose fewer days" in message


def test_a_gateway_that_does_not_answer_is_given_up(gateway, tags, monkeypatch):
	monkeypatch.setattr(cams_access_events, "PATIENCE_SECONDS", 0.2)
	gateway.fail_next("stall", seconds=2)
	began = time.monotonic()
	rows, message = report(tags[0])

	assert time.monotonic() - began < 1.5
	assert rows == []
	assert "got no answer" in message


@pytest.mark.parametrize(
	("first", "last", "words"), [(0, -1, "not after the last"), (-31, 0, "at most 31 days")]
)
def test_a_span_that_cannot_be_shown_is_refused(gateway, tags, first, last, words):
	with pytest.raises(frappe.ValidationError, match=words):
		report(tags[0], add_days(nowdate(), first), add_days(nowdate(), last))
	assert gateway.received == []


def test_the_longest_span_is_31_days(gateway, tags):
	report(tags[0], add_days(nowdate(), -30), nowdate())
	[request] = [each for each in gateway.received if each.operation == "GetAccessEvents"]
	assert "00:00:00" in request.arguments["StartTime"]
	assert "23:59:59" in request.arguments["EndTime"]


def test_the_other_gateway_api_tells_punches_and_says_so(gateway, tags):
	settings = frappe.get_doc("CAMS Biometric Settings")
	settings.update({"gateway_api": "Web API 3.0", "base_url": gateway.web_api_url}).save()
	gateway.punch(tags[0], "EMP-0001")
	rows, message = report(tags[0])

	assert [row["event"] for row in rows] == ["CheckIn"]
	assert "no door events" in message

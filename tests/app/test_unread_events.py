"""What was genuine and not wholly understood: kept once, without secrets, in sight until somebody settles it."""

import json

import frappe
import pytest
from frappe.database.errors import DataError, OperationalError
from frappe.utils import add_to_date, get_datetime, now_datetime

from navari_cams_biometric.cams_biometric import doctor
from navari_cams_biometric.cams_biometric.callbacks import reception
from navari_cams_biometric.cams_biometric.controllers import unread_event_actions
from navari_cams_biometric.cams_biometric.digests import attendance_lines
from navari_cams_biometric.cams_biometric.doctor import attendance_checks, gateway_checks
from navari_cams_biometric.cams_biometric.doctor.site_facts import SiteFacts
from navari_cams_biometric.cams_biometric.doctype.cams_unread_event.cams_unread_event import CAMSUnreadEvent
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.cams_biometric.shift_sync import watermark
from navari_cams_biometric.gateway import keys
from tests.app.inside import log_entries, punch_at, punches_of
from tests.contract.host import DONE, NOT_STORED, TOKEN

SECRETS = ("VEVNUExBVEU" * 9, "UEhPVE8" * 20, "4711-4711")


@pytest.fixture
def device(new_device):
	return new_device(label="Main Gate").name


@pytest.fixture
def send(callback, device):
	def post(content, **envelope):
		sent = {"SerialNumber": device, "AuthToken": TOKEN, **envelope}
		body = {"RealTime": {**sent, **content}} if "PunchLog" not in content else {**sent, **content}
		assert callback(body).get_data() == DONE
		return events_of(device)

	return post


def events_of(device):
	return frappe.get_all("CAMS Unread Event", {"service_tag": device}, ["*"], order_by="creation asc")


def test_an_unknown_kind_is_kept_with_what_it_says(send, device):
	[event] = send({"DoorForced": {"Door": 2, "UserId": "EMP-0001"}})

	assert (event.state, event.parts, event.times) == ("Unread", "doorforced", 1)
	assert json.loads(event.body)["RealTime"]["DoorForced"] == {"Door": 2, "UserId": "EMP-0001"}
	assert TOKEN not in event.body


def test_the_same_event_is_one_record_however_often_it_comes(send):
	for number in range(3):
		events = send(
			{"DoorForced": {"Door": 2}}, OperationID=str(number), Time=f"2024-09-17 05:0{number}:00"
		)
	assert [event.times for event in events] == [3]
	assert len(send({"DoorForced": {"Door": 3}})) == 2


def test_no_secret_is_kept(send, device):
	content = {
		"Template": [{"Type": "Card", "Data": SECRETS[2]}],
		"Photo": {"Data": SECRETS[1]},
		"Anything": SECRETS[0],
		"Password": SECRETS[2],
	}
	[event] = send({"SomethingNew": content})
	kept = str(event) + str(log_entries(method=["like", "%not wholly understood%"]))
	assert not [secret for secret in (*SECRETS, TOKEN) if secret in kept]


def test_the_error_log_has_one_entry_a_day_whatever_the_keys(send, device):
	for number in range(5):
		send({f"Kind{number}": {"a": 1}})
	entries = [e for e in log_entries(method="CAMS callback not wholly understood") if device in e.error]
	assert len(entries) == 1


def test_half_a_character_does_not_stop_the_queue_of_a_device(send):
	[event] = send({"Alarm\ud800": {"Door": "\ud800 1", "\udfff": 2}})
	assert (event.parts, "\ufffd 1" in event.body) == ("alarm\ufffd", True)


def test_rows_that_were_read_count_and_the_others_wait(send, new_employee, run_jobs, device):
	user_id = new_employee().attendance_device_id
	[row] = [punch_at(user_id)["RealTime"]["PunchLog"]]
	[event] = send({"PunchLog": {"ReturnRowCount": "3", "Log": [row, "EMP-0002 2024-09-17 08:00:00"]}})
	run_jobs()

	assert [punch.state for punch in punches_of(user_id)] == ["Recorded"]
	assert event.parts == "log, returnrowcount"
	assert "EMP-0002 2024-09-17 08:00:00" in event.body


def test_a_later_version_reads_it_again(send, new_user_id, device, monkeypatch):
	user_id = new_user_id()
	[event] = send(
		{"PunchLog": {"Log": [{"Badge": user_id, "Type": "CheckIn", "LogTime": "2024-09-17 08:00:00"}]}}
	)
	assert punches_of(user_id) == []
	assert unread_event_actions.read_again([event.name]) == {"read": 0, "unread": 1}

	monkeypatch.setitem(keys.KEYS, "userid", (*keys.KEYS["userid"], "badge"))
	monkeypatch.setattr(
		"navari_cams_biometric.gateway.callback.KNOWN_IN_PUNCH", {*keys.KNOWN_IN_PUNCH, "badge"}
	)
	assert unread_event_actions.read_again([event.name]) == {"read": 1, "unread": 0}
	assert unread_event_actions.read_again([event.name]) == {"read": 0, "unread": 0}

	[punch] = punches_of(user_id)
	assert (punch.service_tag, punch.state) == (device, "Queued")
	assert frappe.db.get_value("CAMS Unread Event", event.name, "state") == "Read"


def unread_count():
	return frappe.db.count("CAMS Unread Event", {"state": "Unread"})


def test_what_is_known_of_a_person_since_then_stays(send, device):
	[event] = send({"UserUpdated": {"UserID": "8", "FirstName": "A"}, "Alarm": {"x": 1}})
	frappe.db.set_value("CAMS Unread Event", event.name, "creation", add_to_date(now_datetime(), days=-3))
	frappe.db.commit()
	send({"UserDeleted": {"UserID": "8"}})
	unread_event_actions.read_again([event.name])

	[state] = frappe.get_all("CAMS Device User", {"service_tag": device}, pluck="state")
	assert state == "Deleted"


def test_dismissing_settles_it_and_only_unread_ones(send):
	[event] = send({"Alarm": {"a": 1}})
	assert unread_event_actions.dismiss([event.name]) == 1
	assert unread_event_actions.dismiss([event.name]) == 0
	frappe.db.commit()
	[again] = send({"Alarm": {"a": 1}})
	assert (again.state, again.times) == ("Dismissed", 2)


def test_nobody_edits_it(send):
	[event] = send({"Alarm": {"a": 1}})
	with pytest.raises(frappe.ValidationError, match="cannot be edited"):
		frappe.get_doc("CAMS Unread Event", event.name).save()


def test_only_settled_ones_expire(send):
	first, second = [send({"Alarm": {"a": number}})[-1].name for number in (1, 2)]
	unread_event_actions.dismiss([first])
	old = add_to_date(now_datetime(), days=-400)
	for name in (first, second):
		frappe.db.set_value("CAMS Unread Event", name, "modified", old, update_modified=False)
	CAMSUnreadEvent.clear_old_logs(365)
	assert [bool(frappe.db.exists("CAMS Unread Event", name)) for name in (first, second)] == [False, True]


def test_events_of_no_device_are_kept(callback, monkeypatch):
	monkeypatch.setattr(
		"navari_cams_biometric.cams_biometric.callbacks.authentication.find_device", lambda *_: None
	)
	frappe.db.set_single_value("CAMS Biometric Settings", "service_tag_id", "")
	frappe.db.commit()
	try:
		user = frappe.generate_hash(length=8)
		body = {"RealTime": {"AuthToken": TOKEN, "UserUpdated": {"UserID": user, "FirstName": "A"}}}
		assert callback(body).get_data() == DONE
	finally:
		frappe.db.set_single_value("CAMS Biometric Settings", "service_tag_id", "ZHM1100000001")
		frappe.db.commit()
	[event] = frappe.get_all("CAMS Unread Event", {"body": ["like", f"%{user}%"]}, ["service_tag", "parts"])
	assert (event.service_tag, event.parts) == (None, reception.NO_DEVICE)


@pytest.mark.parametrize("error", [DataError("too long"), ValueError("odd"), frappe.ValidationError("odd")])
def test_a_body_that_the_database_does_not_take_stops_no_queue(send, device, new_user_id, monkeypatch, error):
	def refuse(*_arguments):
		raise error

	user_id = new_user_id()
	monkeypatch.setattr(inbox, "store", refuse)
	punch = punch_at(user_id)["RealTime"]["PunchLog"]
	[event] = send({"PunchLog": punch})
	assert event.parts == reception.NOT_STORED
	monkeypatch.undo()
	assert unread_event_actions.read_again([event.name]) == {"read": 1, "unread": 0}
	assert len(punches_of(user_id)) == 1


@pytest.mark.parametrize("error", [OperationalError("gone away"), frappe.QueryDeadlockError("deadlock")])
def test_a_database_that_fails_is_answered_so_and_nothing_is_parked(callback, device, monkeypatch, error):
	def fail(*_arguments):
		raise error

	monkeypatch.setattr(inbox, "store", fail)
	body = punch_at("1", SerialNumber=device)
	assert callback(body).get_data() == NOT_STORED
	assert events_of(device) == []


def test_it_holds_the_shifts_of_its_device_from_the_time_that_stands_in_it(send, device):
	clock = add_to_date(now_datetime(), hours=-5).replace(microsecond=0)
	[event] = send({"Alarm": {"At": f"{clock:%Y-%m-%d %H:%M:%S} GMT +0300", "Year": "1999-01-01 00:00:00"}})
	assert get_datetime(event.holds_from) == clock

	current = add_to_date(clock, hours=-1)
	assert watermark._waiting({current})[current][device, "Unread"] == clock
	unread_event_actions.dismiss([event.name])
	assert (device, "Unread") not in watermark._waiting({current})[current]


def test_it_stands_in_the_doctor_and_in_the_digest(send, device):
	send({"Alarm": {"a": 1}})
	[finding] = attendance_checks.unread_events(SiteFacts())
	assert finding.state == doctor.WARNING
	[section] = attendance_lines._unread()
	assert "1 event of Main Gate was not understood" in [line.text for line in section.lines]


def test_a_form_of_a_former_api_that_names_no_sender_is_refused_with_a_hint(callback, device):
	request = {"ServiceTagId": device, "OperationData": {"AttendanceType": "CheckIn", "UserId": "1"}}
	body = b"request_data=" + json.dumps(request).encode()
	answer = callback(body, f"?stgid={device}", Content_Type="application/x-www-form-urlencoded")
	assert answer.json["status"] == "error"
	[entry] = [
		e for e in log_entries(method=["like", "CAMS callback of a former Web API%"]) if device in e.error
	]
	assert "set it to 3.0" in entry.error
	[finding] = gateway_checks.former_api(SiteFacts())
	assert "set to Web API 2.0" in finding.sentence


def test_the_token_is_nowhere_in_the_picture(send):
	[event] = send({"Trace": {"Line": f"sent {TOKEN}.", "Text": json.dumps({"a": json.dumps({"b": TOKEN})})}})
	assert TOKEN not in str(event)


def test_a_large_event_is_cut(send):
	[event] = send({"Readings": {"All": [{"n": str(number)} for number in range(100_000)]}})
	assert len(event.body) < 2_000_000
	assert json.loads(event.body)["TooLarge"] > 1_000_000

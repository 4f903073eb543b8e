"""CAMS Command: recorded, sent by a worker in its turn, followed to its end, and never sent twice where that harms."""

import base64
from zoneinfo import ZoneInfo

import frappe
import pytest
from frappe.utils import add_to_date, get_system_timezone, now_datetime

from navari_cams_biometric.cams_biometric.command_queue import command_results, queue
from navari_cams_biometric.cams_biometric.doctype.cams_biometric_settings import cams_biometric_settings
from navari_cams_biometric.gateway.timestamp import format_timestamp
from standin import demo
from tests.contract.host import SERVICE_TAG


@pytest.fixture
def person(gateway, tags):
	"""Somebody who is on the first device."""
	return gateway.add_user(tags[0], "EMP-0001").user_id


def aware(moment):
	return moment.replace(tzinfo=ZoneInfo(get_system_timezone()))


def command(name):
	return frappe.get_doc("CAMS Command", name)


def state(name):
	return command(name).state


def make_due(name):
	frappe.db.set_value("CAMS Command", name, "due_at", add_to_date(now_datetime(), minutes=-1))
	frappe.db.commit()


def follow(name):
	"""What the scheduler does, once the next step is due."""
	make_due(name)
	queue.sweep()
	return state(name)


def sent(gateway, operation):
	return [request.arguments for request in gateway.received if request.operation == operation]


def test_a_command_is_recorded_sent_and_done(gateway, tags, run_jobs):
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001", first_name="Employee", reason="new")
	assert (state(name), sent(gateway, "AddUser")) == ("Queued", [])

	run_jobs()
	assert state(name) == "Sent"
	gateway.tick(15)

	assert follow(name) == "Done"
	assert gateway.world.devices[tags[0]].users["EMP-0001"].first_name == "Employee"
	done = command(name)
	assert (done.asked_by, done.reason, done.attempts) == ("Administrator", "new", 1)
	assert done.operation_id
	assert done.finished_at


def test_a_command_for_an_offline_device_waits_for_it(gateway, tags, person, run_jobs):
	gateway.set_online(tags[0], False)
	name = queue.add_command("SyncDeviceTime", tags[0])
	run_jobs()
	assert state(name) == "Waiting for Device"
	assert follow(name) == "Waiting for Device"

	gateway.set_online(tags[0], True)
	gateway.tick(15)
	assert follow(name) == "Done"


def test_a_gateway_that_is_down_is_tried_again(gateway, tags, run_jobs):
	gateway.fail_next("server_error")
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001")
	run_jobs()

	waiting = command(name)
	assert (waiting.state, waiting.attempts) == ("Queued", 1)
	assert waiting.due_at > now_datetime()
	assert "500" in waiting.outcome
	make_due(name)
	queue.sweep()
	run_jobs()
	assert state(name) == "Sent"


def test_the_wait_that_the_gateway_asks_for_is_kept(gateway, tags, run_jobs):
	gateway.fail_next("rate_limited", retry_after=600)
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001")
	run_jobs()

	assert command(name).due_at > add_to_date(now_datetime(), minutes=9)


def test_a_refusal_fails_with_the_gateways_words_and_the_remedy(gateway, tags, run_jobs):
	name = queue.add_command("UpdateUser", tags[0], user_id="nobody")
	run_jobs()

	failed = command(name)
	assert (failed.state, failed.outcome_unknown) == ("Failed", 0)
	assert "User not found" in failed.outcome
	assert "Verify" in failed.outcome


def test_a_door_that_gave_no_answer_is_doubtful_and_not_opened_again(gateway, tags, run_jobs):
	gateway.fail_next("drop", operation="OpenDoor")
	name = queue.add_command("OpenDoor", tags[0])
	run_jobs()
	queue.sweep()
	run_jobs()

	failed = command(name)
	assert (failed.state, failed.outcome_unknown) == ("Failed", 1)
	assert len(sent(gateway, "OpenDoor")) == 1


@pytest.mark.parametrize(("operation", "expected"), [("AddUser", ("Queued", 0)), ("OpenDoor", ("Failed", 1))])
def test_a_worker_that_died_between_sending_and_the_answer(gateway, tags, operation, expected):
	user = {"user_id": "EMP-0001"} if operation == "AddUser" else {}
	name = queue.add_command(operation, tags[0], **user)
	lost_at = add_to_date(now_datetime(), minutes=-6)
	frappe.db.set_value("CAMS Command", name, {"state": "Sent", "sent_at": lost_at, "attempts": 1})
	frappe.db.commit()
	queue.sweep()

	found = command(name)
	assert (found.state, found.outcome_unknown) == expected
	assert "worker" in found.outcome


def test_a_command_that_is_being_sent_is_left_alone(gateway, tags):
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001")
	frappe.db.set_value("CAMS Command", name, {"state": "Sent", "sent_at": now_datetime(), "attempts": 1})
	other = queue.add_command("AddUser", tags[0], user_id="EMP-0002")
	frappe.db.commit()
	queue.sweep()
	queue.send_due(tags[0])

	assert (state(name), state(other)) == ("Sent", "Queued")
	assert gateway.received == []


def test_a_lost_job_is_made_up_for(gateway, tags, site, run_jobs):
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001")
	frappe.db.after_commit.reset()
	frappe.db.commit()
	queue.sweep()
	run_jobs()

	assert state(name) == "Sent"


def test_what_must_not_be_repeated_does_not_come_late(gateway, tags, run_jobs):
	name = queue.add_command("OpenDoor", tags[0])
	frappe.db.set_value("CAMS Command", name, "creation", add_to_date(now_datetime(), minutes=-11))
	run_jobs()

	assert state(name) == "Failed"
	assert "within a minute" in command(name).outcome
	assert gateway.received == []


def test_the_order_is_kept_and_a_door_does_not_wait_behind_people(gateway, tags, run_jobs):
	for user_id in ("EMP-0001", "EMP-0002", "EMP-0003"):
		queue.add_command("AddUser", tags[0], user_id=user_id)
	queue.add_command("OpenDoor", tags[0])
	run_jobs()

	assert [request.operation for request in gateway.received[:2]] == ["PingConnection", "OpenDoor"]
	assert [each["UserID"] for each in sent(gateway, "AddUser")] == ["EMP-0001", "EMP-0002", "EMP-0003"]


def test_those_behind_one_that_is_tried_again_wait_with_it(gateway, tags, run_jobs):
	gateway.fail_next("server_error")
	queue.add_command("AddUser", tags[0], user_id="EMP-0001")
	second = queue.add_command("DeleteUser", tags[0], user_id="EMP-0001")
	elsewhere = queue.add_command("AddUser", tags[1], user_id="EMP-0001")
	run_jobs()

	assert (state(second), state(elsewhere)) == ("Queued", "Sent")


@pytest.mark.parametrize(
	("operation", "secret", "field", "told"),
	[
		("EnrollCard", "10283655", "CardNumber", "10283655"),
		("SetUserPassword", "90817263", "Password", "90817263"),
		("EnrollFingerprint", base64.b64encode(b"ridges" * 300).decode(), "Template", None),
	],
)
def test_a_secret_is_sent_and_forgotten(gateway, tags, person, run_jobs, operation, secret, field, told):
	name = queue.add_command(operation, tags[0], user_id=person, secret=secret)
	frappe.db.commit()
	assert secret not in str(command(name).as_dict())
	assert command(name).get_password("secret") == secret
	run_jobs()

	assert sent(gateway, operation)[0][field] == (told or secret)
	assert not frappe.db.get_value("CAMS Command", name, "secret")
	assert command(name).get_password("secret", raise_exception=False) is None


def test_a_secret_is_kept_for_the_next_attempt_only(gateway, tags, person, run_jobs):
	gateway.fail_next("server_error")
	name = queue.add_command("SetUserPassword", tags[0], user_id=person, secret="90817263")
	run_jobs()
	assert command(name).get_password("secret") == "90817263"
	assert queue.cancel_command(name)

	assert command(name).get_password("secret", raise_exception=False) is None


def test_an_unexpected_error_shows_no_secret(gateway, tags, person, run_jobs, monkeypatch):
	def explode(*_arguments, **_options):
		raise RuntimeError("unexpected")

	monkeypatch.setattr("navari_cams_biometric.gateway.client.GatewayClient.set_user_password", explode)
	name = queue.add_command("SetUserPassword", tags[0], user_id=person, secret="90817263")
	run_jobs()

	assert state(name) == "Failed"
	[entry] = frappe.get_all("Error Log", {"reference_name": name}, ["error"])
	assert "unexpected" in entry.error
	assert "90817263" not in entry.error


def test_a_queued_command_can_be_taken_back_and_a_sent_one_cannot(gateway, tags, run_jobs):
	taken, gone = (queue.add_command("AddUser", tag, user_id="EMP-0001") for tag in tags)
	assert queue.cancel_command(taken)
	run_jobs()

	assert not queue.cancel_command(gone)
	assert (state(taken), state(gone)) == ("Cancelled", "Sent")
	assert len(sent(gateway, "AddUser")) == 1


def test_who_is_not_on_the_device_need_not_be_deleted(gateway, tags, run_jobs):
	name = queue.add_command("DeleteUser", tags[0], user_id="nobody")
	run_jobs()

	assert state(name) == "Done"


def test_the_callback_url_is_registered_and_not_stored(gateway, run_jobs, monkeypatch):
	monkeypatch.setattr(cams_biometric_settings, "get_url", lambda path: f"http://127.0.0.1:1{path}")
	name = queue.add_command("RegisterCallback")
	run_jobs()

	settings = frappe.get_cached_doc("CAMS Biometric Settings")
	secret = settings.get_password("callback_secret")
	assert state(name) == "Done"
	assert secret in sent(gateway, "RegisterCallback")[0]["URL"]
	assert secret not in str(command(name).as_dict())


@pytest.fixture
def web_api(gateway):
	settings = frappe.get_doc("CAMS Biometric Settings")
	settings.update({"gateway_api": "Web API 3.0", "base_url": gateway.web_api_url}).save()
	frappe.db.commit()


def test_what_the_gateway_api_lacks_is_refused_before_it_is_recorded(web_api, tags):
	with pytest.raises(frappe.ValidationError, match="not supported by Web API"):
		queue.add_command("OpenDoor", tags[0])
	assert not frappe.db.exists("CAMS Command", {"service_tag": tags[0]})


@pytest.mark.parametrize(
	("operation", "event"),
	[
		("AddUser", {"UserUpdated": {"UserID": "EMP-0001"}}),
		("DeleteUser", {"UserDeleted": {"UserID": "EMP-0001"}}),
	],
)
def test_the_devices_own_event_confirms_what_nobody_can_be_asked(
	web_api, tags, run_jobs, callback, operation, event
):
	name = queue.add_command(operation, tags[0], user_id="EMP-0001")
	run_jobs()
	assert state(name) == "Sent"
	assert follow(name) == "Sent"

	moment = format_timestamp(aware(now_datetime()))
	event = {kind: {**told, "OperationTime": moment} for kind, told in event.items()}
	callback({"RealTime": {"SerialNumber": tags[0], "AuthToken": demo.AUTH_TOKEN, **event}})
	frappe.db.commit()
	assert state(name) == "Done"


def test_an_enrolment_is_confirmed_by_its_own_credential_alone(web_api, tags, run_jobs, callback):
	name = queue.add_command("EnrollCard", tags[0], user_id="EMP-0001", secret="10283655")
	run_jobs()
	card = {"Type": "Card", "UserID": "EMP-0001", "Data": "1"}
	moment = format_timestamp(aware(now_datetime()))
	states = []
	for told in ({"FirstName": "Employee"}, {"Template": [card]}):
		event = {"UserUpdated": {"UserID": "EMP-0001", "OperationTime": moment, **told}}
		callback({"RealTime": {"SerialNumber": tags[0], "AuthToken": demo.AUTH_TOKEN, **event}})
		frappe.db.commit()
		states.append(state(name))

	assert states == ["Sent", "Done"]


def test_without_a_token_nothing_is_recorded(tags):
	frappe.db.set_single_value("CAMS Biometric Settings", "auth_token_digest", "")  # not committed

	with pytest.raises(frappe.ValidationError, match="Auth Token"):
		queue.add_command("SyncDeviceTime", SERVICE_TAG)


def test_a_finished_command_shows_who_is_on_the_device(gateway, tags, run_jobs):
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001", first_name="Employee")
	run_jobs()
	gateway.tick(15)
	follow(name)
	known = {"service_tag": tags[0], "user_id": "EMP-0001"}
	assert frappe.db.get_value("CAMS Device User", known, ["first_name", "state"]) == (
		"Employee",
		"On Device",
	)

	name = queue.add_command("DeleteUser", tags[0], user_id="EMP-0001")
	run_jobs()
	gateway.tick(15)
	follow(name)
	assert frappe.db.get_value("CAMS Device User", known, "state") == "Deleted"


def test_a_command_is_written_by_the_app_alone(gateway, tags):
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001")
	with pytest.raises(frappe.ValidationError, match="cannot be edited"):
		command(name).save()


def test_finished_commands_expire_and_the_others_stay(gateway, tags):
	old, waiting = (queue.add_command("AddUser", tag, user_id="EMP-0001") for tag in tags)
	command_results.fail(command(old), "refused")
	frappe.db.set_value(
		"CAMS Command", {"service_tag": ["in", tags]}, "modified", "2020-01-01", update_modified=False
	)
	frappe.get_doc("CAMS Command", waiting).clear_old_logs(365)

	assert not frappe.db.exists("CAMS Command", old)
	assert frappe.db.exists("CAMS Command", waiting)


@pytest.mark.parametrize("operation", ["OpenDoor", "AddUser"])
def test_a_command_that_is_cancelled_between_reading_and_sending_is_not_sent(
	gateway, tags, run_jobs, monkeypatch, operation
):
	read = queue._next

	def read_and_cancel(filters):
		found = read(filters)
		if found:
			assert queue.cancel_command(found.name)
		return found

	user = {"user_id": "EMP-0001"} if operation == "AddUser" else {}
	name = queue.add_command(operation, tags[0], **user)
	with monkeypatch.context() as between:
		between.setattr(queue, "_next", read_and_cancel)
		run_jobs()

	assert state(name) == "Cancelled"
	assert sent(gateway, operation) == []


def test_a_command_that_is_sent_between_reading_and_cancelling_is_not_cancelled(gateway, tags, monkeypatch):
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001")
	change = command_results.change_state

	def change_after_sending(read, **values):
		frappe.db.set_value("CAMS Command", name, {"state": "Sent", "attempts": 1})
		return change(read, **values)

	monkeypatch.setattr(command_results, "change_state", change_after_sending)
	assert not queue.cancel_command(name)
	assert state(name) == "Sent"


def test_an_answer_to_an_earlier_attempt_changes_nothing(gateway, tags, run_jobs):
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001")
	frappe.db.set_value("CAMS Command", name, {"state": "Sent", "sent_at": now_datetime(), "attempts": 1})
	earlier = command(name)
	frappe.db.set_value("CAMS Command", name, {"attempts": 2})

	command_results.fail(earlier, "of the first attempt")
	assert (state(name), command(name).outcome) == ("Sent", None)


class TestDoor:
	"""A door is opened within a minute of being asked for, or not at all."""

	@pytest.mark.parametrize(("age", "opened"), [(0, 1), (40, 1), (55, 0), (300, 0)])
	def test_it_is_sent_within_a_minute_or_not_at_all(self, gateway, tags, run_jobs, age, opened):
		name = queue.add_command("OpenDoor", tags[0])
		frappe.db.set_value("CAMS Command", name, "creation", add_to_date(now_datetime(), seconds=-age))
		run_jobs()
		queue.sweep()
		run_jobs()

		assert len(sent(gateway, "OpenDoor")) == opened
		assert state(name) == ("Sent" if opened else "Failed")
		assert opened or "within a minute" in command(name).outcome

	def test_a_slow_answer_about_the_device_does_not_make_it_late(self, gateway, tags, run_jobs, monkeypatch):
		name = queue.add_command("OpenDoor", tags[0])
		monkeypatch.setattr(command_results, "age_seconds", lambda _command: 55 if late else 0)
		late = False

		def ping(*_arguments):
			nonlocal late
			late = True
			return True

		monkeypatch.setattr("navari_cams_biometric.gateway.client.GatewayClient.ping_connection", ping)
		run_jobs()

		assert (state(name), sent(gateway, "OpenDoor")) == ("Failed", [])

	def test_the_door_of_an_offline_device_stays_closed_when_it_is_back(self, gateway, tags, run_jobs):
		gateway.set_online(tags[0], False)
		name = queue.add_command("OpenDoor", tags[0])
		run_jobs()
		gateway.set_online(tags[0], True)
		gateway.tick(15)
		queue.sweep()
		run_jobs()

		found = command(name)
		assert (found.state, found.outcome_unknown) == ("Failed", 0)
		assert "offline" in found.outcome
		assert gateway.world.devices[tags[0]].door_events == []

	def test_a_gateway_that_cannot_say_whether_the_device_is_there_opens_nothing(
		self, gateway, tags, run_jobs
	):
		gateway.fail_next("server_error", operation="PingConnection")
		name = queue.add_command("OpenDoor", tags[0])
		run_jobs()

		assert (state(name), command(name).outcome_unknown) == ("Failed", 0)
		assert sent(gateway, "OpenDoor") == []

	def test_a_device_that_goes_offline_in_between_is_told_to_a_person(
		self, gateway, tags, run_jobs, monkeypatch
	):
		monkeypatch.setattr(
			"navari_cams_biometric.gateway.client.GatewayClient.ping_connection", lambda *_arguments: True
		)
		gateway.set_online(tags[0], False)
		name = queue.add_command("OpenDoor", tags[0])
		run_jobs()

		found = command(name)
		assert (found.state, found.outcome_unknown) == ("Failed", 1)
		assert "Reset Queue" in found.outcome

	def test_it_is_not_followed_for_longer_than_a_minute(self, gateway, tags, run_jobs):
		name = queue.add_command("OpenDoor", tags[0])
		run_jobs()
		assert follow(name) == "Sent"
		frappe.db.set_value("CAMS Command", name, "creation", add_to_date(now_datetime(), seconds=-61))

		assert follow(name) == "Failed"
		assert (command(name).outcome_unknown, len(sent(gateway, "OpenDoor"))) == (1, 1)


class TestConfirmingEvent:
	"""An event of the device confirms a command that was sent before it happened, and no other."""

	@pytest.fixture
	def told(self, web_api, tags, run_jobs, callback):
		"""Have a command sent, then a UserUpdated or UserDeleted event come in; return the command's state."""

		def tell(operation, event, seconds=0, arguments=None, **device):
			name = queue.add_command(operation, tags[0], user_id="EMP-0001", **(arguments or {}))
			run_jobs()
			if device:
				frappe.get_doc("CAMS Device", tags[0]).update(device).save()
				frappe.db.commit()
			moment = format_timestamp(aware(add_to_date(now_datetime(), seconds=seconds)))
			[(kind, values)] = event.items()
			values = {"UserID": "EMP-0001", "OperationTime": moment, **values}
			callback({"RealTime": {"SerialNumber": tags[0], "AuthToken": demo.AUTH_TOKEN, kind: values}})
			frappe.db.commit()
			return state(name)

		return tell

	@pytest.mark.parametrize(
		("seconds", "expected"), [(0, "Done"), (30, "Done"), (-3600, "Sent"), (-40 * 86400, "Sent")]
	)
	@pytest.mark.parametrize(
		("operation", "event"), [("DeleteUser", {"UserDeleted": {}}), ("AddUser", {"UserUpdated": {}})]
	)
	def test_it_is_younger_than_the_sending(self, told, operation, event, seconds, expected):
		assert told(operation, event, seconds) == expected

	def test_without_a_time_it_confirms_nothing(self, told):
		assert told("DeleteUser", {"UserDeleted": {"OperationTime": ""}}) == "Sent"

	def test_a_disabled_device_confirms_nothing(self, told):
		assert told("DeleteUser", {"UserDeleted": {}}, enabled=0) == "Sent"

	@pytest.mark.parametrize(
		("asked", "index", "expected"),
		[
			(3, "3", "Done"),
			(3, "4", "Sent"),
			(3, "", "Sent"),
			(None, "4", "Done"),
			(0, "0", "Done"),
			(0, "1", "Sent"),
		],
	)
	def test_it_is_of_the_finger_that_was_asked_for(self, told, asked, index, expected):
		template = {"Type": "Fingerprint", "UserID": "EMP-0001", "Index": index, "Data": "x"}
		arguments = {
			"secret": base64.b64encode(b"ridges").decode(),
			**({} if asked is None else {"index": asked}),
		}

		assert told("EnrollFingerprint", {"UserUpdated": {"Template": [template]}}, 0, arguments) == expected

	@pytest.mark.parametrize(("skew", "expected"), [(-7200, "Done"), (7200, "Sent"), (0, "Sent")])
	def test_the_known_error_of_the_devices_clock_counts(self, told, tags, skew, expected):
		frappe.db.set_value("CAMS Device", tags[0], "clock_skew", skew)
		frappe.db.commit()

		assert told("DeleteUser", {"UserDeleted": {}}, -7150) == expected

"""Whom the callback URL believes: on what evidence, at what cost, and what a new device may do."""

import json
import time
import tracemalloc

import frappe
import pytest
from frappe.database import Database

from navari_cams_biometric.cams_biometric.base.device_lookup import find_device
from navari_cams_biometric.cams_biometric.callbacks import new_devices, reception
from navari_cams_biometric.cams_biometric.callbacks.authentication import SMALL
from navari_cams_biometric.cams_biometric.doctor import WARNING, gateway_checks
from navari_cams_biometric.cams_biometric.doctor.site_facts import SiteFacts
from navari_cams_biometric.cams_biometric.shift_sync import watermark
from tests.app.inside import DAY, other_devices_resting, punch_at, punches_of
from tests.contract.host import DONE, INVALID_JSON, INVALID_TOKEN, SETTINGS, TOKEN, batch, real_time

LARGE = 8 * 1024 * 1024 - 1024


def of_size(row: str, size: int = LARGE) -> bytes:
	rows = ",".join([row] * (size // (len(row) + 1)))
	return f'{{"PunchLog":{{"Log":[{rows}]}}}}'.encode()


@pytest.mark.parametrize("row", ["0", "[]", "{}", '{"a":0}', '""', "[[[[[]]]]]", '{"UserID":"1"}', "null"])
def test_a_strangers_large_body_costs_little(callback, row):
	body = of_size(row)
	began = time.process_time()
	answers = [callback(body).get_data()]
	cost = time.process_time() - began
	tracemalloc.start()
	answers.append(callback(body).get_data())
	_now, peak = tracemalloc.get_traced_memory()
	tracemalloc.stop()

	assert answers == [INVALID_TOKEN] * 2
	assert cost < 1
	assert peak < 150 * 1024 * 1024


@pytest.mark.parametrize(
	"decoy", ['"AuthToken":"%s",' % ("w" * 32), '"AuthToken":"x",' * 1000, '"token":"' + "t" * 64 + '",']
)
def test_a_large_body_with_a_wrong_token_is_not_read(callback, decoy, monkeypatch):
	monkeypatch.setattr("navari_cams_biometric.gateway.body.load_json", lambda _text: 1 / 0)
	body = of_size("0").replace(b"{", b"{" + decoy.encode(), 1)

	assert callback(body[:LARGE]).get_data() == INVALID_TOKEN


def test_a_large_genuine_body_is_read(callback, new_user_id):
	user_id = new_user_id()
	rows = [("CheckIn", user_id, f"{DAY} 08:{n // 60:02}:{n % 60:02} GMT +0300") for n in range(1000)]
	body = json.dumps(batch(*rows, AuthToken=TOKEN)).encode()

	assert len(body) > SMALL
	assert callback(body).get_data() == DONE
	assert len(punches_of(user_id)) == 1000


def test_a_large_body_that_is_no_object_is_no_json(callback):
	assert callback(b"[" + b"0," * SMALL + b"0]").get_data() == INVALID_JSON


@pytest.mark.parametrize(
	"tag",
	[
		"SPACE0001" + " " * 140 + "x",
		"..",
		"*",
		"=1+1",
		"<b>x</b>",
		"Gate\u202e1",
		"New CAMS Device 1",
		"CAMS Device",
		"a/b",
		"x" * 65,
		"-1",
		"ΑΒΓ",
		"tag\t1",
	],
	ids=ascii,
)
def test_what_is_no_service_tag_is_refused_like_a_wrong_token(callback, new_user_id, tag):
	before = frappe.db.count("CAMS Device")
	user_id = new_user_id()
	body = json.dumps(punch_at(user_id, SerialNumber=tag))

	assert callback(body.encode()).get_data() in (INVALID_TOKEN, DONE)
	assert frappe.db.count("CAMS Device") == before
	if tag.strip() == tag:
		assert punches_of(user_id) == []


def test_a_padded_tag_costs_no_device_its_token(callback, new_device, new_user_id):
	device = new_device(auth_token="d" * 32)
	body = punch_at(new_user_id(), SerialNumber=device.name + " " * 140 + "x")

	assert callback(body).get_data() == INVALID_TOKEN
	assert frappe.get_doc("CAMS Device", device.name).get_password("auth_token") == "d" * 32


def test_a_person_gives_a_device_no_odd_tag(new_device):
	with pytest.raises(frappe.ValidationError, match="letters, digits"):
		new_device(service_tag="a/b")


@pytest.fixture
def none_unconfirmed():
	before = frappe.get_all("CAMS Device", {"unconfirmed": 1}, pluck="name")
	frappe.db.set_value("CAMS Device", {"name": ["in", before]}, "unconfirmed", 0)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_value("CAMS Device", {"unconfirmed": 1}, "unconfirmed", 0)
	frappe.db.commit()


@pytest.fixture
def register(callback, new_user_id):
	def send(in_url=False):
		service_tag = f"NEW{new_user_id().upper()}"
		user_id = new_user_id()
		body = punch_at(user_id, SerialNumber=None if in_url else service_tag)
		assert callback(body, f"?stgid={service_tag}").get_data() == DONE
		return service_tag, user_id

	return send


def test_a_device_that_registers_itself_counts_and_holds_no_shift_until_it_is_confirmed(
	register, none_unconfirmed
):
	service_tag, user_id = register()
	assert [punch.service_tag for punch in punches_of(user_id)] == [service_tag]
	device = frappe.get_doc("CAMS Device", service_tag)
	assert (device.enabled, device.unconfirmed) == (1, 1)
	finding = heard("New Devices")
	assert finding.state == WARNING
	assert device.label in finding.sentence
	assert service_tag not in {feed.name for feed in watermark._feeding_devices()}

	device.confirm()
	assert service_tag in {feed.name for feed in watermark._feeding_devices()}


def test_at_most_twenty_wait_and_what_the_others_send_is_kept(register, none_unconfirmed):
	for _number in range(new_devices.MOST_UNCONFIRMED):
		register()
	service_tag, user_id = register(in_url=True)

	assert frappe.db.count("CAMS Device", {"unconfirmed": 1}) == 20
	assert not frappe.db.exists("CAMS Device", service_tag)
	assert punches_of(user_id) == []
	[event] = frappe.get_all(
		"CAMS Unread Event", {"parts": ["like", f"%{service_tag}"]}, ["name", "state", "body"]
	)
	assert event.state == "Unread"
	assert user_id in event.body
	assert TOKEN not in event.body

	now = frappe.utils.now_datetime()
	assert (None, "Unread") not in watermark._waiting({now})[now]  # it holds nobody's shifts
	assert not reception.read_again(event.name)  # there is no room yet
	frappe.db.set_value("CAMS Device", {"unconfirmed": 1}, "unconfirmed", 0)
	frappe.db.commit()
	assert reception.read_again(event.name)
	assert [punch.service_tag for punch in punches_of(user_id)] == [service_tag]


def test_a_form_that_was_open_does_not_take_the_confirmation_back(register, none_unconfirmed):
	service_tag, _user_id = register()
	form = frappe.get_doc("CAMS Device", service_tag)
	frappe.get_doc("CAMS Device", service_tag).confirm()
	frappe.db.set_value("CAMS Device", service_tag, "modified", form.modified, update_modified=False)
	form.label = "Changed"
	form.save()
	assert frappe.db.get_value("CAMS Device", service_tag, "unconfirmed") == 0


@pytest.fixture
def opened(new_device):
	def create(*days):
		device = new_device()
		device.expect_history(*days)
		frappe.db.commit()
		return device.name, f"?stgid={device.name}"

	return create


def heard(check):
	"""The doctor's finding about devices that were heard."""
	[finding] = [each for each in gateway_checks.heard_devices(SiteFacts()) if each.check == check]
	return finding


def rows_of(user_id, *days):
	return [("CheckIn", user_id, f"{day} 08:00:00 GMT +0300") for day in days]


def test_only_the_days_that_were_named_are_accepted(callback, opened, new_user_id):
	_tag, query = opened("2024-09-16", "2024-09-18")
	user_id = new_user_id()
	for days in (["2024-09-15"], ["2024-09-19"], ["2024-09-17", "2024-09-19"]):
		assert callback(batch(*rows_of(user_id, *days)), query).get_data() == INVALID_TOKEN
	assert punches_of(user_id) == []
	body = batch(*rows_of(user_id, "2024-09-16", "2024-09-18"))
	assert callback(body, query).get_data() == DONE
	assert len(punches_of(user_id)) == 2


def test_the_door_closes_when_the_answer_is_complete(callback, opened, new_user_id):
	tag, query = opened()
	user_id = new_user_id()

	def page(*days):
		body = batch(*rows_of(user_id, *days))
		body["PunchLog"] |= {"ActualRowCount": "3", "OffSet": "2"}
		return body

	first, last = page("2024-09-16", "2024-09-17"), page("2024-09-18")
	assert [callback(body, query).get_data() for body in (first, last)] == [DONE, DONE]
	assert frappe.db.get_value("CAMS Device", tag, "history_complete") == 1
	assert callback(batch(*rows_of(user_id, "2024-09-19")), query).get_data() == INVALID_TOKEN
	assert callback(last, query).get_data() == DONE  # sent again: our answer was lost
	assert len(punches_of(user_id)) == 3


def test_a_page_that_is_sent_again_does_not_close_the_door(callback, opened, new_user_id):
	_tag, query = opened()
	user_id = new_user_id()

	def page(*days):
		body = batch(*rows_of(user_id, *days))
		body["PunchLog"] |= {"ActualRowCount": "4", "OffSet": "2"}
		return body

	first, second = page("2024-09-16", "2024-09-17"), page("2024-09-18", "2024-09-19")
	assert [callback(body, query).get_data() for body in (first, first, second)] == [DONE] * 3
	assert len(punches_of(user_id)) == 4


@pytest.mark.parametrize(
	"body",
	[
		{"Evil": {"a": 1}},
		{"PunchLog": {"Log": [{"Matricule": 1, "LogTime": "2020-01-01 00:00:00"}]}},
		{"log": {"log": {"log": [["x"]]}}},
	],
)
def test_what_is_not_understood_does_not_come_through_the_open_door(callback, opened, body):
	tag, query = opened("2024-09-16", "2024-09-18")
	assert callback(body, query).get_data() == INVALID_TOKEN
	assert frappe.db.count("CAMS Unread Event", {"service_tag": tag}) == 0


def test_what_lies_too_deep_does_not_come_through_the_open_door(callback, opened, new_user_id):
	_tag, query = opened("2024-09-16", "2024-09-18")
	user_id = new_user_id()
	body = json.dumps({"log": "here", **batch(*rows_of(user_id, "2024-09-10"))})
	deep = body.replace('"here"', '{"log":' * 500 + "1" + "}" * 500)
	assert callback(deep.encode(), query).get_data() == INVALID_TOKEN
	assert punches_of(user_id) == []


def test_a_batch_of_no_rows_closes_nothing_and_after_the_end_says_nothing(callback, opened, new_user_id):
	_tag, query = opened()
	empty, answer = batch(), batch(*rows_of(new_user_id(), "2024-09-17"))
	assert [callback(body, query).get_data() for body in (empty, answer)] == [DONE, DONE]
	assert callback(empty, query).get_data() == INVALID_TOKEN


def test_one_unreadable_time_beside_the_days_costs_no_row(callback, opened, new_user_id):
	_tag, query = opened("2024-09-16", "2024-09-18")
	user_id = new_user_id()
	rows = [*rows_of(user_id, "2024-09-17"), ("CheckIn", user_id, "0000-00-00 00:00:00")]
	assert callback(batch(*rows), query).get_data() == DONE
	assert len(punches_of(user_id)) == 2
	alone = batch(("CheckIn", user_id, "never"))
	assert callback(alone, query).get_data() == INVALID_TOKEN


def test_nothing_but_punches_comes_through_the_open_door(callback, opened):
	_tag, query = opened()
	body = {"UserDeleted": {"UserID": "8"}, "PunchLog": {"Log": []}}
	assert callback(body, query).get_data() == INVALID_TOKEN


def test_the_door_of_one_device_is_not_anothers(callback, opened, new_device, new_user_id):
	opened()
	body = batch(*rows_of(new_user_id(), "2024-09-17"))
	assert callback(body, f"?stgid={new_device().name}").get_data() == INVALID_TOKEN


def test_the_days_are_in_order(new_device):
	with pytest.raises(frappe.ValidationError, match="first is not after"):
		new_device().expect_history("2024-09-18", "2024-09-17")


def test_whether_the_url_has_the_secret_is_known_by_device(callback, new_device, new_user_id):
	secret = frappe.get_doc(SETTINGS).get_password("callback_secret")
	device = new_device(label="Back Door")
	for query, told in (("", "No"), (f"?secret={secret}", "Yes"), ("?secret=wrong", "No")):
		assert callback(punch_at(new_user_id(), SerialNumber=device.name), query).get_data() == DONE
		assert find_device(device.name).callback_secret_sent == told
	with other_devices_resting([device.name]):
		assert any("Back Door" in step for step in frappe.get_doc(SETTINGS).missing_steps())
	finding = heard("Callback Secret")
	assert finding.state == WARNING
	assert "without the callback URL's secret" in finding.sentence


def test_a_real_time_event_is_never_accepted_with_the_secret_alone(callback, new_device, new_user_id):
	secret = frappe.get_doc(SETTINGS).get_password("callback_secret")
	body = punch_at(new_user_id(), SerialNumber=new_device().name, AuthToken=None)
	assert callback(body, f"?secret={secret}").get_data() == INVALID_TOKEN


def test_an_ended_overlap_in_settings_ends_those_of_devices(new_device):
	device = new_device(auth_token="d" * 32)
	device.auth_token = "e" * 32
	device.save()
	assert find_device(device.name).accepts_token("d" * 32)
	settings = frappe.get_doc(SETTINGS)
	before = settings.token_overlap
	settings.update({"token_overlap": 0}).save()
	try:
		assert not find_device(device.name).accepts_token("d" * 32)
	finally:
		settings.reload().update({"token_overlap": before}).save()
		frappe.db.commit()


def test_a_known_device_and_an_unknown_one_cost_the_same_queries(callback, new_device, monkeypatch):
	counted = []
	execute = Database.execute

	def counting(self, statement, *arguments, **options):
		counted.append(str(statement))
		return execute(self, statement, *arguments, **options)

	def cost(tag):
		body = real_time("1", SerialNumber=tag, AuthToken="w" * 32)
		callback(body, f"?stgid={tag}")  # writes the day's entry in the Error Log
		counted.clear()
		assert callback(body, f"?stgid={tag}").get_data() == INVALID_TOKEN
		return [statement.split("WHERE")[0] for statement in counted if statement.startswith("SELECT")]

	monkeypatch.setattr(Database, "execute", counting)
	assert cost(new_device().name) == cost("NOSUCHDEVICE")
	assert len(cost("NOSUCHDEVICE")) == 1  # Settings with the tokens of the account, and the device


def test_a_device_with_a_token_of_its_own_is_believed_where_settings_have_no_service_tag_row(
	callback, new_device, new_user_id
):
	"""As on a site whose Settings were last saved before they had that field."""
	device = frappe.get_doc("CAMS Device", new_device(auth_token="f" * 32).name)
	single = frappe.qb.DocType("Singles")
	of_tag = (single.doctype == SETTINGS) & (single["field"] == "service_tag_id")
	before = frappe.db.get_single_value(SETTINGS, "service_tag_id")
	frappe.qb.from_(single).delete().where(of_tag).run()
	frappe.db.commit()
	try:
		body = real_time(new_user_id(), SerialNumber=device.name, AuthToken="f" * 32)
		assert callback(body, f"?stgid={device.name}").get_data() == DONE
	finally:
		frappe.db.set_single_value(SETTINGS, "service_tag_id", before)
		frappe.db.commit()

"""Whatever devices and the gateway say, what is stored fits its column, is no markup, and is nobody else's ID."""

import html
import json
import unicodedata

import frappe
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from navari_cams_biometric.cams_biometric.base import stored_values
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.stored_values import (
	REPLACEMENT,
	from_outside,
	lines_from_outside,
	words_from_outside,
)
from navari_cams_biometric.cams_biometric.command_queue import command_results
from navari_cams_biometric.cams_biometric.device_users import device_user_store
from navari_cams_biometric.cams_biometric.devices import device_fields, inventory
from navari_cams_biometric.gateway.client import Command, CommandStatus, DeviceInfo
from navari_cams_biometric.gateway.errors import UnreadableReplyError
from navari_cams_biometric.patches.v0_2 import shape_stored_texts
from tests.app.inside import log_entries, outcome, punches_of, store
from tests.contract.host import DONE, real_time

IMAGE = '"><img src=x onerror=alert(1)>'
SHOWN_IMAGE = '"›‹img src=x onerror=alert(1)›'
SHAPERS = (from_outside, words_from_outside, lines_from_outside)
INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
# More often than chance would: brackets, controls, bidi marks, joiners, fillers, halves of a pair.
ANYTHING = st.text(
	st.one_of(
		st.characters(codec=None),
		st.sampled_from("<>&\"'/=a0 \t\n\x00\x1f\x85\u200b\u200d\u202e\u2066\ufeff\u2028\u3164\ufe0f\ud800"),
	),
	max_size=300,
)


@settings(max_examples=500)
@given(ANYTHING)
@example("a \u200b b")
@example("x" * 139 + " \u200b y")
@pytest.mark.parametrize("shape", SHAPERS)
def test_what_is_stored_is_no_markup_and_hides_nothing(shape, text):
	stored = shape(text)
	assert not {"<", ">"} & set(stored)
	kept = "\n" if shape is lines_from_outside else ""
	assert [each for each in stored if unicodedata.category(each) in INVISIBLE and each not in kept] == []
	assert shape(stored) == stored
	assert stored.encode().decode() == stored  # no half of a pair


@given(ANYTHING, st.integers(1, 200))
@pytest.mark.parametrize("shape", SHAPERS)
def test_what_is_stored_fits_its_column(shape, text, length):
	assert len(shape(text, length)) <= length


@given(ANYTHING)
def test_an_id_is_stored_as_sent_or_is_seen_to_differ(text):
	stored = from_outside(text)
	assert stored == text or {REPLACEMENT, "‹", "›", "…"} & set(stored)


@pytest.mark.parametrize(
	"text", ["EMP-0001", "007", "Zoë O'Brien & Söhne", "नमस्ते", "李 雷", "", "e\u0301", "🙂"]
)
def test_an_ordinary_text_stays_as_it_is(text):
	assert from_outside(text) == words_from_outside(text) == lines_from_outside(text) == text


@pytest.mark.parametrize(
	("text", "stored"),
	[
		("EMP-0001\u200b", f"EMP-0001{REPLACEMENT}"),
		("EMP\n0001", f"EMP{REPLACEMENT}0001"),
		("\u202eEMP-0001", f"{REPLACEMENT}EMP-0001"),
		("EMP-0001\u3164", f"EMP-0001{REPLACEMENT}"),
		("EMP-0001<b></b>", "EMP-0001‹b›‹/b›"),
		("x" * 141, "x" * 139 + "…"),
	],
)
def test_what_is_taken_from_an_id_leaves_a_mark(text, stored):
	assert from_outside(text) == stored


@pytest.mark.parametrize(
	("text", "stored"),
	[
		(" Main\tGate\r\n2 ", "Main Gate 2"),
		("\u202eeviL\u2066", "eviL"),
		("می\u200cروم", "میروم"),
		(IMAGE, SHOWN_IMAGE),
	],
)
def test_a_name_is_one_line_without_what_nobody_sees(text, stored):
	assert words_from_outside(text) == stored


def test_a_message_keeps_its_lines():
	assert lines_from_outside("a\tb\r\n\x1b[31m<c>") == "a   b\n[31m‹c›"


@pytest.mark.parametrize(
	"trick", ["\u200b", "\u202e", "\x00", "\x01", "<script></script>", "<!---->", "\ufe0f", "\u3164"]
)
def test_a_shaped_id_is_no_other_employees(callback, run_jobs, new_employee, trick):
	employee = new_employee()
	user_id = employee.attendance_device_id
	assert callback(real_time(f"{user_id}{trick}")).data == DONE
	assert callback(real_time(user_id)).data == DONE
	run_jobs()
	frappe.db.rollback()
	assert outcome(user_id) == ("Recorded", None)
	[held] = frappe.get_all(
		"CAMS Punch", {"user_id": from_outside(f"{user_id}{trick}")}, ["state", "reason_code", "user_id"]
	)
	assert (held.state, held.reason_code) == ("Held", "UNKNOWN_USER")
	assert held.user_id != user_id


def test_two_ids_that_look_alike_once_stored_are_two_punches(new_user_id):
	user_id = new_user_id()
	store(real_time(f"{user_id}\u200b"), real_time(f"{user_id}\u200c"), real_time(f"{user_id}\u200b"))
	assert len(punches_of(f"{user_id}{REPLACEMENT}")) == 2


def test_every_text_of_a_punch_is_shaped(new_user_id):
	user_id = new_user_id()
	texts = ("LabelName", "OperationID", "Time", "Type", "InputType", "Temperature")
	store(real_time(user_id, IMAGE, **dict.fromkeys(texts, IMAGE)))
	[punch] = punches_of(user_id)
	fields = "original_time punch_type input_type temperature device_label operation_id sent_at".split()
	assert {punch[field] for field in fields} == {SHOWN_IMAGE}


def test_every_text_of_a_person_is_shaped(callback, new_device, new_user_id):
	device, user_id = new_device(auth_token="t" * 32), new_user_id()
	told = {"UserID": f"{user_id}{IMAGE}", "FirstName": IMAGE, "LastName": IMAGE, "UserType": IMAGE}
	template = [{"Type": "<b>", "Index": "\u202e0"}]
	assert _tell(callback, device, {**told, "Template": template, "OperationTime": IMAGE}).data == DONE
	frappe.db.rollback()
	[row] = frappe.get_all("CAMS Device User", {"service_tag": device.name}, ["*"])
	assert row.user_id == f"{user_id}{SHOWN_IMAGE}"
	assert {row.first_name, row.last_name, row.user_type, row.operation_time} == {SHOWN_IMAGE}
	assert json.loads(row.credentials) == [["‹b›", f"{REPLACEMENT}0"]]


@pytest.mark.parametrize(
	"templates",
	[
		[{"Type": f"Kind {number}", "Index": str(number)} for number in range(3000)],
		[{"Type": "Fingerprint", "Index": "\U0001f642" * 70_000}],
		[{"Type": "<b>" * 70_000, "Index": "1"}],
	],
	ids=["many types", "a long index", "a long type"],
)
def test_credentials_fit_their_column_and_those_known_come_first(callback, new_device, templates):
	device = new_device(auth_token="t" * 32)
	told = {"UserID": "X1", "Template": [*templates, {"Type": "Fingerprint", "Index": "1"}]}
	assert _tell(callback, device, told).data == DONE
	frappe.db.rollback()
	[row] = frappe.get_all("CAMS Device User", {"service_tag": device.name}, ["*"])
	assert ["Fingerprint", "1"] in json.loads(row.credentials)
	assert row.fingerprints >= 1
	assert len(row.credentials.encode()) < 65_536


def test_a_device_that_registers_itself_has_a_label_that_fits(callback, new_user_id):
	tag = f"TAG{new_user_id()}"
	body = real_time("X1", SerialNumber=tag, LabelName="<b>" * 46 + "\u202e")
	assert callback(body).data == DONE
	frappe.db.rollback()
	assert frappe.db.get_value("CAMS Device", tag, "label") == "‹b›" * 46


def _tell(callback, device, told):
	envelope = real_time("", SerialNumber=device.name, AuthToken="t" * 32)["RealTime"]
	del envelope["PunchLog"]
	return callback({"RealTime": {**envelope, "UserUpdated": told}})


def test_what_the_gateway_lists_of_devices_is_shaped(new_device):
	device = new_device()
	inventory._update_label(device.name, IMAGE)
	assert frappe.db.get_value("CAMS Device", device.name, "label") == SHOWN_IMAGE
	information = DeviceInfo(
		service_tag=device.name, model=IMAGE, firmware="1\u202e2", counters={"<b>": 1}, capacity={"<b>": 2}
	)
	fields = device_fields.information_fields(information)
	assert (fields["model"], fields["firmware"]) == (SHOWN_IMAGE, "12")
	assert fields["counters"] == "‹b›: 1 of 2"


@pytest.fixture
def command(new_device):
	values = {"operation": "OpenDoor", "service_tag": new_device().name, "state": "Sent"}
	return frappe.new_doc("CAMS Command", **values).insert().reload()


def test_the_gateways_answer_to_a_command_is_shaped(command):
	answer = Command("OpenDoor", IMAGE, CommandStatus.FAILED, words=f"{IMAGE}\u202e")
	command_results.record_answer(command, answer)
	stored = frappe.db.get_value("CAMS Command", command.name, ["operation_id", "outcome"])
	assert stored == (SHOWN_IMAGE, SHOWN_IMAGE)


def test_the_gateways_refusal_of_a_command_is_shaped(command):
	command_results.record_refusal(command, UnreadableReplyError("OpenDoor", 200, IMAGE * 3000))
	stored = frappe.db.get_value("CAMS Command", command.name, "outcome")
	assert SHOWN_IMAGE in stored
	assert not {"<", ">"} & set(stored)
	assert len(stored.encode()) < 65_536


def test_an_error_log_entry_is_shaped(new_user_id):
	mark = new_user_id()
	log_once_a_day(f"{mark} {IMAGE}\n\u202e", f"{IMAGE}\n\x1bline", identity=(mark,))
	[entry] = log_entries(method=["like", f"{mark}%"])
	assert entry.method == f"{mark} {SHOWN_IMAGE}"
	assert entry.error == f"{SHOWN_IMAGE}\nline"


def test_names_are_counted_by_what_is_stored():
	fields = device_user_store.credential_counts(
		{("Fingerprint", "1"), ("Fingerprint", "1\u200b"), ("Card", "")}
	)
	assert (fields["fingerprints"], fields["cards"]) == (2, 1)


def test_what_was_stored_before_is_shaped_by_the_patch(new_user_id, new_device):
	user_id, device = new_user_id(), new_device().name
	store(real_time(user_id))
	[punch] = punches_of(user_id)
	before = {"punch_type": IMAGE, "reason": f"{IMAGE}\u202e"}
	stored_values.set_values("CAMS Punch", punch.name, before)
	stored_values.set_values("CAMS Device", device, {"label": IMAGE})
	frappe.db.commit()
	shape_stored_texts.execute()
	shape_stored_texts.execute()
	[after] = punches_of(user_id)
	assert (after.punch_type, after.reason) == (SHOWN_IMAGE, SHOWN_IMAGE)
	assert {**after, **before} == {**punch, **before}  # nothing else was changed
	assert frappe.db.get_value("CAMS Device", device, "label") == SHOWN_IMAGE


def test_what_another_app_says_of_a_check_in_is_shaped(new_employee, run_jobs, foreign_hook):
	def refuse(document, method=None):
		raise frappe.ValidationError(f"<b>No</b> {IMAGE[:-1]}\u202e")

	foreign_hook("validate", refuse)
	user_id = new_employee().attendance_device_id
	store(real_time(user_id))
	run_jobs()
	[punch] = punches_of(user_id)
	assert punch.reason_code == "UNEXPECTED_ERROR"
	assert not {"<", ">", "\u202e"} & set(punch.reason)


@pytest.mark.parametrize("entity", ["&lt;", "&#60;", "&#x3c;", "&amp;lt;", "&quot;"])
def test_an_entity_is_no_other_character_anywhere(entity):
	for shaped in (
		from_outside(f"a{entity}b"),
		words_from_outside(f"a{entity}b"),
		lines_from_outside(f"a{entity}b"),
	):
		assert html.unescape(shaped) == shaped != "a<b"
	assert from_outside("A & B; C&D") == "A & B; C&D"

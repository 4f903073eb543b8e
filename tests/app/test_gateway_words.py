"""What the gateway says, on its way to a person; and where the app sends its token."""

import frappe
import pytest

from navari_cams_biometric.cams_biometric.base.gateway_questions import gateway_client
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.doctor import gateway_checks
from navari_cams_biometric.cams_biometric.doctor.site_facts import SiteFacts
from navari_cams_biometric.cams_biometric.history import loads
from simulator.faults import Faults, json_answer

SETTINGS = "CAMS Biometric Settings"
MARKUP = '<img src=x onerror="alert(1)">\u202e\x00&'


@pytest.fixture
def says(gateway, monkeypatch):
	"""Have the gateway answer everything with these values."""

	def say(code: int = 200, **values: object) -> None:
		monkeypatch.setattr(Faults, "answer", lambda self, fault, request: json_answer(values, code))
		gateway.fail_next("html", times=99)

	return say


def is_harmless(words: str) -> bool:
	return not set(words) & set('<>"\u202e\x00') and len(words) < 1000


def test_a_message_of_the_gateway_holds_no_markup(says, tags):
	says(400, Message=MARKUP * 100)

	with pytest.raises(frappe.ValidationError, match="img") as refusal, gateway_client() as client:
		client.get_device_info(tags[0])

	assert is_harmless(str(refusal.value))


@pytest.mark.parametrize("code", [200, 400])
def test_the_response_of_a_command_holds_no_markup(says, tags, run_jobs, code):
	says(code, Message=MARKUP * 100, State="Failed", OperationID=MARKUP)
	name = queue.add_command("SyncDeviceTime", tags[0])
	run_jobs()

	stored = frappe.get_doc("CAMS Command", name)
	assert "img" in stored.outcome
	assert not set(stored.outcome) & set("<>\u202e\x00")
	assert (stored.operation_id or "").isprintable()


@pytest.mark.parametrize("code", [401, 404, 400, 500])
def test_a_refusal_names_no_operation_of_the_gateway(says, tags, run_jobs, code):
	says(code, Message="No")
	with pytest.raises(frappe.ValidationError) as refusal, gateway_client() as client:
		client.get_device_info(tags[0])
	assert str(refusal.value).startswith(f"The request was refused with {code}: ")
	name = queue.add_command("EnrollCard", tags[0], user_id="1", secret="7")
	run_jobs()
	assert "EnrollCard" not in frappe.db.get_value("CAMS Command", name, "outcome")


def test_what_the_gateway_lacks_is_said_without_its_name(gateway):
	frappe.get_doc(SETTINGS).update({"gateway_api": "Web API 3.0"}).save()
	with (
		pytest.raises(frappe.ValidationError, match=r"^This is not supported by"),
		gateway_client() as client,
	):
		client.migration_status()


def test_what_a_device_says_of_itself_is_short_and_visible(says, tags):
	counters = {MARKUP: 5, **{f"{number}{MARKUP}": 1 for number in range(1000)}}
	says(DeviceInformation={"Model": MARKUP * 100, "Firmware": MARKUP, "Counters": counters})
	frappe.get_doc("CAMS Device", tags[0]).read_information()

	stored = frappe.get_doc("CAMS Device", tags[0])
	assert "img" in stored.model
	for value in (stored.model, stored.firmware, stored.counters):
		assert value.replace("\n", "").isprintable()
	assert len(stored.counters) < 10_000


@pytest.mark.parametrize(
	"url", ["http://api.camsunit.com/v3/", "http://127.0.0.1.example.com/", "ftp://localhost/"]
)
def test_a_base_url_that_would_send_the_token_in_plain_text_is_refused(gateway, url):
	settings = frappe.get_doc(SETTINGS)
	settings.base_url = url

	with pytest.raises(frappe.ValidationError, match="https://"):
		settings.save()
	with pytest.raises(frappe.ValidationError, match="https://"):  # as an earlier version has stored it
		settings.client()


def test_the_doctor_says_that_the_base_url_must_not_be_used(gateway):
	"""As an earlier version stored it."""
	frappe.db.set_single_value(SETTINGS, "base_url", "http://api.camsunit.com/v3/")
	try:
		[finding] = gateway_checks.gateway(SiteFacts())
	finally:
		frappe.db.rollback()
		frappe.clear_document_cache(SETTINGS, SETTINGS)

	assert (finding.state, finding.doctype) == (gateway_checks.ERROR, SETTINGS)
	assert "https://" in finding.sentence


def test_a_load_whose_offset_never_ends_ends_over_many_slices(gateway, tags, monkeypatch):
	monkeypatch.setattr(loads, "SLICE_SECONDS", 0)
	monkeypatch.setattr(loads, "MOST_PAGES", 5)
	asked = []

	def answer(self, fault, request):
		asked.append(request.args.get("OffSet"))
		log = [{"UserID": "1", "LogTime": "2024-09-17 08:00:00 GMT +0300"}]
		return json_answer({"Status": "done", "PunchLog": {"OffSet": f"page {len(asked)}", "Log": log}})

	monkeypatch.setattr(Faults, "answer", answer)
	gateway.fail_next("html", times=99)
	load = loads.start("2024-09-17", "2024-09-17", tags[0])
	for _slice in range(20):
		loads.run(load)

	[row] = frappe.get_doc("CAMS History Load", load).devices
	assert (row.state, len(asked)) == ("Failed", 6)
	assert "no end" in row.message

"""The doctor's look at the callback from outside: only the app's own answer to an empty body is well."""

import json
import threading

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from navari_cams_biometric.cams_biometric import doctor
from navari_cams_biometric.cams_biometric.doctor import gateway_checks
from navari_cams_biometric.cams_biometric.doctor.finding import ERROR, OK, WARNING, Finding
from navari_cams_biometric.cams_biometric.doctor.site_facts import SiteFacts

EMPTY = json.dumps({"status": "error", "message": "Empty request body"})


@pytest.fixture
def site_that_answers(monkeypatch):
	"""Let the site's public address lead to a server with this answer."""
	servers = []

	def answer(body, status=200):
		application = Request.application(lambda _request: Response(body, status))
		server = make_server("127.0.0.1", 0, application, threaded=True)
		thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
		thread.start()
		servers.append((server, thread))
		monkeypatch.setattr(
			gateway_checks, "get_url", lambda path="": f"http://127.0.0.1:{server.server_port}{path}"
		)

	yield answer
	for server, thread in servers:
		server.shutdown()
		thread.join()
		server.server_close()


def test_the_apps_own_answer_is_well_but_for_the_missing_encryption(site_that_answers):
	site_that_answers(EMPTY)
	[finding] = gateway_checks.callback(SiteFacts())
	assert finding.state == WARNING
	assert "not encrypted" in finding.sentence


@pytest.mark.parametrize(
	("body", "status"),
	[(EMPTY, 502), ("<html>", 200), ('{"message": "Not Found"}', 404), ('{"status": "done"}', 200)],
)
def test_any_other_answer_is_an_error(site_that_answers, body, status):
	site_that_answers(body, status)
	[finding] = gateway_checks.callback(SiteFacts())
	assert (finding.state, str(status) in finding.sentence) == (ERROR, True)
	assert "host_name" in finding.remedy


def test_an_address_that_leads_nowhere_is_an_error(monkeypatch):
	monkeypatch.setattr(gateway_checks, "get_url", lambda path="": f"http://127.0.0.1:1{path}")
	[finding] = gateway_checks.callback(SiteFacts())
	assert "cannot be reached" in finding.sentence


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(monkeypatch):
	def broken(facts):
		raise RuntimeError("unexpected")

	well = Finding("Something", OK, "It is well.")
	monkeypatch.setattr(doctor, "CHECKS", (broken, lambda facts: iter([well])))
	found = doctor.examine()
	assert [finding.state for finding in found] == [ERROR, OK]
	assert "Error Log" in found[0].remedy


@pytest.mark.parametrize(
	("states", "worst"), [([], OK), ([OK, OK], OK), ([OK, WARNING], WARNING), ([WARNING, ERROR, OK], ERROR)]
)
def test_the_worst_finding_counts(states, worst):
	assert doctor.worst([Finding("Check", state, "") for state in states]) == worst

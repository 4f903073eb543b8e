"""The callback when something behind it fails: what is answered, what is stored, what the Error Log shows."""

import codecs
import contextvars
import json
import uuid
from contextlib import suppress

import frappe
import pytest
from frappe.database import Database
from redis.exceptions import ConnectionError as RedisConnectionError
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from navari_cams_biometric.cams_biometric.base import jobs, stored_values
from navari_cams_biometric.cams_biometric.controllers.cams_call import answer_for_frappe
from navari_cams_biometric.cams_biometric.punches import inbox
from tests.app.inside import checkins_of, log_entries, outcome, punch_at, punch_of, punches_of
from tests.contract.host import CALLBACK, DONE, NOT_STORED, TOKEN

URL_SECRET = "secret-of-the-callback-url"


@pytest.fixture
def fault():
	"""An error of the database that no other test raises: the Error Log takes each kind once a day."""
	return frappe.db.OperationalError(2006, f"Server has gone away {uuid.uuid4().hex}")


@pytest.fixture
def punches_cannot_be_stored(monkeypatch, fault):
	insert_rows = stored_values.insert_rows

	def fail(doctype, rows):
		if doctype == "CAMS Punch":
			raise fault
		return insert_rows(doctype, rows)

	monkeypatch.setattr(stored_values, "insert_rows", fail)


@pytest.fixture
def failing_commits(monkeypatch, fault):
	"""Let the next commits fail, one for each item in the returned list, or all while it holds None."""
	commit = Database.commit
	failures = []

	def fail(self):
		if failures:
			if failures[0] is not None:
				failures.pop()
			raise fault
		return commit(self)

	monkeypatch.setattr(Database, "commit", fail)
	yield failures
	failures.clear()


def assert_answer(response, body):
	assert (response.status_code, response.get_data()) == (200, body)
	assert response.mimetype == "application/json"


def everything_logged():
	"""All of the Error Log and all that is on its way there."""
	rows = [str(dict(entry)) for entry in log_entries()]
	return "\n".join(
		rows + [str(entry) for entry in frappe.cache.lrange("insert_queue_for_Error Log", 0, -1)]
	)


cannot_store = pytest.mark.usefixtures("punches_cannot_be_stored")


def at_once(callback, body, query=""):
	return callback(body, query)


def for_frappe(callback, body, query=""):
	"""Frappe refuses a byte order mark before any hook of an app runs."""
	return callback(codecs.BOM_UTF8 + json.dumps(body).encode(), query, Content_Type="application/json")


whoever_answers = pytest.mark.parametrize("send", [at_once, for_frappe])


@cannot_store
@whoever_answers
def test_the_gateway_is_told_that_a_punch_could_not_be_stored(callback, new_user_id, send):
	user_id = new_user_id()
	assert_answer(send(callback, punch_at(user_id)), NOT_STORED)
	assert punches_of(user_id) == []


@cannot_store
def test_a_device_does_not_register_itself_with_a_punch_that_could_not_be_stored(callback, new_user_id):
	service_tag = f"NEW{new_user_id().upper()}"
	assert_answer(callback(punch_at(new_user_id(), SerialNumber=service_tag)), NOT_STORED)
	assert not frappe.db.exists("CAMS Device", service_tag)


@cannot_store
@whoever_answers
def test_the_error_log_has_the_traceback_and_neither_token_nor_body(callback, new_user_id, fault, send):
	user_id = new_user_id()
	body = punch_at(user_id, OperationID=f"operation-{user_id}")
	send(callback, body, f"?secret={URL_SECRET}")
	[entry] = log_entries(error=["like", f"%{fault.args[1]}%"])
	assert entry.method == "CAMS callback could not be stored"
	assert "Traceback (most recent call last)" in entry.error
	for part in (TOKEN, user_id, f"operation-{user_id}", "AuthToken", URL_SECRET):
		assert part not in f"{entry.method} {entry.error}"


@cannot_store
def test_the_same_fault_is_one_entry_a_day(callback, new_user_id, fault):
	for _ in range(3):
		callback(punch_at(new_user_id()))
	assert len(log_entries(error=["like", f"%{fault.args[1]}%"])) == 1


def test_what_frappe_notes_about_a_body_it_cannot_read_does_not_reach_the_error_log(callback):
	"""Its traceback shows the body and the URL, and with them token and secret."""
	callback(b'{"AuthToken": "' + TOKEN.encode(), f"?secret={URL_SECRET}", Content_Type="application/json")
	logged = everything_logged()
	assert "JSONDecodeError" not in logged
	assert TOKEN not in logged
	assert URL_SECRET not in logged


def test_when_the_error_log_fails_too_the_gateway_is_told_and_a_file_has_the_traceback(
	monkeypatch, callback, new_user_id, fault, caplog
):
	def fail(*_arguments, **_keywords):
		raise fault

	monkeypatch.setattr(stored_values, "insert_rows", fail)
	user_id = new_user_id()
	assert_answer(callback(punch_at(user_id)), NOT_STORED)
	assert fault.args[1] in caplog.text
	assert TOKEN not in caplog.text
	assert user_id not in caplog.text


def test_what_could_not_be_stored_is_stored_when_the_gateway_sends_it_again(
	monkeypatch, callback, new_user_id, fault
):
	def fail(*_arguments, **_keywords):
		raise fault

	user_id = new_user_id()
	with monkeypatch.context() as broken:
		broken.setattr(stored_values, "insert_rows", fail)
		assert_answer(callback(punch_at(user_id)), NOT_STORED)
	assert_answer(callback(punch_at(user_id)), DONE)
	assert punch_of(user_id).state == "Queued"


@whoever_answers
def test_a_commit_that_fails_after_our_answer_makes_it_an_error(callback, new_user_id, failing_commits, send):
	user_id = new_user_id()
	failing_commits.append(None)
	assert_answer(send(callback, punch_at(user_id)), NOT_STORED)
	failing_commits.clear()
	assert punches_of(user_id) == []


def test_a_commit_that_fails_once_is_told_in_the_error_log_without_token_or_body(
	callback, new_user_id, failing_commits, fault
):
	user_id = new_user_id()
	failing_commits.append(fault)
	assert_answer(for_frappe(callback, punch_at(user_id)), NOT_STORED)
	[entry] = log_entries(error=["like", f"%{fault.args[1]}%"])
	for part in (TOKEN, user_id):
		assert part not in f"{entry.method} {entry.error}"


def test_a_commit_of_frappes_own_that_fails_is_never_answered_done(
	monkeypatch, site, callback, new_user_id, failing_commits, fault
):
	"""Where it watches its requests, it commits after the endpoint and outside its own error handling: the web server
	answers 500."""
	monkeypatch.setitem(site.inner.conf, "enable_frappe_logger", 1)
	user_id = new_user_id()
	failing_commits.append(None)
	answers = []
	with suppress(type(fault)):
		answers.append(callback(punch_at(user_id)).get_data())
	failing_commits.clear()
	assert DONE not in answers
	assert punches_of(user_id) == []


def queue_is_down(*_arguments, **_keywords):
	raise RedisConnectionError("Error 111 connecting to 127.0.0.1:11000. Connection refused.")


def queue_is_too_long(*_arguments, **_keywords):
	frappe.throw("Too many queued background jobs (500). Please retry after some time.")


@pytest.mark.parametrize("enqueue", [queue_is_down, queue_is_too_long])
def test_without_a_job_queue_it_is_done_and_the_sweep_does_the_work(
	monkeypatch, site, callback, new_employee, enqueue
):
	employee = new_employee()
	user_id = employee.attendance_device_id
	contextvars.Context().run(site.run_jobs)
	with monkeypatch.context() as broken:
		broken.setattr(frappe, "enqueue", enqueue)
		assert_answer(callback(punch_at(user_id)), DONE)
	assert contextvars.Context().run(site.run_jobs) == []
	assert outcome(user_id) == ("Queued", None)
	assert contextvars.Context().run(site.sweep) == []
	assert outcome(user_id) == ("Recorded", None)
	assert len(checkins_of(employee.name)) == 1


def test_when_the_queue_errs_once_it_is_asked_again(monkeypatch, site, callback, new_employee):
	"""RQ 2 raises ValueError where two requests remove the same finished job."""
	employee = new_employee()
	errors = [ValueError("Execution not found in Redis")]
	enqueue = frappe.enqueue

	def err_once(*arguments, **options):
		if errors:
			raise errors.pop()
		return enqueue(*arguments, **options)

	monkeypatch.setattr(frappe, "enqueue", err_once)
	assert_answer(callback(punch_at(employee.attendance_device_id)), DONE)
	contextvars.Context().run(site.run_jobs)
	assert outcome(employee.attendance_device_id) == ("Recorded", None)


def test_a_queue_that_errs_each_time_is_done_all_the_same(monkeypatch, site, callback, new_employee):
	employee = new_employee()

	def fail(*arguments, **options):
		raise RuntimeError("nobody thought of this")

	with monkeypatch.context() as broken:
		broken.setattr(frappe, "enqueue", fail)
		assert_answer(callback(punch_at(employee.attendance_device_id)), DONE)
	assert contextvars.Context().run(site.sweep) == []
	assert outcome(employee.attendance_device_id) == ("Recorded", None)


def test_many_callbacks_ask_for_one_job(site, callback, new_user_id):
	contextvars.Context().run(site.run_jobs)
	for _ in range(3):
		callback(punch_at(new_user_id()))
	assert len(contextvars.Context().run(site.run_jobs)) == 1


@pytest.mark.parametrize(
	("first", "again", "requested"),
	[
		("queued", None, []),
		("started", "queued", []),
		("started", None, [1]),
		("started", "finished", [1]),
		("finished", "started", [0]),
		(None, None, [0]),
	],
)
def test_a_drain_is_asked_for_unless_one_waits(monkeypatch, callback, new_user_id, first, again, requested):
	statuses = dict(zip(inbox.DRAIN_JOBS, (first, again), strict=True))
	turns = []
	monkeypatch.setattr(jobs, "status_of", statuses.get)
	monkeypatch.setattr(inbox, "request_drain", turns.append)
	assert_answer(callback(punch_at(new_user_id())), DONE)
	assert turns == requested


def unavailable(path=CALLBACK, method="POST", body=None):
	"""Frappe's own answer to a request, and the request."""
	builder = EnvironBuilder(path, method=method, json=body)
	return Response("<h1>Updating</h1>", 503, mimetype="text/html"), Request(builder.get_environ())


def assert_left_alone(response):
	assert (response.status_code, response.get_data()) == (503, b"<h1>Updating</h1>")
	assert response.mimetype == "text/html"


def test_an_answer_of_frappes_own_is_replaced_by_ours(new_user_id):
	user_id = new_user_id()
	response, request = unavailable(body=punch_at(user_id))
	answer_for_frappe(response, request)
	assert_answer(response, DONE)
	assert punch_of(user_id).state == "Queued"


def test_in_maintenance_frappes_503_is_left_alone_and_nothing_is_stored(monkeypatch, new_user_id):
	user_id = new_user_id()
	monkeypatch.setitem(frappe.local.conf, "maintenance_mode", 1)
	response, request = unavailable(body=punch_at(user_id))
	answer_for_frappe(response, request)
	assert_left_alone(response)
	assert punches_of(user_id) == []


@pytest.mark.parametrize(
	"path", ["/api/method/ping", "/", f"/app{CALLBACK}", CALLBACK.replace("cams_call", "punches")]
)
def test_an_answer_to_another_path_is_left_alone(new_user_id, path):
	user_id = new_user_id()
	response, request = unavailable(path, body=punch_at(user_id))
	answer_for_frappe(response, request)
	assert_left_alone(response)
	assert punches_of(user_id) == []


def test_a_preflight_is_left_alone(new_user_id):
	response, request = unavailable(method="OPTIONS", body=punch_at(new_user_id()))
	answer_for_frappe(response, request)
	assert_left_alone(response)


def test_where_frappe_has_no_answer_there_is_nothing_to_replace(new_user_id):
	user_id = new_user_id()
	answer_for_frappe(None, unavailable(body=punch_at(user_id))[1])
	assert punches_of(user_id) == []

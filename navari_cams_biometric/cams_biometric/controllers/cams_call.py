"""The callback URL: the CAMS gateway posts every punch to it, and gets its answer here.

The answer is always HTTP 200 with one of a few short JSON bodies. `done` means stored; after any other answer the
gateway keeps the event and sends it again. punches.checkins processes what was stored.

Two hooks answer at this path: `answer_at_once` before Frappe looks for a method to call, and `answer_for_frappe` where
Frappe refused the request before any app saw it. Frappe calls the method itself only where it watches its requests.

ref: PROTOCOL section 1; docs/decisions/0002-answer-always.md, 0037-a-callback-is-answered-at-once.md
"""

import json

import frappe
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.callbacks import expected_history, kept_connections, reception
from navari_cams_biometric.cams_biometric.callbacks.authentication import Door, NotAuthenticError
from navari_cams_biometric.cams_biometric.callbacks.endpoint import (
	CALLBACK_METHOD,
	CALLBACK_PATHS,
	FORMER_API_TITLE,
)
from navari_cams_biometric.gateway.body import open_body
from navari_cams_biometric.gateway.callback import parse_address, read_callback, read_envelope
from navari_cams_biometric.gateway.errors import CallbackError

LARGEST_BODY = 8 * 1024 * 1024  # bytes; a day of 1,000 people in one batch is about 1 MiB
REFUSED = (
	"The gateway keeps what was refused and sends it again. If your own devices are behind this, compare"
	" Auth Token, Service Tag ID, encryption and the callback URL in CAMS Biometric Settings with the"
	" CAMS portal."
)
FORMER_API_FIELD = b"request_data"
FORMER_API = (
	"This device is set to Web API 2.0 (or 1.0) in the CAMS portal, which sends no AuthToken: set it to 3.0. The"
	" gateway keeps what was refused and sends it again."
)


class Answer(Response):
	"""An answer of this module. Its class distinguishes it from an answer of Frappe."""

	def __init__(self, status: str, message: str | None = None, database_failed: bool = False):
		body = {"status": status, "message": message} if message else {"status": status}
		super().__init__(json.dumps(body), mimetype="application/json")
		self.database_failed = database_failed


class Answered(HTTPException):
	"""Ends a request with its answer: Frappe gives what werkzeug's exception brings."""

	def __init__(self, answer: Answer):
		super().__init__(response=answer)


@frappe.whitelist(allow_guest=True, methods=["POST"])
def attendance() -> Answer:
	"""Take one callback: its body is the raw JSON (or encrypted) bytes, its query may hold `stgid` and `secret`."""
	return _answer(frappe.request)


def answer_at_once() -> None:
	"""Before Frappe calls a method: answer a request to the callback URL. Its parsed body may name another in `cmd`.

	Raises Answered.
	"""
	if not _is_callback(frappe.request) or frappe.request.method == "OPTIONS":
		return
	frappe.local.form_dict = frappe._dict()
	if _is_watched():
		return
	kept_connections.take()
	answer = _answer_and_commit(frappe.request)
	if answer.database_failed:
		kept_connections.drop()
	else:
		kept_connections.keep()
	raise Answered(answer)


def answer_for_frappe(response: Response | None, request: Request) -> None:
	"""After a request to the callback URL: if Frappe answered, answer as the endpoint would have.

	Frappe's transaction is over by now, so this one commits what it stores.
	"""
	if response is None or isinstance(response, Answer) or not _is_callback(request):
		return
	if request.method == "OPTIONS" or frappe.local.conf.maintenance_mode:
		return  # a preflight; or a migration, during which the gateway had better keep its events
	_forget_error_snapshot()
	answer = _answer_and_commit(request)
	response.set_data(answer.get_data())
	response.status_code = answer.status_code
	response.mimetype = answer.mimetype


def _answer_and_commit(request: Request) -> Answer:
	answer = _answer(request)
	try:
		frappe.db.commit()
	except Exception:
		return _not_stored()
	return answer


def _is_watched() -> bool:
	"""Whether Frappe 15 notes each request's answer: of one that ends early it would note an error."""
	return hasattr(frappe.local, "monitor") or bool(frappe.conf.enable_frappe_logger)


def _is_callback(request: Request) -> bool:
	return request.path.rstrip("/") in CALLBACK_PATHS


def _answer(request: Request) -> Answer:
	try:
		body = request.get_data()
	except RequestEntityTooLarge:  # the site's own limit
		return Answer("error", "Request body too large")
	if body and request.method != "POST":
		return Answer("error", "Use POST")
	if len(body) > LARGEST_BODY:
		return Answer("error", "Request body too large")
	try:
		_receive(body, request.query_string.decode("utf-8", "replace"))
	except (CallbackError, NotAuthenticError) as refusal:
		return Answer("error", str(refusal))
	except Exception:
		return _not_stored()
	return Answer("done")


def _receive(body: bytes, query_string: str) -> None:
	door = Door(parse_address(query_string))
	addressed = door.addressed  # whose key reads the body
	try:
		text = open_body(body, addressed.security_key_in_use() if addressed else "")
		door.ensure_worth_reading(text)
		envelope = read_envelope(text)
		sender = door.authenticate(envelope)
		callback = read_callback(envelope)
		if sender.is_awaited and not expected_history.is_of_awaited_days(callback, sender.device):
			raise NotAuthenticError(sender.device)
		new = expected_history.count_new(callback, sender.device) if sender.is_awaited else 0
	except CallbackError as refusal:
		_report_refusal(str(refusal), addressed.name if addressed else "", body)
		raise
	except NotAuthenticError as refusal:
		_report_refusal(str(refusal), refusal.service_tag, body)
		raise
	if sender.is_surplus:
		reception.park(envelope, envelope.service_tag or door.address.service_tag)
		return
	reception.take(envelope, callback, sender.device)
	if sender.device:
		reception.note_secret(sender.device, door.has_secret())
	if sender.is_awaited:
		expected_history.note_received(callback, sender.device, new)


def _report_refusal(message: str, service_tag: str, body: bytes) -> None:
	"""The sender is unknown, so nothing of the callback is kept. One entry a day for each known device."""
	is_old = FORMER_API_FIELD in body[:1024].lower()
	advice = FORMER_API if is_old else REFUSED
	log_once_a_day(
		f"{FORMER_API_TITLE if is_old else 'CAMS callback refused'}: {message}",
		f"Device: {service_tag or 'none that is known here'}.\n{advice}",
		identity=("refused", message, service_tag, "former API" if is_old else ""),
	)


def _not_stored() -> Answer:
	"""The database failed: the gateway keeps the event. The traceback comes without variables."""
	trace = frappe.get_traceback()
	try:
		frappe.db.rollback()
		_forget_error_snapshot()
		log_once_a_day(
			"CAMS callback could not be stored",
			trace,
			identity=("not stored", trace.rpartition("\n  File")[2]),
		)
		frappe.db.commit()
	except Exception:
		frappe.logger("cams_biometric").error(trace)
	return Answer("error", "Could not be stored", database_failed=True)


def _forget_error_snapshot() -> None:
	"""Drop the entry that Frappe queued for its Error Log when it could not handle the request.

	It shows the body, which may hold a token, and anybody could fill the log with it. Frappe 15 does this for
	every body that it cannot parse, 16 in developer mode.
	"""
	queue = "insert_queue_for_Error Log"
	try:
		for entry in frappe.cache.lrange(queue, -10, -1):
			if CALLBACK_METHOD.encode() in entry:
				frappe.cache.lrem(frappe.cache.make_key(queue), 0, entry)
	except RedisError:
		return

"""One request from beginning to end, in the order of Frappe's own app.py.

body into form_dict -> session -> before_request hooks -> Authorization header -> `cmd` or /api -> commit (rollback
after GET) -> after_request hooks. What fails before the hooks fails here at the same place.
"""

from __future__ import annotations

import json
from typing import Any

import frappe
import frappe.api
import frappe.handler
from frappe.auth import UNSAFE_HTTP_METHODS, begin_session, validate_auth
from frappe.runtime import SITES
from frappe.utils.error import log_error_snapshot
from frappe.utils.response import build_response, report_error
from werkzeug.exceptions import HTTPException, NotFound, abort
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import ClosingIterator

LARGEST_BODY = 25 * 1024 * 1024


def application(environ: dict, start_response: Any) -> ClosingIterator:
	"""The WSGI application: the answer, then the end of everything local."""
	try:
		answer = _respond(Request(environ))
	except BaseException:
		frappe.destroy()
		raise
	answer.headers["X-Standin"] = "1"
	return ClosingIterator(answer(environ, start_response), frappe.destroy)


def _respond(request: Request) -> Any:
	response = None
	rollback = True
	try:
		_begin(request)
		validate_auth()
		response = _dispatch(request)
	except HTTPException as error:
		return error.get_response(request.environ)
	except Exception as error:
		response = _handle_exception(error)
	else:
		rollback = _end_transaction(request)
	finally:
		if rollback and request.method in UNSAFE_HTTP_METHODS and frappe.db:
			frappe.db.rollback()
		_run_after_request_hooks(request, response)
	return response


def _begin(request: Request) -> None:
	site = request.headers.get("X-Frappe-Site-Name") or next(iter(SITES))
	if site not in SITES:
		raise NotFound
	frappe.local.request = request
	frappe.init(site=site, force=True)
	frappe.local.is_ajax = request.headers.get("X-Requested-With") == "XMLHttpRequest"
	frappe.connect(set_admin_as_user=False)
	request.max_content_length = int(frappe.conf.max_file_size or LARGEST_BODY)
	_make_form_dict(request)
	if request.method != "OPTIONS":
		begin_session()
	for task in frappe.get_hooks("before_request"):
		frappe.call(task)


def _make_form_dict(request: Request) -> None:
	"""A JSON body alone, or else query and form fields. Raises ValueError where the JSON is none."""
	body = request.get_data(as_text=True)
	if body and request.is_json:
		arguments = json.loads(body)
	else:
		arguments = {**request.args, **request.form}
	if isinstance(arguments, dict):
		frappe.local.form_dict = frappe._dict(arguments)
		frappe.local.form_dict.pop("_", None)
	elif isinstance(arguments, list):
		frappe.local.form_dict["data"] = arguments
	else:
		frappe.throw("Invalid request arguments")


def _dispatch(request: Request) -> Response | None:
	if request.method == "OPTIONS":
		return Response()
	if frappe.form_dict.cmd:
		frappe.handler.handle()
		return build_response("json")
	if request.path.startswith("/api/"):
		return frappe.api.handle(request)
	abort(501, "The stand-in serves /api only; it has no Desk and no website.")


def _handle_exception(error: Exception) -> Response:
	status = getattr(error, "http_status_code", 500)
	if not frappe.session.user:
		frappe.session.user = "Guest"
	accept = frappe.get_request_header("Accept") or ""
	is_api = frappe.local.request.path.startswith("/api/") and not accept.startswith("text")
	wants_json = bool(accept) and (frappe.local.is_ajax or "application/json" in accept)
	if is_api or wants_json:
		response = report_error(status)
	else:
		response = Response(f"<h1>{type(error).__name__}</h1>", status, mimetype="text/html")
	if status >= 500:
		log_error_snapshot(error)
	return response


def _end_transaction(request: Request) -> bool:
	"""Commit what may have written, roll back the rest. Returns whether a rollback is still due."""
	if frappe.local.flags.commit or request.method in UNSAFE_HTTP_METHODS:
		frappe.db.commit()
	else:
		frappe.db.rollback()
	return False


def _run_after_request_hooks(request: Request, response: Response | None) -> None:
	if not getattr(frappe.local, "initialised", False):
		return
	try:
		for task in frappe.get_hooks("after_request"):
			frappe.call(task, response=response, request=request)
	except Exception:
		frappe.logger().error("Failed to run after request hook", exc_info=True)

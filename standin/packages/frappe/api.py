"""/api/method and /api/resource, as version 1 of Frappe's API."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import frappe
import frappe.handler
from frappe.exceptions import DoesNotExistError, PermissionError
from frappe.missing import missing
from frappe.utils.response import build_response
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule, Submount
from werkzeug.wrappers import Request, Response


def handle(request: Request) -> Response:
	if request.path.startswith("/api/v2"):
		missing("version 2 of the API")
	try:
		endpoint, arguments = URLS.bind_to_environ(request.environ).match()
	except NotFound:
		raise DoesNotExistError from None
	data = endpoint(**arguments)
	if isinstance(data, Response):
		return data
	if data is not None:
		frappe.response["data"] = data
	return build_response("json")


def call_method(method: str) -> Any:
	frappe.form_dict.cmd = method.split("/")[0]
	return frappe.handler.handle()


def list_documents(doctype: str) -> Any:
	form = frappe.form_dict
	if form.get("fields"):
		form.fields = json.loads(form.fields) if isinstance(form.fields, str) else form.fields
	form.setdefault("limit_page_length", form.limit or form.limit_page_length or 20)
	return frappe.call(_get_list, doctype, **form)


def _get_list(
	doctype: str,
	fields: Any = None,
	filters: Any = None,
	group_by: str | None = None,
	order_by: str | None = None,
	limit_start: Any = None,
	limit_page_length: Any = 20,
	parent: str | None = None,
	as_dict: Any = True,
	or_filters: Any = None,
) -> list:
	return frappe.get_list(
		doctype,
		fields=fields,
		filters=_parsed(filters),
		or_filters=_parsed(or_filters),
		group_by=group_by,
		order_by=order_by,
		limit_start=limit_start or 0,
		limit_page_length=limit_page_length,
		parent_doctype=parent,
		as_list=not frappe.utils.sbool(as_dict),
	)


def _parsed(filters: Any) -> Any:
	return json.loads(filters) if isinstance(filters, str) and filters[:1] in "[{" else filters


def create_document(doctype: str) -> Any:
	values = _body()
	values.pop("doctype", None)
	return frappe.new_doc(doctype, **values).insert()


def read_document(doctype: str, name: str) -> Any:
	if "run_method" in frappe.form_dict:
		run_method(doctype, name)
	document = frappe.get_doc(doctype, name)
	if not document.has_permission("read"):
		raise PermissionError
	document.apply_fieldlevel_read_permissions()
	return document


def update_document(doctype: str, name: str) -> Any:
	values = _body()
	document = frappe.get_doc(doctype, name, for_update=True)
	values.pop("flags", None)
	document.update(values)
	document.save()
	if document.get("parenttype"):
		frappe.get_doc(document.parenttype, document.parent).save()
	return document


def delete_document(doctype: str, name: str) -> str:
	frappe.delete_doc(doctype, name, ignore_missing=False)
	frappe.response.http_status_code = 202
	return "ok"


def run_method(doctype: str, name: str) -> NoReturn:
	missing("run_method at /api/resource")


def _body() -> dict[str, Any]:
	raw = frappe.request.get_data(as_text=True) if frappe.form_dict.data is None else frappe.form_dict.data
	try:
		return frappe.parse_json(raw)
	except ValueError:
		return frappe.form_dict


_RULES = [
	Rule("/method/<path:method>", endpoint=call_method),
	Rule("/resource/<doctype>", methods=["GET"], endpoint=list_documents),
	Rule("/resource/<doctype>", methods=["POST"], endpoint=create_document),
	Rule("/resource/<doctype>/<path:name>/", methods=["GET"], endpoint=read_document),
	Rule("/resource/<doctype>/<path:name>/", methods=["PUT"], endpoint=update_document),
	Rule("/resource/<doctype>/<path:name>/", methods=["DELETE"], endpoint=delete_document),
	Rule("/resource/<doctype>/<path:name>/", methods=["POST"], endpoint=run_method),
]
URLS = Map(
	[Submount("/api", _RULES), Submount("/api/v1", [rule.empty() for rule in _RULES])],
	strict_slashes=False,
	merge_slashes=False,
)

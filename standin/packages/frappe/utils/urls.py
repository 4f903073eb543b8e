"""Addresses of this site and of its documents."""

from __future__ import annotations

from urllib.parse import quote, urljoin

import frappe


def get_url(uri: str | None = None, full_address: bool = False) -> str:
	"""The site's address, from its configuration (`host_name`), else as the request had it."""
	request = getattr(frappe.local, "request", None)
	host = frappe.conf.host_name or (request.host_url if request else f"http://{frappe.local.site}:8000")
	if not uri and full_address and request:
		return request.url
	return urljoin(f"{host.rstrip('/')}/", uri.lstrip("/")) if uri else host.rstrip("/")


def get_url_to_form(doctype: str, name: str) -> str:
	return get_url(f"/app/{_slug(doctype)}/{quote(str(name))}")


def get_url_to_list(doctype: str) -> str:
	return get_url(f"/app/{_slug(doctype)}")


def get_url_to_report_with_filters(name: str, filters: str) -> str:
	return get_url(f"/app/query-report/{quote(name)}?{filters}")


def get_link_to_form(doctype: str, name: str, label: str | None = None) -> str:
	return f'<a href="{get_url_to_form(doctype, name)}">{label or name}</a>'


def _slug(doctype: str) -> str:
	return quote(doctype.lower().replace(" ", "-"))

"""`frappe.delete_doc`: permission, on_trash, links, the row with its children and passwords, after_delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import frappe
from frappe.exceptions import DoesNotExistError, LinkExistsError
from frappe.missing import refuse

if TYPE_CHECKING:
	from frappe.model.document import Document


def delete_doc(
	doctype: str | None = None,
	name: Any = None,
	force: bool | int = 0,
	ignore_doctypes: list[str] | None = None,
	for_reload: bool = False,
	ignore_permissions: bool = False,
	flags: dict | None = None,
	ignore_on_trash: bool = False,
	ignore_missing: bool = True,
	delete_permanently: bool = False,
	**unknown: Any,
) -> bool | None:
	"""Delete one or several documents. The stand-in keeps no Deleted Document."""
	refuse("frappe.delete_doc", {**unknown, **({"for_reload": True} if for_reload else {})})
	names = [name] if isinstance(name, str | int) else name or []
	for each in names:
		if not frappe.db.exists(doctype, each):
			if not ignore_missing:
				raise DoesNotExistError
			return False
		document = frappe.get_doc(doctype, each, for_update=True)
		document.flags.update(flags or {})
		if ignore_permissions:
			document.flags.ignore_permissions = True
		document.check_permission("delete")
		_delete(document, bool(force), ignore_on_trash, ignore_doctypes or [])
	return None


def _delete(document: Document, force: bool, ignore_on_trash: bool, ignore_doctypes: list[str]) -> None:
	doctype, name = document.doctype, document.name
	if not ignore_on_trash:
		document.run_method("on_trash")
		document.flags.in_delete = True
		document.run_method("on_change")
	if not force:
		_refuse_if_linked(document)
	frappe.db.execute('DELETE FROM "__Auth" WHERE doctype = ? AND name = ?', [doctype, name])
	if document.meta.issingle:
		frappe.db.execute('DELETE FROM "tabSingles" WHERE doctype = ?', [doctype])
	else:
		frappe.db.delete(doctype, {"name": name})
	for df in document.meta.get_table_fields():
		if df.options not in ignore_doctypes:
			frappe.db.delete(df.options, {"parent": name, "parenttype": doctype})
	document.run_method("after_delete")
	document.clear_cache()


def _refuse_if_linked(document: Document) -> None:
	"""Raise LinkExistsError if another document links to this one."""
	ignored = frappe.get_hooks("ignore_links_on_delete")
	for other in frappe.local.site_object.doctypes:
		meta = frappe.get_meta(other)
		if meta.is_virtual or other in ignored:
			continue
		for df in meta.get_link_fields():
			if df.options == document.doctype and (linked := _linked(meta, df.fieldname, document)):
				frappe.throw(
					f"Cannot delete or cancel because {document.doctype} {document.name} "
					f"is linked with {other} {linked}",
					LinkExistsError,
				)
		for df in meta.get_dynamic_link_fields():
			if linked := _linked(meta, df.fieldname, document, df.options):
				frappe.throw(
					f"Cannot delete or cancel because {document.doctype} {document.name} "
					f"is linked with {other} {linked}",
					LinkExistsError,
				)


def _linked(meta: Any, fieldname: str, document: Document, doctype_field: str | None = None) -> str | None:
	if meta.issingle:
		stored = frappe.db.get_singles_dict(meta.name)
		same_doctype = not doctype_field or stored.get(doctype_field) == document.doctype
		return meta.name if same_doctype and stored.get(fieldname) == document.name else None
	filters = {fieldname: document.name}
	if doctype_field:
		if meta.name == "Comment":
			return None
		filters[doctype_field] = document.doctype
	rows = frappe.db.get_values(meta.name, filters, "*", as_dict=True, limit=5, order_by=None)
	for row in rows:
		if meta.istable and row.parent == document.name and row.parenttype == document.doctype:
			continue
		if meta.istable and row.parenttype in frappe.get_hooks("ignore_links_on_delete"):
			continue
		if not meta.istable and row.name == document.name and meta.name == document.doctype:
			continue
		return row.parent if meta.istable else row.name
	return None

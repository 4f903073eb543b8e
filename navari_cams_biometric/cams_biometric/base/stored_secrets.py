"""Tokens and keys in Frappe's password store, which a site that was restored with another encryption key cannot read."""

from functools import lru_cache

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils.password import decrypt, get_encryption_key

from navari_cams_biometric.cams_biometric.base.device_lookup import label_and_name

SECRETS = {
	"CAMS Biometric Settings": ("auth_token", "callback_secret"),
	"CAMS Device": ("auth_token", "security_key"),
}


def read_secret(document: Document, fieldname: str) -> str:
	"""Empty where there is none, or where this site's encryption key does not open it."""
	try:
		fetched = getattr(document, "flags", {}).get("secrets")
		if fetched is not None:
			return _opened(fieldname, fetched[fieldname]) if fieldname in fetched else ""
		return document.get_password(fieldname, raise_exception=False) or ""
	except frappe.ValidationError:
		frappe.clear_last_message()
		return ""


def _opened(fieldname: str, text: str) -> str:
	"""Every callback asks for the same digests, which are remembered in this process. Tokens and keys are not."""
	return _opened_digest(text, get_encryption_key()) if fieldname.endswith("_digest") else decrypt(text)


@lru_cache(maxsize=64)
def _opened_digest(text: str, encryption_key: str) -> str:
	return decrypt(text, encryption_key)


def fetch_secrets(documents: list[Document]) -> list[Document]:
	"""Take the secrets of these documents, which are not to be saved, out of their store in one query: read_secret then
	asks no more. Returns the documents."""
	if documents:
		store = frappe.qb.Table("__Auth")
		rows = (
			frappe.qb.from_(store)
			.select(store.name, store.fieldname, store.password)
			.where((store.doctype == documents[0].doctype) & (store.encrypted == 1))
			.where(store.name.isin([document.name for document in documents]))
			.run()
		)
		for document in documents:
			document.flags.secrets = {field: text for name, field, text in rows if name == document.name}
	return documents


def unreadable(document: Document) -> str:
	"""The labels of the secrets that this document has and that cannot be read; empty if all can."""
	fields = [
		field
		for field in SECRETS[document.doctype]
		if document.get(field) and _is_in_use(document, field) and not read_secret(document, field)
	]
	return ", ".join(_(document.meta.get_label(field)) for field in fields)


def secret_sentences(settings: Document, devices: list[Document]) -> list[str]:
	"""Which secrets of Settings and of devices cannot be read, a sentence for each of the two."""
	sentences = []
	if labels := unreadable(settings):
		sentences.append(_("These secrets of CAMS Biometric Settings cannot be read: {0}.").format(labels))
	if of_devices := _unreadable_of_devices(devices):
		sentences.append(_("These secrets of devices cannot be read: {0}.").format("; ".join(of_devices)))
	return sentences


def _unreadable_of_devices(devices: list[Document]) -> list[str]:
	"""`Gate 1 (ZHM1100000001), Auth Token`, a text for each device."""
	each = ((device, unreadable(device)) for device in devices)
	return [f"{label_and_name(device)}, {labels}" for device, labels in each if labels]


def _is_in_use(document: Document, field: str) -> bool:
	return field != "security_key" or document.encryption != "Off"

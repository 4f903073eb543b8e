"""Questions that somebody in the Desk waits for: asked within the request, once, and answered or refused in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe import _

from navari_cams_biometric.gateway.client import GatewayClient
from navari_cams_biometric.gateway.errors import GatewayError

PATIENCE_SECONDS = 20.0


@contextmanager
def asking(patience: float = PATIENCE_SECONDS) -> Iterator[GatewayClient]:
	"""A client for a question, with `patience` seconds for each request.

	A refusal is thrown as a message: the gateway's words and the remedy.
	"""
	settings = frappe.get_cached_doc("CAMS Biometric Settings")
	refusal = ""
	with settings.client(attempts=1, timeout=patience) as client:
		try:
			yield client
		except GatewayError as error:
			refusal = str(error)
	if refusal:
		frappe.throw(refusal, title=_("The Gateway Says No"))

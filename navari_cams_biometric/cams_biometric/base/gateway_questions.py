"""Questions to the gateway from the Desk: sent within the request, once. A refusal becomes a message."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import frappe
from frappe import _
from frappe.utils import escape_html

from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.stored_values import lines_from_outside
from navari_cams_biometric.gateway.client import GatewayClient
from navari_cams_biometric.gateway.errors import GatewayError

PATIENCE_SECONDS = 20.0
REPORT_SECONDS = 10.0  # Frappe prepares a report in advance once it took 15: then its answer is an old one

T = TypeVar("T")


@contextmanager
def gateway_client(patience: float = math.inf) -> Iterator[GatewayClient]:
	"""A client for a question. A refusal is thrown as a message: the gateway's words and the remedy.

	`patience` is how many seconds the whole answer may take, where it comes in many pages.
	"""
	settings = read_settings()
	refusal = ""
	timeout = min(PATIENCE_SECONDS, patience)
	with settings.client(attempts=1, timeout=timeout, patience=patience) as client:
		try:
			yield client
		except GatewayError as error:
			refusal = lines_from_outside(error.sentence)
	if refusal:
		frappe.throw(escape_html(refusal), title=_("Gateway Refused the Request"))


def collect_answers(question: Callable[[GatewayClient], Iterable[T]]) -> tuple[list[T], str]:
	"""For a report: the gateway's rows, and a sentence that says why they are not all; empty if they are."""
	settings = read_settings()
	received: list[T] = []
	if reason := settings.why_paused():
		return received, reason
	with settings.client(attempts=1, timeout=REPORT_SECONDS, patience=REPORT_SECONDS) as client:
		try:
			for row in question(client):
				received.append(row)
		except GatewayError as error:
			return received, lines_from_outside(error.sentence)
	return received, ""

"""What can go wrong with an answer, on demand: the next so many requests fail in the way that was asked for."""

import json
import socket
import threading
from dataclasses import dataclass
from enum import Enum
from typing import Any

from werkzeug.wrappers import Request, Response


class FaultKind(str, Enum):
	"""RATE_LIMITED is 429, SERVER_ERROR 500; STALL waits; DROP closes the connection without an answer."""

	RATE_LIMITED = "rate_limited"
	SERVER_ERROR = "server_error"
	STALL = "stall"
	DROP = "drop"
	HTML = "html"
	UNKNOWN_FIELD = "unknown_field"
	STATUS_CODE = "status_code"


@dataclass
class Fault:
	"""A fault for the next `times` requests, or those of one `operation`.

	`retry_after` goes with RATE_LIMITED, in seconds; `status_code` with STATUS_CODE (Web API 3.0); `seconds`
	is how long a STALL lasts.
	"""

	kind: FaultKind
	times: int = 1
	operation: str = ""
	retry_after: int | None = None
	status_code: int = 999
	seconds: float = 5.0


class Faults:
	"""The faults that are still to come."""

	def __init__(self) -> None:
		self._pending: list[Fault] = []
		self._lock = threading.Lock()
		self._stopped = threading.Event()

	def add(self, fault: Fault) -> None:
		with self._lock:
			self._pending.append(fault)

	def stop(self) -> None:
		"""Let requests go that are stalled."""
		self._stopped.set()

	def take(self, operation: str) -> Fault | None:
		with self._lock:
			for fault in self._pending:
				if fault.times > 0 and fault.operation in ("", operation):
					fault.times -= 1
					return fault
		return None

	def answer(self, fault: Fault, request: Request) -> Response | None:
		"""The faulty answer; None where the true one goes on, with a field more or after a while."""
		if fault.kind is FaultKind.RATE_LIMITED:
			headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
			return json_answer({"Status": "RATE_LIMITED", "Message": "Too many requests"}, 429, headers)
		if fault.kind is FaultKind.SERVER_ERROR:
			return json_answer({"Status": "ERROR", "Message": "Internal error"}, 500)
		if fault.kind is FaultKind.HTML:
			return Response("<html><body>Welcome</body></html>", mimetype="text/html")
		if fault.kind is FaultKind.STATUS_CODE:
			return json_answer({"Status": "API_RESPONSE_UNKNOWN_ERROR", "StatusCode": fault.status_code})
		if fault.kind is FaultKind.DROP:
			_drop(request)
		if fault.kind is FaultKind.STALL:
			self._stopped.wait(fault.seconds)
		return None


def json_answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
	return Response(json.dumps(content), status, headers, mimetype="application/json")


def _drop(request: Request) -> None:
	connection = request.environ["werkzeug.socket"]
	connection.shutdown(socket.SHUT_RDWR)
	raise ConnectionResetError

"""The simulator's HTTP side: both dialects and the control API on one port of 127.0.0.1."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from . import rest, webapi
from .control import control
from .faults import FaultKind, Faults, json_answer
from .world import World

REST_PREFIX = "/v3/"
WEB_API_PATH = "/external/api3.0/biometric"
CONTROL_PREFIX = "/control/"
LARGEST_BODY = 16 * 1024 * 1024
POLL_SECONDS = 0.005


@dataclass(frozen=True)
class ReceivedRequest:
	"""A request as it came. `target` is path and query; `arguments` the parameters or the nested body."""

	operation: str
	method: str
	target: str
	content_type: str
	arguments: dict[str, Any] = field(repr=False)


class Application:
	"""The WSGI application. Keeps every request of the two dialects in `received`."""

	def __init__(self, world: World, faults: Faults):
		self.world = world
		self.faults = faults
		self.received: list[ReceivedRequest] = []

	def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
		request = Request(environ)
		request.max_content_length = LARGEST_BODY
		return self._respond(request)(environ, start_response)

	def _respond(self, request: Request) -> Response:
		if request.path.startswith(REST_PREFIX):
			return self._rest(request, request.path.removeprefix(REST_PREFIX))
		if request.path == WEB_API_PATH and request.method == "POST":
			return self._web_api(request)
		if request.path.startswith(CONTROL_PREFIX):
			return control(self.world, self.faults, request, request.path.removeprefix(CONTROL_PREFIX))
		return json_answer({"Status": "UNKNOWN_PATH", "Message": "No such path"}, 404)

	def _rest(self, request: Request, operation: str) -> Response:
		arguments = _arguments(request)
		token = request.headers.get("AuthToken") or str(arguments.pop("AuthToken", ""))
		self._keep(request, operation, dict(arguments))

		def true_answer() -> Response:
			code, reply = rest.answer(self.world, operation, request.method, token, arguments)
			return json_answer(reply, code)

		return self._answer(request, operation, true_answer)

	def _web_api(self, request: Request) -> Response:
		tag, body = request.args.get("stgid", ""), request.get_data()
		asked = webapi.readable(self.world.devices.get(tag), body)
		operation = webapi.name_of(asked)
		self._keep(request, operation, asked)

		def true_answer() -> Response:
			return Response(webapi.answer(self.world, tag, body), mimetype="application/json")

		return self._answer(request, operation, true_answer)

	def _keep(self, request: Request, operation: str, arguments: dict[str, Any]) -> None:
		self.received.append(
			ReceivedRequest(
				operation, request.method, request.full_path.rstrip("?"), request.mimetype, arguments
			)
		)

	def _answer(self, request: Request, operation: str, true_answer: Callable[[], Response]) -> Response:
		fault = self.faults.take(operation)
		faulty = self.faults.answer(fault, request) if fault else None
		response = faulty or true_answer()
		if fault and fault.kind is FaultKind.UNKNOWN_FIELD:
			response.set_data(json.dumps({"Novelty": {"Since": "4.0"}, **json.loads(response.get_data())}))
		return response


class Server:
	"""Serves the application on 127.0.0.1 in threads of its own. Port 0 takes a free one."""

	def __init__(self, application: Application, port: int):
		self._server = make_server("127.0.0.1", port, application, threaded=True, request_handler=_Handler)
		self.url = f"http://127.0.0.1:{self._server.server_port}"
		self._thread = threading.Thread(target=self._serve, name="gateway simulator", daemon=True)

	def start(self) -> None:
		self._thread.start()

	def _serve(self) -> None:
		self._server.serve_forever(poll_interval=POLL_SECONDS)

	def stop(self) -> None:
		self._server.shutdown()
		self._thread.join()
		self._server.server_close()


class _Handler(WSGIRequestHandler):
	"""Logs nothing: a request may carry a token."""

	def log(self, type: str, message: str, *args: Any) -> None:
		pass

	def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
		pass


def _arguments(request: Request) -> dict[str, Any]:
	"""The parameters of a REST call: query, form, or JSON."""
	if request.mimetype == "application/json":
		try:
			sent = json.loads(request.get_data())
		except ValueError:
			sent = None
		return sent if isinstance(sent, dict) else {}
	return {**request.args.to_dict(), **request.form.to_dict()}

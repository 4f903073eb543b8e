"""A gateway that means harm: it answers every connection with whatever bytes a test makes, at its own pace."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable

Script = Callable[[], Iterable[bytes]]


class HostileGateway:
	"""Listens on this machine. `script` makes the pieces that follow a request; the connection is closed then."""

	def __init__(self, script: Script):
		self.script = script
		self.requests = 0
		self._stopped = threading.Event()
		self._listener = socket.create_server(("127.0.0.1", 0))
		self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
		threading.Thread(target=self._serve, daemon=True).start()

	def __enter__(self) -> "HostileGateway":
		return self

	def __exit__(self, *_: object) -> None:
		self._stopped.set()
		self._listener.close()

	def pause(self, seconds: float) -> None:
		self._stopped.wait(seconds)

	def _serve(self) -> None:
		with contextlib.suppress(OSError):  # the listener was closed
			while True:
				connection, _address = self._listener.accept()
				threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

	def _answer(self, connection: socket.socket) -> None:
		with connection, contextlib.suppress(OSError):  # the client went away
			connection.recv(65536)
			self.requests += 1
			for piece in self.script():
				if self._stopped.is_set():
					return
				connection.sendall(piece)


def head(*lines: str, code: str = "200 OK") -> bytes:
	return "\r\n".join([f"HTTP/1.1 {code}", *lines, "", ""]).encode("latin-1")

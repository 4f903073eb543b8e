"""HTTP whose replies end: by a moment that is set beforehand, header lines included, and below a size.

The time-outs of requests are for a single read, so a gateway that sends a byte now and then holds a call for ever;
and requests decompresses whatever comes. Here each read gets what is left of the time, and gzip is unpacked piece by
piece. Redirects are not looked at, as requests reads their body to the end.
"""

import http.client
import io
import math
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

LARGEST_BODY = 8 * 1024**2  # bytes, unpacked: a page of the gateway has some 10,000, a photo some 100,000
PIECE = 64 * 1024  # bytes
GZIP = 31  # zlib's window bits for a gzip header
ENCODINGS = {"", "identity", "gzip", "x-gzip"}

_end: ContextVar[float] = ContextVar("end", default=math.inf)


class UnreadableBodyError(Exception):
	"""A body that is too large, or compressed in a way that was not asked for."""


def make_session() -> requests.Session:
	"""A session that accepts no cookies, follows no redirects and unpacks nothing by itself."""
	session = _Session()
	session.mount("https://", _Adapter())
	session.mount("http://", _Adapter())
	session.headers["Accept-Encoding"] = "gzip"
	session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
	return session


@contextmanager
def ending_at(moment: float) -> Iterator[None]:
	"""What is read of a reply within this block raises TimeoutError after `moment`, of time.monotonic."""
	former = _end.set(moment)
	try:
		yield
	finally:
		_end.reset(former)


def read_body(response: requests.Response) -> bytes:
	"""The body of a response that was asked for with `stream`, unpacked.

	Raises UnreadableBodyError where it is larger than LARGEST_BODY or not gzip, and what the network raises.
	"""
	encoding = response.headers.get("Content-Encoding", "").strip().lower()
	if encoding not in ENCODINGS:
		raise UnreadableBodyError("the answer is compressed in an unknown way")
	unpack = zlib.decompressobj(GZIP) if "gzip" in encoding else None
	body = bytearray()
	while piece := response.raw.read(PIECE, decode_content=False):
		body += unpack.decompress(piece, LARGEST_BODY + 1 - len(body)) if unpack else piece
		if len(body) > LARGEST_BODY:
			raise UnreadableBodyError("the answer is too large")
		if unpack and unpack.eof:
			break
	return bytes(body)


class _Session(requests.Session):
	def get_redirect_target(self, resp: requests.Response) -> None:
		return None


class _Reader(io.RawIOBase):
	"""The bytes of a connection, until a moment."""

	def __init__(self, connection: socket.socket, stream: io.RawIOBase, end: float):
		self._connection = connection
		self._stream = stream
		self._end = end

	def readable(self) -> bool:
		return True

	def readinto(self, buffer: Any) -> int | None:
		if math.isfinite(self._end):
			left = self._end - time.monotonic()
			if left <= 0:
				raise TimeoutError("the answer takes too long")
			self._connection.settimeout(left)
		return self._stream.readinto(buffer)

	def close(self) -> None:
		self._stream.close()
		super().close()


class _Response(http.client.HTTPResponse):
	def __init__(self, sock: socket.socket, *arguments: Any, **options: Any):
		super().__init__(sock, *arguments, **options)
		self.fp: Any = io.BufferedReader(_Reader(sock, self.fp.detach(), _end.get()))


class _Connection(HTTPConnection):
	response_class = _Response


class _SecureConnection(HTTPSConnection):
	response_class = _Response


class _Pool(HTTPConnectionPool):
	ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
	ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
	def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
		super().init_poolmanager(*arguments, **options)
		_use_own_pools(self.poolmanager)

	def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
		manager = super().proxy_manager_for(*arguments, **options)
		_use_own_pools(manager)
		return manager


def _use_own_pools(manager: Any) -> None:
	manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

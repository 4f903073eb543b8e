"""One request over HTTP: it ends in time, one call to a device at a time, repeated only if that is safe.

Raises only this package's errors. None is chained to an error of requests, which would contain the token.
"""

import http.client
import logging
import math
import random
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import requests
import urllib3
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from ..errors import RequestRefusedError, TimedOutError, UnavailableError, UnreadableReplyError
from ..operations import Operation
from .bounded_http import UnreadableBodyError, ending_at, make_session, read_body
from .dialect import Row

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 120.0
LONGEST_RETRY_AFTER = 86_400.0  # seconds; a gateway that wants more than a day is asked again after one

NETWORK_ERRORS = (
	OSError,  # those of requests and every time-out too
	urllib3.exceptions.HTTPError,
	http.client.HTTPException,
	zlib.error,
	ValueError,  # a header that cannot be read
)

_locks: dict[str, threading.Lock] = {}
_locks_guard = threading.Lock()


@dataclass(frozen=True)
class Request:
	"""What to send. Everything that may hold a secret is kept out of `repr`."""

	operation: Operation
	service_tags: tuple[str, ...]
	url: str
	parameters: dict[str, str] = field(default_factory=dict)
	headers: dict[str, str] = field(default_factory=dict, repr=False)
	body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Reply:
	"""What came back. `retry_after` is in seconds, None where the gateway did not say."""

	code: int
	reason: str
	retry_after: float | None
	body: bytes = field(repr=False)


class Transport:
	"""Sends requests. `timeout` is in seconds for a request and the whole of its reply; `attempts` counts the first
	one too; `patience` is in seconds for everything together, from now on.

	`sleep` waits between attempts, at most LONGEST_WAIT_SECONDS; if the gateway asks for a longer wait, the
	request is not repeated. `jitter` returns a number from 0 to 1.
	"""

	def __init__(
		self,
		timeout: float = 45.0,
		attempts: int = 4,
		sleep: Callable[[float], None] = time.sleep,
		jitter: Callable[[], float] = random.random,
		patience: float = math.inf,
	):
		self._timeout = timeout
		self._attempts = attempts
		self._sleep = sleep
		self._jitter = jitter
		self._end = time.monotonic() + patience
		self._session = make_session()

	def close(self) -> None:
		self._session.close()

	def exchange(self, request: Request, read: Callable[[Reply], Row]) -> Row:
		"""Send it and return what `read` makes of the reply, again and again while that is safe and helps."""
		repeating = Retrying(
			stop=stop_after_attempt(self._attempts if request.operation.safe_to_repeat else 1),
			wait=self._wait,
			retry=retry_if_exception(_may_pass_later),
			sleep=self._sleep,
			before_sleep=_log_refusal,
			reraise=True,
		)
		return repeating(self._attempt, request, read)

	def _attempt(self, request: Request, read: Callable[[Reply], Row]) -> Row:
		with ExitStack() as held:
			for tag in request.service_tags:
				self._hold(tag, request.operation.name, held)
			reply = self._send(request)
		return read(reply)

	def _hold(self, service_tag: str, name: str, held: ExitStack) -> None:
		"""Keep other calls of this process to this device waiting. Tags are sorted, which prevents deadlocks."""
		with _locks_guard:
			lock = _locks.setdefault(service_tag, threading.Lock())
		left = min(max(self._end - time.monotonic(), 0), threading.TIMEOUT_MAX)
		if not lock.acquire(timeout=left):
			raise TimedOutError(name, None, "another request to this device takes too long")
		held.callback(lock.release)

	def _send(self, request: Request) -> Reply:
		name = request.operation.name
		failure: RequestRefusedError
		seconds = self._seconds_left(name)
		end = time.monotonic() + seconds
		try:
			with ending_at(end):
				return self._exchange_once(request, seconds)
		except UnreadableBodyError as error:
			failure = UnreadableReplyError(name, None, str(error))
		except NETWORK_ERRORS as error:
			words = f"the connection failed ({type(error).__name__})"
			late = _is_late(error) or time.monotonic() >= end
			failure = self._lateness(name, seconds) if late else UnavailableError(name, None, words)
		raise failure  # here, where the error of requests is no longer its context

	def _exchange_once(self, request: Request, seconds: float) -> Reply:
		response = self._session.request(
			request.operation.verb if request.body is None else "POST",
			request.url,
			params=request.parameters,
			headers=request.headers,
			data=request.body,
			timeout=(min(CONNECT_SECONDS, seconds), seconds),
			allow_redirects=False,  # a redirect would take the token along
			stream=True,
		)
		with response:
			retry_after = read_retry_after(response.headers.get("Retry-After", ""))
			return Reply(response.status_code, response.reason or "", retry_after, read_body(response))

	def _seconds_left(self, name: str) -> float:
		"""For one request. Raises TimedOutError when the patience is at its end."""
		left = self._end - time.monotonic()
		if left <= 0:
			raise self._lateness(name, 0)
		return min(self._timeout, left)

	def _lateness(self, name: str, seconds: float) -> TimedOutError:
		"""Of a request that had so many seconds: those before it may have left it little of the patience."""
		if seconds < self._timeout / 2:
			words = "the whole answer takes too long"
			return TimedOutError(name, None, words, "Ask for less at a time, such as fewer days.")
		return TimedOutError(name, None, f"timed out after {seconds:.3g} seconds")

	def _wait(self, state: RetryCallState) -> float:
		"""What the gateway asks for, else 1, 2, 4 seconds ...; in both cases up to as much again at random."""
		error = _refusal(state)
		asked = error.retry_after if error and error.retry_after is not None else None
		backoff = float(FIRST_WAIT_SECONDS * 2 ** (state.attempt_number - 1))
		return min((backoff if asked is None else asked) + backoff * self._jitter(), LONGEST_WAIT_SECONDS)


def read_retry_after(told: str) -> float | None:
	"""Retry-After in seconds from now, whether sent as seconds or as a date; None without a usable one.

	At most LONGEST_RETRY_AFTER, whatever was sent.
	"""
	told = told.strip()
	if told.isdecimal():
		return min(float(told), LONGEST_RETRY_AFTER)
	try:
		moment = parsedate_to_datetime(told)
		aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
		seconds = (aware - datetime.now(timezone.utc)).total_seconds()
	except (ValueError, OverflowError, TypeError, IndexError):  # the last two are faults of email.utils
		return None
	return min(max(0.0, seconds), LONGEST_RETRY_AFTER)


def _is_late(error: BaseException) -> bool:
	return isinstance(error, requests.Timeout | TimeoutError | urllib3.exceptions.TimeoutError)


def _may_pass_later(error: BaseException) -> bool:
	if not isinstance(error, RequestRefusedError) or not error.transient:
		return False
	return (error.retry_after or 0) <= LONGEST_WAIT_SECONDS


def _refusal(state: RetryCallState) -> RequestRefusedError | None:
	error = state.outcome.exception() if state.outcome else None
	return error if isinstance(error, RequestRefusedError) else None


def _log_refusal(state: RetryCallState) -> None:
	wait = state.next_action.sleep if state.next_action else 0
	logger.info("attempt %s: %s Again in %.1f seconds.", state.attempt_number, _refusal(state), wait)

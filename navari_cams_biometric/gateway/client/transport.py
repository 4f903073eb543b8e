"""One request over HTTP: always with a time-out, one call to a device at a time, repeated only if that is safe.

Raises only this package's errors. None is chained to an error of requests, which would contain the token.
"""

import logging
import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from ..errors import RequestRefusedError, TimedOutError, UnavailableError
from ..operations import Operation
from .dialect import Row

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 120.0

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


class Transport:
	"""Sends requests. `timeout` is in seconds for each read; `attempts` counts the first one too; `patience` is
	in seconds for everything together, from now on.

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
		self._timeout = (min(CONNECT_SECONDS, timeout), timeout)
		self._attempts = attempts
		self._sleep = sleep
		self._jitter = jitter
		self._end = time.monotonic() + patience
		self._session = requests.Session()
		self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

	def close(self) -> None:
		self._session.close()

	def exchange(self, request: Request, read: Callable[[requests.Response], Row]) -> Row:
		"""Send it and return what `read` makes of the response, again and again while that is safe and helps."""
		repeating = Retrying(
			stop=stop_after_attempt(self._attempts if request.operation.safe_to_repeat else 1),
			wait=self._wait,
			retry=retry_if_exception(_may_pass_later),
			sleep=self._sleep,
			before_sleep=_log_refusal,
			reraise=True,
		)
		return repeating(self._attempt, request, read)

	def _attempt(self, request: Request, read: Callable[[requests.Response], Row]) -> Row:
		with _holding(request.service_tags):
			response = self._send(request)
		return read(response)

	def _send(self, request: Request) -> requests.Response:
		name = request.operation.name
		failure: RequestRefusedError
		timeout = self._timeout_left(name)
		try:
			return self._session.request(
				request.operation.verb if request.body is None else "POST",
				request.url,
				params=request.parameters,
				headers=request.headers,
				data=request.body,
				timeout=timeout,
				allow_redirects=False,  # a redirect would take the token along
			)
		except requests.Timeout:
			failure = self._lateness(name, timeout[1])
		except requests.RequestException as error:
			failure = UnavailableError(name, None, f"the connection failed ({type(error).__name__})")
		raise failure  # here, where the error of requests is no longer its context

	def _timeout_left(self, name: str) -> tuple[float, float]:
		"""For connecting and reading, in seconds. Raises TimedOutError when the patience is at its end."""
		left = self._end - time.monotonic()
		if left <= 0:
			raise self._lateness(name, 0)
		return min(self._timeout[0], left), min(self._timeout[1], left)

	def _lateness(self, name: str, seconds: float) -> TimedOutError:
		"""Of a request that had so many seconds: those before it may have left it little of the patience."""
		if seconds < self._timeout[1] / 2:
			words = "the whole answer takes too long"
			return TimedOutError(name, None, words, "Ask for less at a time, such as fewer days.")
		return TimedOutError(name, None, f"timed out after {seconds:.3g} seconds")

	def _wait(self, state: RetryCallState) -> float:
		"""What the gateway asks for, else 1, 2, 4 seconds ...; in both cases up to as much again at random."""
		error = _refusal(state)
		asked = error.retry_after if error and error.retry_after is not None else None
		backoff = float(FIRST_WAIT_SECONDS * 2 ** (state.attempt_number - 1))
		return min((backoff if asked is None else asked) + backoff * self._jitter(), LONGEST_WAIT_SECONDS)


def read_retry_after(response: requests.Response) -> float | None:
	"""Retry-After in seconds from now, whether sent as seconds or as a date; None without a usable one."""
	told = response.headers.get("Retry-After", "").strip()
	if told.isdecimal():
		return float(told)
	try:
		moment = parsedate_to_datetime(told)
	except ValueError:
		return None
	aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
	return max(0.0, (aware - datetime.now(timezone.utc)).total_seconds())


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


@contextmanager
def _holding(service_tags: tuple[str, ...]) -> Iterator[None]:
	"""Keep other calls of this process to these devices waiting. Tags are sorted, which prevents deadlocks."""
	with ExitStack() as held:
		for tag in service_tags:
			with _locks_guard:
				lock = _locks.setdefault(tag, threading.Lock())
			held.enter_context(lock)
		yield

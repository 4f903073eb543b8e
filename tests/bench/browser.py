"""A browser on the Desk of the site under test: Debian's Chromium, driven by Playwright.

A visit asks the site for everything and nobody else for anything. At the end of the test there must have been no
request elsewhere and no error in the console. Three things are let pass by name: the site under test has no socket.io
server, so requests below /socket.io/ are answered 404, and the browser, and on 16 Frappe too, logs each of those;
HRMS shows a map on the Employee Checkin, whose tiles are refused here; and where a Page is the first thing that is
opened, Frappe 16 may ask for the sidebar of an application that is not there yet.
"""

import functools
import re
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Route, expect, sync_playwright

from tests.bench.bench_site import PASSWORD, BenchSite
from tests.contract.host import Host

CHROMIUM = Path("/usr/bin/chromium")
SIZE = {"width": 1440, "height": 900}
NO_SIDEBAR_YET = (
	"Cannot read properties of null (reading 'sidebar')"  # frappe.app.sidebar, in its pageview.js
)
TILES = "https://tile.openstreetmap.org/"
PATIENCE = 30_000  # milliseconds: the machine may be busy
FITS = "() => document.documentElement.scrollWidth <= window.innerWidth"


@dataclass(frozen=True)
class DeskUser:
	"""`key` is for Host.api."""

	email: str
	key: str
	password: str


@dataclass
class Visit:
	"""What went wrong in a browser: requests to elsewhere, errors in the console, uncaught errors."""

	url: str
	outside: list[str] = field(default_factory=list)
	errors: list[str] = field(default_factory=list)

	def watch(self, page: Page) -> None:
		page.on("console", self._note)
		page.on("pageerror", self._note_uncaught)

	@property
	def elsewhere(self) -> re.Pattern[str]:
		return re.compile(f"^(?!{re.escape(self.url)}/)")

	def refuse(self, route: Route) -> None:
		if not self._is_tile(route.request.url, route.request.frame.url):
			self.outside.append(route.request.url)
		route.abort()

	def _note_uncaught(self, error: Error) -> None:
		if str(error) != NO_SIDEBAR_YET:
			self.errors.append(str(error))

	def _note(self, message: ConsoleMessage) -> None:
		where = message.location.get("url") or ""
		is_tile = bool(message.page) and self._is_tile(where, message.page.url)
		if message.type == "error" and not is_tile and not self._is_missing_socket(message):
			self.errors.append(f"{message.text} ({message.location.get('url')})")

	def _is_tile(self, url: str, shown: str) -> bool:
		return url.startswith(TILES) and "/employee-checkin/" in shown

	def _is_missing_socket(self, message: ConsoleMessage) -> bool:
		where = message.location.get("url") or ""
		is_answer = where.startswith(f"{self.url}/socket.io/") and "404" in message.text
		return is_answer or message.text == "Error connecting to socket.io: xhr poll error"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
	if not CHROMIUM.exists():
		missing = f"NO PAGE WAS LOOKED AT: {CHROMIUM} is not installed (Debian: apt-get install chromium)"
		print(f"\n!!! {missing}\n", flush=True)
		pytest.skip(missing)
	expect.set_options(timeout=PATIENCE)
	with warnings.catch_warnings():
		warnings.simplefilter("ignore", DeprecationWarning)  # Playwright's own, of asyncio
		with sync_playwright() as playwright:
			arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
			browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
			yield browser
			browser.close()


@pytest.fixture
def desk(chromium: Browser, bench_site: BenchSite) -> Iterator[Callable[..., Page]]:
	"""Open a path of the Desk: `desk("Administrator", "/app/cams-device")`, or with a DeskUser. Returns the page."""
	visits, contexts = [], []

	def open_desk(user: DeskUser | str, path: str, **options: object) -> Page:
		headers = {"X-Frappe-Site-Name": bench_site.name}
		context = chromium.new_context(
			# A dialog that is pressed while it fades in would stay open.
			**{"viewport": SIZE, "extra_http_headers": headers, "reduced_motion": "reduce", **options}
		)
		context.set_default_timeout(PATIENCE)
		visit = Visit(bench_site.url)
		context.route(visit.elsewhere, visit.refuse)
		context.on("page", visit.watch)
		contexts.append(context)
		visits.append(visit)
		name, password = (user.email, user.password) if isinstance(user, DeskUser) else (user, PASSWORD)
		login = context.request.post(
			f"{bench_site.url}/api/method/login", form={"usr": name, "pwd": password}, timeout=PATIENCE
		)
		assert login.ok, login.text()
		page = context.new_page()
		page.goto(bench_site.url + path)
		return page

	yield open_desk
	for context in contexts:
		context.close()
	outside = [url for visit in visits for url in visit.outside]
	errors = [error for visit in visits for error in visit.errors]
	assert not outside, outside
	assert not errors, errors


@pytest.fixture(scope="session")
def desk_user(host: Host) -> Callable[..., DeskUser]:
	"""The user of exactly these roles, who can log in and call REST. One for all tests: Frappe refuses to make more
	than 60 users an hour."""
	return functools.cache(lambda *roles: make_desk_user(host, *roles))


@pytest.fixture
def new_desk_user(host: Host) -> Callable[..., DeskUser]:
	"""Make a user of their own for a test that changes something about them."""
	return lambda *roles: make_desk_user(host, *roles)


def make_desk_user(host: Host, *roles: str) -> DeskUser:
	"""A user of exactly these roles."""
	name, secret = uuid.uuid4().hex[:15], uuid.uuid4().hex[:15]
	user = DeskUser(f"{name}@example.com", f"{name}:{secret}", f"{uuid.uuid4().hex}-Aa")
	host.create(
		"User",
		email=user.email,
		first_name=roles[0],
		send_welcome_email=0,
		new_password=user.password,
		api_key=name,
		api_secret=secret,
		roles=[{"role": role} for role in roles],
	)
	return user


def settles(shown: Page | Locator, script: str, answer: object = True) -> None:
	"""Fail unless `script` gives `answer` once the page is at rest: what is drawn anew covers its neighbours first."""
	deadline = time.monotonic() + PATIENCE / 1000
	while (given := shown.evaluate(script)) != answer and time.monotonic() < deadline:
		time.sleep(0.1)
	assert given == answer

"""What goes on in a page of the Desk, and how to open a place there and wait until it is shown."""

import time

QUIET_SECONDS = 0.5  # without a request, until a place counts as opened
PATIENCE_SECONDS = 90
OPEN = """(route) => new Promise((resolve) => {
	frappe.set_route(route).then(resolve, resolve);
	setTimeout(resolve, 10000);
})"""


class Watch:
	"""Requests that are in progress, and those that were refused."""

	def __init__(self, page):
		self.page = page
		self.open, self.refused = set(), []
		self.since = time.monotonic()
		page.on("request", self._begun)
		page.on("requestfinished", self._ended)
		page.on("requestfailed", self._ended)
		page.on("response", self._answered)

	def settle(self):
		self.since = time.monotonic()
		deadline = time.monotonic() + PATIENCE_SECONDS
		while self.open or time.monotonic() < self.since + QUIET_SECONDS:
			assert time.monotonic() < deadline, {request.url for request in self.open}
			self.page.wait_for_timeout(100)

	def _begun(self, request):
		if "/socket.io/" not in request.url:
			self.open.add(request)
			self.since = time.monotonic()

	def _ended(self, request):
		self.open.discard(request)
		self.since = time.monotonic()

	def _answered(self, response):
		if response.status >= 400 and "/socket.io/" not in response.url:
			self.refused.append((response.status, response.url))

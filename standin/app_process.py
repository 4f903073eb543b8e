"""The app on the stand-in in a process of its own, to be killed and started again, and asked over REST."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import requests

from standin import HERE
from standin.demo import API_KEY, API_SECRET
from standin.server import ENDPOINT

PATIENCE_SECONDS = 90  # longer than a punch waits that met a busy database once

Found = TypeVar("Found")


class AppProcess:
	"""Starts at once, on a free port that it keeps. The data stay in `folder`."""

	def __init__(self, folder: str):
		self.folder = folder
		self.port = 0
		self.session = requests.Session()
		self.session.trust_env = False  # no proxy, no .netrc
		self.start()

	def start(self) -> None:
		command = [sys.executable, "-m", "standin", "serve", "--port", str(self.port)]
		command += ["--database", self.folder, "--sweep-seconds", "2", "--no-expect-history"]
		direct = {name: "127.0.0.1" for name in ("no_proxy", "NO_PROXY")}  # the simulated gateway is there
		environment = {**os.environ, **direct}
		self.process = subprocess.Popen(
			command, cwd=HERE.parent, env=environment, stdout=subprocess.PIPE, text=True
		)
		line = next(line for line in self.process.stdout if "ready on" in line)
		self.url = line.split("ready on ")[1].split()[0]
		self.port = int(self.url.rpartition(":")[2])

	def kill(self) -> None:
		"""By SIGKILL: what it is doing remains half done."""
		self.process.kill()
		self.process.wait()
		self.process.stdout.close()

	def call_back(self, body: bytes) -> requests.Response:
		"""Call the callback URL as anybody can who knows it."""
		return self.session.post(self.url + ENDPOINT, data=body, timeout=30)

	def call(self, method: str, /, **arguments: Any) -> Any:
		return self._api("POST", f"method/{method}", json=arguments).get("message")

	def create(self, doctype: str, **values: Any) -> dict:
		return self._api("POST", f"resource/{doctype}", json=values)["data"]

	def update(self, doctype: str, name: str, **values: Any) -> None:
		self._api("PUT", f"resource/{doctype}/{name}", json=values)

	def get(self, doctype: str, name: str) -> dict:
		return self._api("GET", f"resource/{doctype}/{name}")["data"]

	def records(self, doctype: str, **filters: Any) -> list[dict]:
		"""All that match, however many, with all their fields."""
		parameters = {"filters": json.dumps(filters), "fields": '["*"]', "limit_page_length": 0}
		return self._api("GET", f"resource/{doctype}", params=parameters)["data"]

	def wait_until_settled(self) -> None:
		wait_for("the worker", lambda: not self.records("CAMS Punch", state="Queued"))

	def _api(self, verb: str, path: str, **options: Any) -> dict:
		headers = {"Authorization": f"token {API_KEY}:{API_SECRET}"}
		response = self.session.request(
			verb, f"{self.url}/api/{path}", headers=headers, timeout=30, **options
		)
		response.raise_for_status()
		return response.json()


def wait_for(whom: str, find: Callable[[], Found]) -> Found:
	"""Ask until there is an answer. Gives up, and with it the process, after PATIENCE_SECONDS."""
	deadline = time.monotonic() + PATIENCE_SECONDS
	while not (found := find()):
		if time.monotonic() > deadline:
			raise SystemExit(f"waited {PATIENCE_SECONDS} seconds for {whom} in vain")
		time.sleep(0.1)
	return found

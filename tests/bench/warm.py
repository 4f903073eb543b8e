"""Run the commands of a bench in forks of one process that has imported what they need.

The bench's Python runs this file in the bench's `sites` folder, with the bench's environment:

	python warm.py serve SOCKET            answers requests on a Unix socket until it is terminated
	python warm.py run frappe worker ...   becomes that command, with everything imported beforehand

A request is a line of JSON, {"arguments": [...]} for a command of the bench or {"script": path, "arguments": [...]};
the answer is a line too: {"code": exit status, "out": stdout, "err": stderr}. With {"log": path} it is {"process": id} at
once, and the command goes on by itself and writes there. A fork leaves nothing to the next one: each of them connects,
reads and commits as a new process does. The tests import this file for `Warm` alone, which is the other end of the
socket.

Where CAMS_TEST_CLOCK names a file, the site's time is so many seconds ahead as stand there, in every fork.
"""

import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

APP = "navari_cams_biometric"
FOREIGN = (
	"erpnext.setup.doctype.employee.employee",
	"frappe.app",
	"frappe.core.doctype.log_settings.log_settings",
	"frappe.core.doctype.user.user",
	"frappe.desk.query_report",
	"frappe.email.queue",
	"frappe.utils.background_jobs",
	"hrms.hr.doctype.attendance.attendance",
	"hrms.hr.doctype.employee_checkin.employee_checkin",
	"hrms.hr.doctype.shift_type.shift_type",
)


@dataclass(frozen=True)
class Ended:
	"""How a command ended."""

	code: int
	out: str
	err: str

	@property
	def json(self) -> object:
		return json.loads(self.out)


@dataclass(frozen=True)
class Fork:
	"""A command that goes on by itself, as far as `subprocess.Popen` has to know one. How it ended is known to nobody."""

	pid: int

	def poll(self) -> int | None:
		try:
			os.kill(self.pid, 0)
		except ProcessLookupError:
			return 0
		return None

	def wait(self, timeout: float | None = None) -> int:
		end = time.monotonic() + timeout if timeout is not None else None
		while self.poll() is None:
			if end is not None and time.monotonic() > end:
				raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
			time.sleep(0.01)
		return 0


class Warm:
	"""The tests' end of the socket. Several threads may call `run` at once."""

	def __init__(self, path: Path):
		self.path = path

	def answers(self) -> bool:
		with socket.socket(socket.AF_UNIX) as probe:
			return probe.connect_ex(str(self.path)) == 0

	def run(self, *arguments: str, script: str | None = None, timeout: float = 600) -> Ended:
		return Ended(**self._ask({"arguments": arguments, "script": script}, timeout))

	def start(self, *arguments: str, log: Path, script: str | None = None) -> Fork:
		"""The leader of a process group of its own, as `BenchSite.start` makes one."""
		answer = self._ask({"arguments": arguments, "script": script, "log": str(log)}, timeout=60)
		return Fork(answer["process"])

	def _ask(self, request: dict[str, object], timeout: float) -> dict:
		with socket.socket(socket.AF_UNIX) as connection:
			connection.settimeout(timeout)
			connection.connect(str(self.path))
			with connection.makefile("rw") as stream:
				print(json.dumps(request), file=stream, flush=True)
				return json.loads(stream.readline())


def serve(path: str) -> None:
	signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
	with socket.socket(socket.AF_UNIX) as listener:
		listener.bind(path)
		listener.listen(64)
		while True:
			connection, _address = listener.accept()
			with connection:
				if os.fork():
					continue
				listener.close()
				answer(connection)
				os._exit(0)


def answer(connection: socket.socket) -> None:
	signal.signal(signal.SIGCHLD, signal.SIG_DFL)
	with connection.makefile("rw") as stream, suppress(json.JSONDecodeError):  # an empty line is a probe
		request = json.loads(stream.readline())
		if log := request.get("log"):
			go_on_alone(log)
			print(json.dumps({"process": os.getpid()}), file=stream, flush=True)
			connection.shutdown(socket.SHUT_RDWR)
			exit_code(request["arguments"], request["script"])
			return
		with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
			os.dup2(out.fileno(), 1)
			os.dup2(err.fileno(), 2)
			code = exit_code(request["arguments"], request["script"])
			sys.stdout.flush()
			sys.stderr.flush()
			texts = {name: text_of(file) for name, file in (("out", out), ("err", err))}
		print(json.dumps({"code": code, **texts}), file=stream, flush=True)


def go_on_alone(log: str) -> None:
	os.setsid()
	with open(log, "ab") as file:
		os.dup2(file.fileno(), 1)
		os.dup2(file.fileno(), 2)


def text_of(file) -> str:
	file.seek(0)
	return file.read().decode(errors="replace")


def exit_code(arguments: list[str], script: str | None) -> int:
	try:
		run(arguments, script)
	except SystemExit as ending:
		if isinstance(ending.code, str):
			print(ending.code, file=sys.stderr)
		return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
	except BaseException:
		traceback.print_exc()
		return 1
	return 0


def run(arguments: list[str], script: str | None = None) -> None:
	"""As `python script ...` does, or the `bench` command once it has found its bench."""
	sys.argv = [script or "bench", *arguments]
	if script:
		runpy.run_path(script, run_name="__main__")
		return
	from frappe.utils.bench_helper import main

	warnings.simplefilter("ignore")
	main()


def preload() -> None:
	from frappe.utils.bench_helper import get_app_commands, get_apps

	for app in get_apps():
		get_app_commands(app)
	for name in FOREIGN:
		importlib.import_module(name)
	for module in pkgutil.walk_packages(importlib.import_module(APP).__path__, f"{APP}."):
		if ".tests" not in module.name:
			importlib.import_module(module.name)
	if clock := os.environ.get("CAMS_TEST_CLOCK"):
		follow(Path(clock))


def follow(clock: Path) -> None:
	"""What asks Frappe for the time gets the clock's, also what is imported later."""
	from frappe.utils import data

	real = data.now_datetime

	def ahead() -> datetime:
		return real() + timedelta(seconds=float(clock.read_text()))

	for module in list(sys.modules.values()):
		if getattr(module, "now_datetime", None) is real:
			module.now_datetime = ahead
	importlib.import_module(f"{APP}.cams_biometric.base.times").now_on_site = ahead


if __name__ == "__main__":
	sys.path[0] = ""  # not the folder of this file
	preload()
	if sys.argv[1] == "serve":
		serve(sys.argv[2])
	run(sys.argv[2:])

"""This app on a bench, and sites of its own there, each with its own Redis, web server and worker, removed at the end.

Knows a bench by its path and the ordinary `bench` commands. Other sites are not touched: the database server
is shared, Redis and all processes are not. With KEEP_SITE=1 the app and the sites stay for the next run.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import redis
import requests

from tests.bench.fresh_site import FreshSite
from tests.bench.warm import Ended, Fork, Warm

APP = "navari_cams_biometric"
PROJECT = Path(__file__).parents[2]
PASSWORD = "cams-test"
KEEP = bool(os.environ.get("KEEP_SITE"))
DATABASE_PORT = 3306
SETUP = {
	"language": "English",
	"country": "Kenya",
	"timezone": "Africa/Nairobi",
	"currency": "KES",
	"full_name": "Test Administrator",
	"email": "administrator@example.com",
	"password": PASSWORD,
	"company_name": "Demo Company",
	"company_abbr": "DC",
	"chart_of_accounts": "Standard",
	"fy_start_date": f"{date.today().year}-01-01",
	"fy_end_date": f"{date.today().year}-12-31",
}


Started = TypeVar("Started", bound="Processes")


class BenchUnusableError(Exception):
	"""There is no bench that could be tested on; the text says what is missing."""


def bench_path() -> Path:
	return Path(os.environ.get("FRAPPE_BENCH") or Path.home() / "frappe-bench")


def frappe_major() -> int:
	"""15 or 16: the version of the bench's Frappe."""
	text = (bench_path() / "apps/frappe/frappe/__init__.py").read_text(encoding="utf-8")
	[major] = re.findall(r'^__version__ = "(\d+)', text, re.MULTILINE)
	return int(major)


class Processes:
	"""What is started here for a bench, each by a name, with a log of its own in the bench. A context manager."""

	def __init__(self, name: str):
		self.path = bench_path()
		self.name = name
		self.processes: dict[str, subprocess.Popen | Fork] = {}

	def __enter__(self: Started) -> Started:
		try:
			self.begin()
		except BaseException:
			self.end()
			raise
		return self

	def __exit__(
		self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
	) -> None:
		self.end()

	@property
	def environment(self) -> dict[str, str]:
		return dict(os.environ)

	@property
	def python(self) -> str:
		return str(self.path / "env" / "bin" / "python")

	def log_of(self, process: str) -> Path:
		return self.path / "logs" / f"{self.name}-{process}.log"

	def start(self, name: str, command: list[str]) -> None:
		with self.log_of(name).open("ab") as log:
			self.processes[name] = subprocess.Popen(
				command,
				cwd=self.path / "sites",
				env=self.environment,
				stdout=log,
				stderr=log,
				stdin=subprocess.DEVNULL,
				start_new_session=True,
			)

	def stop(self, name: str, with_signal: signal.Signals = signal.SIGTERM) -> None:
		"""End a process that was started here, with its children, and wait until it is gone."""
		process = self.processes.pop(name, None)
		if not process or process.poll() is not None:
			return
		if with_signal != signal.SIGKILL:
			with suppress(ProcessLookupError):
				os.killpg(process.pid, with_signal)
			with suppress(subprocess.TimeoutExpired):
				process.wait(30)
				return
		children = children_of(process.pid)
		with suppress(ProcessLookupError):
			os.killpg(process.pid, signal.SIGKILL)
		process.wait()
		for (
			child
		) in children:  # a worker's job is in a process group of its own, and would outlive the worker
			with suppress(ProcessLookupError):
				os.kill(child, signal.SIGKILL)

	def memory(self, name: str) -> float:
		"""Resident MiB of a process that was started here and of its children; 0 where it does not run."""
		process = self.processes.get(name)
		if not process or process.poll() is not None:
			return 0
		return sum(map(_resident, [process.pid, *children_of(process.pid)]))


class AppOnBench(Processes):
	"""As long as it lasts the app is on the bench, and the database server runs."""

	def __init__(self) -> None:
		super().__init__(APP)

	def begin(self) -> None:
		self.check()
		self.start_database()
		self.link_app()

	def end(self) -> None:
		if not KEEP:
			self.unlink_app()
		self.stop("database")

	def check(self) -> None:
		if not (self.path / "apps" / "frappe").is_dir():
			raise BenchUnusableError(f"no bench at {self.path}")
		for app in ("erpnext", "hrms"):
			if not (self.path / "apps" / app).is_dir():
				raise BenchUnusableError(f"{app} is not on the bench at {self.path}")
		installed = self.path / "apps" / APP
		if installed.exists() and not installed.is_symlink() and installed.resolve() != PROJECT:
			raise BenchUnusableError(f"{installed} is another copy of this app")
		if not shutil.which("redis-server"):
			raise BenchUnusableError("redis-server is not installed")

	def start_database(self) -> None:
		if listens(DATABASE_PORT):
			return
		program = mariadb_program()
		run = Path("/run/mysqld")
		if os.access(run.parent, os.W_OK) and not run.exists():
			run.mkdir()
			shutil.chown(run, "mysql")
		self.start("database", [program, "--user=mysql"])
		wait_for(lambda: listens(DATABASE_PORT), "MariaDB")

	@property
	def assets(self) -> Path:
		"""What `bench build` links for each app: Frappe 16 shows the app's logo on every page."""
		return self.path / "sites" / "assets" / APP

	def link_app(self) -> None:
		"""Put this working tree on the bench, as `bench get-app` with a path would, but without a copy."""
		link = self.path / "apps" / APP
		if link.is_symlink():
			link.unlink()
		if not link.exists():
			link.symlink_to(PROJECT)
		self.assets.unlink(missing_ok=True)
		self.assets.symlink_to(PROJECT / APP / "public")
		self._pip("install", "--editable", str(PROJECT))
		apps = self.path / "sites" / "apps.txt"
		names = apps.read_text().split()
		if APP not in names:
			apps.write_text("\n".join([*names, APP]) + "\n")

	def unlink_app(self) -> None:
		"""Take it off again, unless the working tree is itself the bench's copy."""
		link = self.path / "apps" / APP
		if not link.is_symlink():
			return
		link.unlink()
		self.assets.unlink(missing_ok=True)
		self._pip("uninstall", "--yes", APP)
		apps = self.path / "sites" / "apps.txt"
		apps.write_text("".join(f"{name}\n" for name in apps.read_text().split() if name != APP))

	def _pip(self, *arguments: str) -> None:
		command = [self.python, "-m", "pip", "--quiet", *arguments]
		subprocess.run(command, check=True, cwd=self.path)


class BenchSite(Processes):
	"""`with AppOnBench(), BenchSite() as site`. A `passing` one is never kept."""

	def __init__(self, name: str = "cams-test.localhost", passing: bool = False):
		super().__init__(name)
		self.keep = KEEP and not passing
		self.web_port = free_port()
		self.redis_port = free_port()
		self.key = ""
		self.folder = tempfile.TemporaryDirectory()
		self.warm = Warm(Path(self.folder.name) / "warm")

	@property
	def database(self) -> str:
		"""Of this site on this bench: Frappe would name it after the site, and benches share a database server."""
		site = str(self.path.resolve() / "sites" / self.name)
		return f"_cams_{hashlib.sha1(site.encode(), usedforsecurity=False).hexdigest()[:10]}"

	@property
	def url(self) -> str:
		return f"http://127.0.0.1:{self.web_port}"

	@property
	def environment(self) -> dict[str, str]:
		redis = f"redis://127.0.0.1:{self.redis_port}"
		return {**os.environ, **{f"FRAPPE_REDIS_{use}": redis for use in ("CACHE", "QUEUE", "SOCKETIO")}}

	def begin(self) -> None:
		self.start_servers()
		self.start_warm()
		self.make_site()
		self.start_web()
		self.start_worker()
		self.key = self.make_key()

	def end(self) -> None:
		for name in ("worker", "web"):
			self.stop(name)
		if not self.keep and (self.path / "sites" / self.name).exists():
			self.drop_site()
		for name in list(self.processes):
			self.stop(name)
		self.folder.cleanup()

	def start_servers(self) -> None:
		self.start_redis()

	def start_redis(self) -> None:
		self.start("redis", self.redis_command)
		wait_for(lambda: listens(self.redis_port), "Redis")

	@property
	def redis_command(self) -> list[str]:
		return ["redis-server", "--port", str(self.redis_port), "--save", "", "--appendonly", "no"]

	def make_site(self) -> None:
		self.provide_site()
		self.bench("set-config", "--parse", "throttle_user_limit", "1000")  # new users in an hour; else 60

	def provide_site(self) -> None:
		"""A new site, set up as the wizard would, with this app just installed. A kept one is migrated instead."""
		if (self.path / "sites" / self.name).exists():
			if self.keep:
				self.bench("install-app", APP)  # does nothing where it is installed
				self.bench("migrate")
				return
			self.drop_site()
		fresh = FreshSite(self.path, SETUP)
		with fresh.alone():
			if not self._restore(fresh):
				self._make(fresh)
		self.process("install-app", APP)

	def _restore(self, fresh: FreshSite) -> bool:
		"""False where there is no dump, or it does not make a site; it is thrown away then."""
		if not fresh.is_there:
			return False
		try:
			self._new_site("--source_sql", str(fresh.sql))
			config = self.path / "sites" / self.name / "site_config.json"
			config.write_text(json.dumps({**fresh.settings, **self.config}, indent=1))
			if "hrms" not in self.bench("list-apps"):
				raise RuntimeError("the dump has not all apps")
		except (RuntimeError, OSError, ValueError) as error:
			print(f"the kept dump makes no site and is thrown away: {str(error)[:300]}", flush=True)
			fresh.discard()
			self.drop_site()
			return False
		return True

	def _make(self, fresh: FreshSite) -> None:
		print(f"making the site {self.name}: takes some minutes, the first time", flush=True)
		self._new_site("--install-app", "erpnext", "--install-app", "hrms")
		self.execute("frappe.desk.page.setup_wizard.setup_wizard.setup_complete", args=SETUP)
		fresh.save(self.config)

	def _new_site(self, *arguments: str) -> None:
		self._run("new-site", self.name, "--db-name", self.database, "--admin-password", PASSWORD, *arguments)

	def drop_site(self) -> None:
		archive = self.path / "archived" / self.name
		self._run("drop-site", self.name, "--force", "--no-backup", "--archived-sites-path", str(archive))
		shutil.rmtree(archive, ignore_errors=True)

	@property
	def config(self) -> dict[str, object]:
		return json.loads((self.path / "sites" / self.name / "site_config.json").read_text())

	def process(self, *arguments: str) -> str:
		"""Run `bench --site NAME ...` as everybody does, in a process of its own, and return what it printed."""
		return self._run("--site", self.name, *arguments)

	def command(self, *arguments: str) -> Ended:
		"""The same command without its start, however it ends."""
		return self.warm.run("frappe", "--site", self.name, *arguments)

	def bench(self, *arguments: str) -> str:
		"""The same; return what it printed, or raise RuntimeError."""
		return _printed(self.command(*arguments), arguments)

	def execute(self, function: str, **arguments: object) -> str:
		return self.bench("execute", function, "--kwargs", repr(arguments))

	def script(self, path: Path, *arguments: str, timeout: float = 600) -> str:
		"""Run a Python file in the bench and return what it printed."""
		ended = self.warm.run(*arguments, script=str(path), timeout=timeout)
		return _printed(ended, (path.name, *arguments))

	def sql(self, statement: str) -> list[list[str]]:
		"""Ask the site's database; the rows as texts. Raises RuntimeError with what it answers instead."""
		config = self.config
		command = [
			"mariadb",
			"--host=127.0.0.1",
			f"--port={config.get('db_port', DATABASE_PORT)}",
			f"--user={config['db_name']}",
			"--batch",
			"--skip-column-names",
		]
		environment = {**os.environ, "MYSQL_PWD": config["db_password"]}
		done = subprocess.run(
			[*command, config["db_name"], "--execute", statement],
			env=environment,
			capture_output=True,
			text=True,
		)
		if done.returncode:
			raise RuntimeError(f"the database refused it: {done.stderr.strip()}")
		return [line.split("\t") for line in done.stdout.splitlines()]

	@contextmanager
	def other_devices_resting(self) -> Iterator[None]:
		"""While a test has devices of its own, no other is enabled; afterwards those are again, and its own are not."""
		others = [f"'{name}'" for (name,) in self.sql("select name from `tabCAMS Device` where enabled = 1")]
		self._enable_devices([])
		try:
			yield
		finally:
			self._enable_devices(others)

	def _enable_devices(self, names: list[str]) -> None:
		"""These alone. Requests would find the former ones in the cache."""
		enabled = f"name in ({', '.join(names)})" if names else "0"
		self.sql(f"update `tabCAMS Device` set enabled = ({enabled})")
		cache = redis.Redis(port=self.redis_port)
		for key in cache.scan_iter("*document_cache::CAMS Device*"):
			cache.delete(key)

	def start_web(self, *serving: str) -> None:
		"""gunicorn; `serving` says how many workers and threads, two of four unless given."""
		self.start("web", [self.gunicorn, *self.gunicorn_options, *serving])
		wait_for(self.answers, "the web server")

	@property
	def gunicorn(self) -> str:
		return str(self.path / "env" / "bin" / "gunicorn")

	@property
	def gunicorn_options(self) -> list[str]:
		return [
			*("--bind", f"127.0.0.1:{self.web_port}"),
			*("--workers", "2", "--threads", "4", "--timeout", "120", "--preload"),
			"frappe.app:application_with_statics()",
		]

	def answers(self) -> bool:
		headers = {"X-Frappe-Site-Name": self.name}
		try:
			return requests.get(f"{self.url}/api/method/ping", headers=headers, timeout=20).ok
		except requests.RequestException:
			return False

	def start_worker(self, name: str = "worker") -> None:
		self.start(name, self._warm_command("run", "frappe", "worker", "--queue", "short,default,long"))

	def start_warm(self) -> None:
		self.start("warm", self._warm_command("serve", str(self.warm.path)))
		wait_for(self.warm.answers, "the bench's Python")

	def _warm_command(self, *arguments: str) -> list[str]:
		return [self.python, str(Path(__file__).with_name("warm.py")), *arguments]

	def make_key(self) -> str:
		"""The administrator's `key:secret` for REST."""
		session = requests.Session()
		session.headers["X-Frappe-Site-Name"] = self.name
		login = session.post(
			f"{self.url}/api/method/login", data={"usr": "Administrator", "pwd": PASSWORD}, timeout=60
		)
		login.raise_for_status()
		generate = f"{self.url}/api/method/frappe.core.doctype.user.user.generate_keys"
		secret = session.post(generate, data={"user": "Administrator"}, timeout=60).json()["message"][
			"api_secret"
		]
		token = session.get(f"{self.url}/api/resource/User/Administrator", timeout=60).json()["data"][
			"api_key"
		]
		return f"{token}:{secret}"

	def _run(self, *arguments: str) -> str:
		done = subprocess.run(
			["bench", *arguments],
			cwd=self.path,
			env=self.environment,
			capture_output=True,
			text=True,
			stdin=subprocess.DEVNULL,
		)
		return _printed(Ended(done.returncode, done.stdout, done.stderr), arguments)


def _printed(ended: Ended, arguments: Iterable[str]) -> str:
	if ended.code:
		raise RuntimeError(f"{' '.join(arguments)}\n{ended.out[-4000:]}\n{ended.err[-4000:]}")
	return ended.out


def mariadb_program() -> str:
	program = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
	if not program:
		raise BenchUnusableError("MariaDB is not installed here")
	return program


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return probe.getsockname()[1]


def listens(port: int) -> bool:
	with socket.socket() as probe:
		return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(condition, what: str, seconds: float = 180) -> None:
	deadline = time.monotonic() + seconds
	while not condition():
		if time.monotonic() > deadline:
			raise BenchUnusableError(f"{what} did not start within {seconds:.0f} s")
		time.sleep(0.2)


def children_of(parent: int) -> list[int]:
	children = []
	for stat in Path("/proc").glob("[0-9]*/stat"):
		with suppress(FileNotFoundError, ProcessLookupError):
			after_the_name = stat.read_text().rpartition(")")[2].split()
			if int(after_the_name[1]) == parent:
				children.append(int(stat.parent.name))
	return children


def _resident(process: int) -> float:
	"""MiB; 0 for a process that is gone."""
	with suppress(FileNotFoundError, ProcessLookupError):
		for line in Path(f"/proc/{process}/status").read_text().splitlines():
			if line.startswith("VmRSS:"):
				return int(line.split()[1]) / 1024
	return 0

"""A site whose processes may be killed, stopped and starved: a copy of another site of the tests, with a database server
of its own, in a temporary folder. The other site, and the database server of the machine, are never touched.

The disk is full when the one file that holds all tables may not grow any more: the system refuses it to this process, as
it would on a full disk, and needs neither a mount nor root for that. What is free within the file is used up first. The
small files beside it, of logs and of tables that are not InnoDB's, may still grow.
"""

import getpass
import json
import os
import resource
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.bench.bench_site import BenchSite, children_of, free_port, listens, mariadb_program, wait_for
from tests.bench.draining import SWEEP

SITE = "cams-faults.localhost"
FILLER = "cams_filler"
CHUNKS = 20  # of 200 KB, in one go
MOST_ROUNDS = 100
SPARED = ["sh", "-c", 'trap "" XFSZ; exec "$0" "$@"']  # a file that may not grow ends no process
SERVER_PROCESSES = ("redis", "database", "web", "worker")


class BreakableSite(BenchSite):
	def __init__(self, like: BenchSite):
		super().__init__(SITE, passing=True)
		self.like = like
		self.database_port = free_port()
		self.data = Path(self.folder.name) / "database"
		self.clock = Path(self.folder.name) / "clock"
		self.stopped: set[int] = set()
		self.jump(0)

	@property
	def environment(self) -> dict[str, str]:
		return {**super().environment, "CAMS_TEST_CLOCK": str(self.clock)}

	def start_servers(self) -> None:
		super().start_servers()
		install = ["mariadb-install-db", *self._server_options, "--auth-root-authentication-method=normal"]
		subprocess.run([*install, "--skip-test-db"], check=True, capture_output=True)
		self.start_server()
		wait_for(lambda: listens(self.database_port), "MariaDB")

	def start_server(self) -> None:
		"""Without waiting for it."""
		options = [f"--port={self.database_port}", "--bind-address=127.0.0.1"]
		self.start("database", [*SPARED, mariadb_program(), *self._server_options, *options])

	@property
	def _server_options(self) -> list[str]:
		"""Killing the server loses nothing that was written, so that nothing is flushed to the disk."""
		return [
			"--no-defaults",
			f"--user={getpass.getuser()}",
			f"--datadir={self.data}",
			f"--socket={self._socket}",
			f"--tmpdir={self.folder.name}",  # a server deletes, when it starts, what others have in a shared one
			"--innodb-file-per-table=0",
			"--innodb-strict-mode=0",  # a table of Frappe 16 is compressed, which none in that file can be
			"--innodb-autoextend-increment=1",
			"--innodb-log-file-size=8M",  # below the limit of a full disk: it has its space from the beginning
			"--innodb-flush-method=nosync",
			"--character-set-server=utf8mb4",
			"--collation-server=utf8mb4_unicode_ci",
		]

	@property
	def _socket(self) -> Path:
		return Path(self.folder.name) / "database.sock"

	def make_site(self) -> None:
		self.drop_site()
		config = self.like.config
		name, password = config["db_name"], config["db_password"]
		self._as_root(
			f"drop user if exists ''@localhost; create database {FILLER};"
			f" create table {FILLER}.filler (text longtext); create database `{name}`;"
			f" create user `{name}`@`%` identified by '{password}'; grant all on `{name}`.* to `{name}`@`%`"
		)
		dump = ["mariadb-dump", "--host=127.0.0.1", f"--user={name}", "--single-transaction", name]
		environment = {**os.environ, "MYSQL_PWD": password}
		with subprocess.Popen(dump, env=environment, stdout=subprocess.PIPE) as dumping:
			subprocess.run([*self._root, name], stdin=dumping.stdout, check=True)
		if dumping.returncode:
			raise RuntimeError("the other site's database could not be copied")
		folder = self.path / "sites" / self.name
		shutil.copytree(self.path / "sites" / self.like.name, folder)
		own = {**config, "db_host": "127.0.0.1", "db_port": self.database_port}
		(folder / "site_config.json").write_text(json.dumps(own, indent=1))

	def drop_site(self) -> None:
		shutil.rmtree(self.path / "sites" / self.name, ignore_errors=True)

	@property
	def _root(self) -> list[str]:
		return ["mariadb", "--no-defaults", f"--socket={self._socket}", "--user=root"]

	def _as_root(self, statements: str, *options: str) -> bool:
		"""Whether all of them succeeded."""
		command = [*self._root, *options, "--execute", statements]
		return not subprocess.run(command, capture_output=True, timeout=60).returncode

	def start_web(self) -> None:
		self.launch("web")
		wait_for(self.answers, "the web server")

	def start_worker(self, name: str = "worker") -> None:
		self.launch(name)

	def launch(self, name: str) -> None:
		"""Without waiting for it: a process that was killed, or a sweep."""
		if name == "database":
			self.start_server()
		elif name == "redis":
			self.start("redis", self.redis_command)
		elif name == "web":
			self._fork("web", *self.gunicorn_options, script=self.gunicorn)
		elif name == "worker":
			self._fork("worker", "frappe", "worker", "--queue", "short,default,long")
		else:
			self._fork(name, "frappe", "--site", self.name, "execute", SWEEP)

	def _fork(self, name: str, *arguments: str, script: str | None = None) -> None:
		self.processes[name] = self.warm.start(*arguments, script=script, log=self.log_of(name))

	def is_running(self, name: str) -> bool:
		process = self.processes.get(name)
		return bool(process) and process.poll() is None

	def is_at_work(self, name: str) -> bool:
		"""A worker while it has a job, a sweep while it runs."""
		return self.is_running(name) and (name != "worker" or bool(children_of(self.processes[name].pid)))

	def kill(self, name: str) -> None:
		self.stop(name, signal.SIGKILL)

	def kill_child(self, name: str) -> bool:
		"""One of the processes that it has started. False where there is none."""
		children = children_of(self.processes[name].pid) if self.is_running(name) else []
		return bool(children) and _send(signal.SIGKILL, children[0])

	def pause(self, name: str) -> bool:
		"""With all that it has started. False where it does not run."""
		if not self.is_running(name):
			return False
		process = self.processes[name].pid
		for each in (process, *children_of(process)):
			if _send(signal.SIGSTOP, each):
				self.stopped.add(each)
		return True

	def resume(self) -> None:
		"""All that is stopped."""
		while self.stopped:
			_send(signal.SIGCONT, self.stopped.pop())

	def fill_disk(self) -> bool:
		"""False where the database server does not run, or is stopped and would not answer."""
		if not self._answers("database"):
			return False
		size = (self.data / "ibdata1").stat().st_size
		self._limit_files(size)
		chunk = f"insert into {FILLER}.filler values (repeat('x', 200000));"
		for _round in range(MOST_ROUNDS):
			if not self._as_root(chunk):
				return True
			self._as_root(chunk * CHUNKS, "--force")
		raise RuntimeError("the disk does not get full")

	def free_disk(self) -> None:
		"""Of a database server that is stopped there is space at once, and the filler stays until `mend`."""
		if self.is_running("database"):
			self._limit_files(resource.RLIM_INFINITY)
		if self._answers("database"):
			self._as_root(f"truncate {FILLER}.filler")

	def _answers(self, name: str) -> bool:
		return self.is_running(name) and self.processes[name].pid not in self.stopped

	def _limit_files(self, size: int) -> None:
		process = self.processes["database"].pid
		with suppress(ProcessLookupError):
			resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

	def jump(self, seconds: float) -> None:
		"""Set the site's clock so far ahead of the machine's."""
		new = self.clock.with_suffix(".new")
		new.write_text(str(seconds))
		new.rename(self.clock)

	def mend(self) -> None:
		"""Resume what is stopped, free the disk, and start what does not run."""
		self.resume()
		wait_for(self._is_whole, "the site")

	def _is_whole(self) -> bool:
		for name in SERVER_PROCESSES:
			if not self.is_running(name):
				self.launch(name)
		if not (listens(self.database_port) and listens(self.redis_port)):
			return False
		self.free_disk()
		return self.answers()

	def end(self) -> None:
		self.resume()
		super().end()


def _send(number: signal.Signals, process: int) -> bool:
	try:
		os.kill(process, number)
	except ProcessLookupError:
		return False
	return True

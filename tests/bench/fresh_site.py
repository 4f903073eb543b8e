"""A dump of the site as the setup wizard leaves it, before this app is installed. Making such a site takes minutes.

It is kept in the bench's `archived` folder, one for each bench: the next one takes its place. What the site was made of
is part of the file's name, so that a dump of other versions, or of another setup, is never found.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

APPS = ("frappe", "erpnext", "hrms")
NOT_CODE = {".git", "__pycache__", "node_modules", "public"}
ENDS_WITH = b"-- Dump completed"  # as the last line of a whole one begins


class FreshSite:
	def __init__(self, bench: Path, setup: dict[str, str]):
		self.folder = bench / "archived" / "cams-test-fresh"
		self.sql = self.folder / f"{_fingerprint(bench, setup)}.sql"

	@property
	def is_there(self) -> bool:
		if not self.sql.exists() or not self._config.exists():
			return False
		with self.sql.open("rb") as file:
			file.seek(-min(200, self.sql.stat().st_size), os.SEEK_END)
			return ENDS_WITH in file.read()

	@property
	def settings(self) -> dict[str, object]:
		"""What the site's configuration holds beside the access to its database."""
		return json.loads(self._config.read_text())

	@property
	def _config(self) -> Path:
		return self.sql.with_suffix(".json")

	@contextmanager
	def alone(self) -> Iterator[None]:
		"""Nobody else reads or makes a dump meanwhile: what one makes the next one finds."""
		self.folder.parent.mkdir(exist_ok=True)
		with self.folder.with_suffix(".lock").open("w") as lock:
			fcntl.flock(lock, fcntl.LOCK_EX)
			yield

	def save(self, config: dict[str, object]) -> None:
		"""Dump the database that a site's configuration names; whole or not at all."""
		self.discard()
		self.folder.mkdir(parents=True)
		database = str(config["db_name"])
		command = ["mariadb-dump", "--host=127.0.0.1", f"--user={database}", "--single-transaction", database]
		partial = self.sql.with_suffix(".partial")
		with partial.open("wb") as file:
			environment = {**os.environ, "MYSQL_PWD": str(config["db_password"])}
			subprocess.run(command, env=environment, check=True, stdout=file)
		settings = {key: value for key, value in config.items() if not key.startswith("db_")}
		self._config.write_text(json.dumps(settings))
		partial.rename(self.sql)

	def discard(self) -> None:
		"""Those of other versions too: nobody will want them again."""
		shutil.rmtree(self.folder, ignore_errors=True)


def _fingerprint(bench: Path, setup: dict[str, str]) -> str:
	digest = hashlib.sha256(json.dumps(setup, sort_keys=True).encode())
	for app in APPS:
		for path in _files(bench / "apps" / app / app):
			with suppress(FileNotFoundError):  # a link to nothing
				stat = path.stat()
				digest.update(f"{path.relative_to(bench)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
	return digest.hexdigest()[:16]


def _files(folder: Path) -> Iterator[Path]:
	for root, folders, files in os.walk(folder):
		folders[:] = sorted(set(folders) - NOT_CODE)
		for name in sorted(files):
			yield Path(root, name)

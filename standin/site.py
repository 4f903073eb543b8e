"""A site of the stand-in: its folder, its tables, the installed app, and what runs besides requests."""

from __future__ import annotations

import importlib
import importlib.util
import json
import pickle
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import frappe
from cryptography.fernet import Fernet
from frappe import runtime
from frappe.app_hooks import load_hooks
from frappe.database import schema
from frappe.utils.background_jobs import FAILED, Job, JobQueue, execute_job
from frappe.utils.redis_wrapper import Store

from standin import HERE, demo

APP = "navari_cams_biometric"
APPS = ("frappe", "erpnext", "hrms", APP)
PACKAGES = {"Setup": "erpnext.setup", "HR": "hrms.hr", "Core": "frappe.core", "Custom": "frappe.custom"}
CONFIGURATION = "site_config.json"


class Site:
	"""Use as a context manager to close it; `connect()` to work in it; `client()` to send requests."""

	def __init__(self, inner: runtime.Site, temporary: bool) -> None:
		self.inner = inner
		self.name = inner.name
		self.path = inner.path
		self.temporary = temporary

	@classmethod
	def open(cls, path: Path | None, *, name: str, time_zone: str, demo: bool) -> Site:
		"""The site in the folder `path`, made if there is none; in a temporary folder without a path."""
		temporary = path is None
		folder = path or Path(tempfile.mkdtemp(prefix="standin-"))
		folder.mkdir(parents=True, exist_ok=True)
		is_new = not (folder / CONFIGURATION).exists()
		inner = runtime.Site(
			name=name,
			path=folder,
			conf=_configuration(folder, time_zone),
			apps=APPS,
			store=Store(),
			jobs=JobQueue(),
			doctypes=_doctypes(),
			hooks=load_hooks((APP,)),
		)
		runtime.SITES[name] = inner
		site = cls(inner, temporary)
		site._set_up(is_new, demo, time_zone)
		return site

	def __enter__(self) -> Site:
		return self

	def __exit__(self, *_error: object) -> None:
		self.close()

	def close(self) -> None:
		runtime.SITES.pop(self.name, None)
		if self.temporary:
			shutil.rmtree(self.path, ignore_errors=True)

	@contextmanager
	def connect(self, user: str = "Administrator") -> Iterator[Site]:
		"""`frappe` is this site for the block, in this thread. Commits at its end, rolls back if it raises."""
		frappe.init(site=self.name, force=True)
		frappe.connect()
		frappe.set_user(user)
		try:
			yield self
			frappe.db.commit()
		finally:
			frappe.destroy()

	def client(self) -> Any:
		"""A werkzeug test client: HTTP with all hooks and no server. Use it outside of connect()."""
		return frappe.utils.get_test_client()

	def run_jobs(self) -> list[Job]:
		"""Run what is queued, in this thread, until nothing is left. Call it outside of connect()."""
		done = []
		while job := self.inner.jobs.take("default") or self.inner.jobs.take("long"):
			execute_job(job)
			done.append(job)
		return done

	def sweep(self) -> list[str]:
		"""What the scheduler does: flush deferred rows, run all scheduled methods, clear old logs.

		Returns the methods that failed; the Error Log has the reasons.
		"""
		from frappe.deferred_insert import save_to_db

		with self.connect():
			save_to_db()
		failed = [method for method in self._scheduled_methods() if not self._run_scheduled(method)]
		with self.connect():
			frappe.get_doc("Log Settings").clear_logs()
		return failed

	def _run_scheduled(self, method: str) -> bool:
		job = Job(f"scheduled::{method}", self.name, "Administrator", method, pickle.dumps({}), "long")
		execute_job(job)
		return job.status != FAILED

	def _scheduled_methods(self) -> list[str]:
		events = self.inner.hooks.get("scheduler_events", {})
		plain = [method for name, methods in events.items() if name != "cron" for method in methods]
		return plain + [method for methods in events.get("cron", {}).values() for method in methods]

	def _set_up(self, is_new: bool, with_demo: bool, time_zone: str) -> None:
		schema.prepare(self.path)
		with self.connect():
			frappe.db.updatedb("Custom Field")
			for doctype in self.inner.doctypes:
				frappe.db.updatedb(doctype)
			_list_doctypes()
			frappe.flags.in_install = APP
			if is_new:
				_add_platform_records(time_zone)
			for doctype in self.inner.doctypes:
				_on_doctype_update(doctype)
			for method in frappe.get_hooks("after_install" if is_new else "after_migrate"):
				frappe.get_attr(method)()
			_register_logs()
			frappe.flags.in_install = False
			frappe.db.commit()
			if with_demo:
				demo.load()


def _configuration(folder: Path, time_zone: str) -> frappe._dict:
	file = folder / CONFIGURATION
	if not file.exists():
		values = {
			"db_name": "standin",
			"time_zone": time_zone,
			"encryption_key": Fernet.generate_key().decode(),
		}
		file.write_text(json.dumps(values, indent=1))
	return frappe._dict(json.loads(file.read_text()))


def _doctypes() -> dict[str, dict]:
	"""The DocTypes of the stand-in and of the app, by name, each with the module of its controller."""
	doctypes = {}
	for file in sorted((HERE / "doctypes").glob("*.json")):
		definition = json.loads(file.read_text())
		doctypes[definition["name"]] = {**definition, "_controller": _own_controller(definition)}
	app = HERE.parent / APP
	for file in sorted(app.glob("**/doctype/*/*.json")):
		definition = json.loads(file.read_text())
		if definition.get("doctype") == "DocType" and file.stem == file.parent.name:
			module = ".".join(file.relative_to(app.parent).with_suffix("").parts)
			doctypes[definition["name"]] = {**definition, "_controller": module}
	return doctypes


def _own_controller(definition: dict) -> str | None:
	folder = definition["name"].lower().replace(" ", "_")
	package = PACKAGES.get(definition["module"])
	name = f"{package}.doctype.{folder}"
	try:
		found = package and importlib.util.find_spec(f"{name}.{folder}")
	except ModuleNotFoundError:
		return None
	return f"{name}.{folder}" if found else None


def _on_doctype_update(doctype: str) -> None:
	"""Call the function of that name in the controller's module, as every migration does."""
	module = importlib.import_module(frappe.model.meta.get_controller(doctype).__module__)
	update = vars(module).get("on_doctype_update")
	if update:
		update()


def _list_doctypes() -> None:
	"""A row of DocType for each, so that links to DocTypes lead somewhere."""
	fields = ["name", "module", "issingle", "istable"]
	rows = [
		[name, each["module"], int(each.get("issingle") or 0), int(each.get("istable") or 0)]
		for name, each in frappe.local.site_object.doctypes.items()
	]
	frappe.db.bulk_insert("DocType", fields, rows, ignore_duplicates=True)


def _add_platform_records(time_zone: str) -> None:
	"""What a bench has before any app: roles, users, genders, System Settings."""
	roles = {
		row["role"] for each in frappe.local.site_object.doctypes.values() for row in each["permissions"]
	}
	for role in sorted(roles | {"Administrator", "Guest", "All", "Desk User"}):
		frappe.new_doc("Role", role_name=role, desk_access=int(role not in ("Guest", "All"))).insert()
	for user in frappe.STANDARD_USERS:
		frappe.new_doc("User", first_name=user, email=f"{user.lower()}@example.com").insert()
	for gender in ("Female", "Male", "Other"):
		frappe.new_doc("Gender", gender=gender).insert()
	settings = frappe.get_doc("System Settings")
	settings.time_zone = time_zone
	settings.save()


def _register_logs() -> None:
	settings = frappe.get_doc("Log Settings")
	settings.add_default_logtypes()
	settings.save(ignore_permissions=True)

"""What a request or a job carries with it: `frappe.local`, the session, the site, and how they begin and end.

Werkzeug's context locals are used as in Frappe, so that an attribute nobody set raises AttributeError there
and a proxy without its object is false (`if frappe.db:`).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.local import Local, release_local

if TYPE_CHECKING:
	from frappe.utils.background_jobs import JobQueue
	from frappe.utils.redis_wrapper import Store


class _dict(dict):
	"""A dict with attribute access; a key that is absent reads as None."""

	__slots__ = ()
	__setattr__ = dict.__setitem__
	__delattr__ = dict.__delitem__

	def __getattr__(self, key: str) -> Any:
		if key.startswith("__") and key.endswith("__"):
			raise AttributeError(key)
		return self.get(key)

	def __getstate__(self):
		return None

	def __deepcopy__(self, memo: dict) -> _dict:
		return type(self)({key: copy.deepcopy(value, memo) for key, value in self.items()})

	def update(self, *arguments: Any, **values: Any) -> _dict:
		super().update(*arguments, **values)
		return self

	def copy(self) -> _dict:
		return type(self)(self)


@dataclass
class Site:
	"""One site in memory: where its rows are, which apps and DocTypes it has, its cache and its job queue."""

	name: str
	path: Path
	conf: _dict
	apps: tuple[str, ...]
	store: Store
	jobs: JobQueue
	doctypes: dict[str, dict] = field(default_factory=dict)
	metas: dict[str, Any] = field(default_factory=dict)
	hooks: _dict = field(default_factory=_dict)


SITES: dict[str, Site] = {}

local = Local()
db = local("db")
conf = local("conf")
form_dict = form = local("form_dict")
request = local("request")
response = local("response")
session = local("session")
flags = local("flags")
error_log = local("error_log")
debug_log = local("debug_log")
message_log = local("message_log")


def init(site: str, *, force: bool = False, **_paths: Any) -> None:
	"""Fill `frappe.local` for `site`. No database connection yet: see connect()."""
	if getattr(local, "initialised", False) and not force:
		return
	current = SITES[site]
	local.site = site
	local.site_object = current
	local.site_path = str(current.path)
	local.conf = current.conf
	local.flags = _dict(in_test=False, mute_messages=False, read_only=False)
	local.error_log = []
	local.message_log = []
	local.debug_log = []
	local.realtime_log = []
	local.response = _dict(docs=[])
	local.session = _dict(user=None, sid=None, data=_dict())
	local.form_dict = _dict()
	local.cache = {}
	local.role_permissions = {}
	local.lang = "en"
	local.is_ajax = False
	local.request_ip = None
	local.job = None
	local.initialised = True


def connect(site: str | None = None, set_admin_as_user: bool = True) -> None:
	"""Open this thread's own database connection; jobs and scripts act as Administrator."""
	from frappe.database import Database

	if site:
		init(site)
	local.db = Database(local.site_object)
	if set_admin_as_user:
		set_user("Administrator")


def destroy() -> None:
	"""Close the connection (which rolls back what was not committed) and forget everything local."""
	database = getattr(local, "db", None)
	if database:
		database.close()
	release_local(local)


def set_user(username: str) -> None:
	"""Act as `username` from here on. Like the real one this empties form_dict."""
	local.session.user = username
	local.session.sid = username
	local.session.data = _dict()
	local.cache = {}
	local.form_dict = _dict()
	local.role_permissions = {}


def get_installed_apps(*, _ensure_on_bench: bool = False) -> list[str]:
	return list(local.site_object.apps)

"""`frappe.cache`: Redis in memory, with Frappe's key prefix and its cache per request.

As in Frappe, `get_value` and the list operations add the site's prefix to the key by themselves, and the plain
Redis commands (`get`, `set`, `lrem`, ...) do not: those take `make_key(...)`. Plain commands give and take bytes.
There is no server: a restart empties it. Nothing expires.
"""

from __future__ import annotations

import pickle
import threading
from fnmatch import fnmatchcase
from typing import Any, NoReturn

import frappe
from frappe.missing import missing


class Store:
	"""The data of one site, shared by all its threads."""

	def __init__(self) -> None:
		self.lock = threading.RLock()
		self.values: dict[bytes, Any] = {}

	def find(self, key: bytes, kind: type) -> Any:
		"""The value at `key` if it is there."""
		value = self.values.get(key)
		if value is not None and not isinstance(value, kind):
			raise TypeError("WRONGTYPE Operation against a key holding the wrong kind of value")
		return value


class RedisWrapper:
	"""Looks up the current site's Store with every call."""

	def __getattr__(self, name: str) -> NoReturn:
		if name.startswith("__"):
			raise AttributeError(name)
		missing(f"frappe.cache.{name}")

	@property
	def _store(self) -> Store:
		return frappe.local.site_object.store

	def make_key(self, key: str) -> bytes:
		return f"{frappe.conf.db_name}|{key}".encode()

	# Plain commands: keys as they are given.

	def get(self, name: Any) -> bytes | None:
		with self._store.lock:
			return self._store.find(to_bytes(name), bytes)

	def set(self, name: Any, value: Any) -> bool:
		with self._store.lock:
			self._store.values[to_bytes(name)] = to_bytes(value)
			return True

	def delete(self, *names: Any) -> int:
		with self._store.lock:
			return sum(self._store.values.pop(to_bytes(name), None) is not None for name in names)

	def keys(self, pattern: Any = "*") -> list[bytes]:
		wanted = to_bytes(pattern).decode()
		with self._store.lock:
			return [key for key in list(self._store.values) if fnmatchcase(key.decode(), wanted)]

	def lrem(self, name: Any, count: int, value: Any) -> int:
		with self._store.lock:
			items = self._store.find(to_bytes(name), list) or []
			places = [place for place, item in enumerate(items) if item == to_bytes(value)]
			chosen = places[:count] if count > 0 else places[count:] if count < 0 else places
			for place in reversed(chosen):
				del items[place]
			return len(chosen)

	# With the prefix.

	def set_value(self, key: str, val: Any) -> None:
		name = self.make_key(key)
		frappe.local.cache[name] = val
		self.set(name, pickle.dumps(val))

	def get_value(self, key: str) -> Any:
		"""The value, remembered for the rest of the request, even where there is none."""
		name = self.make_key(key)
		if name not in frappe.local.cache:
			stored = self.get(name)
			frappe.local.cache[name] = pickle.loads(stored) if stored is not None else None
		return frappe.local.cache[name]

	def delete_value(self, keys: Any, make_keys: bool = True) -> None:
		for key in keys if isinstance(keys, list | tuple) else [keys]:
			name = self.make_key(key) if make_keys else to_bytes(key)
			frappe.local.cache.pop(name, None)
			self.delete(name)

	def get_keys(self, key: str) -> list[bytes]:
		return self.keys(self.make_key(f"{key}*"))

	def delete_keys(self, key: str) -> None:
		self.delete_value(self.get_keys(key), make_keys=False)

	def exists(self, name: str) -> bool:
		with self._store.lock:
			return self._store.find(self.make_key(name), object) is not None

	def rpush(self, key: str, value: Any) -> int:
		with self._store.lock:
			items = self._store.values.setdefault(self.make_key(key), [])
			items.append(to_bytes(value))
			return len(items)

	def lpop(self, key: str) -> bytes | None:
		with self._store.lock:
			items = self._store.find(self.make_key(key), list)
			return items.pop(0) if items else None

	def lrange(self, key: str, start: int, stop: int) -> list[bytes]:
		with self._store.lock:
			items = self._store.find(self.make_key(key), list) or []
			size = len(items)
			first = max(start + size, 0) if start < 0 else start
			last = stop + size if stop < 0 else stop
			return items[first : last + 1]


def to_bytes(value: Any) -> bytes:
	return value if isinstance(value, bytes) else str(value).encode()

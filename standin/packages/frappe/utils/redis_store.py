"""What Redis would hold for a site, in memory, and its plain commands: keys as they are given, bytes in and out."""

from __future__ import annotations

import threading
import time
from fnmatch import fnmatchcase
from typing import Any

import frappe
from frappe.missing import refuse


class Store:
	"""The data of one site, shared by all its threads."""

	def __init__(self) -> None:
		self.lock = threading.RLock()
		self.values: dict[bytes, Any] = {}
		self.expiry: dict[bytes, float] = {}

	def find(self, key: bytes, kind: type) -> Any:
		"""The value at `key` if it is there and has not expired."""
		if self.expiry.get(key, float("inf")) <= time.monotonic():
			self.drop(key)
		value = self.values.get(key)
		if value is not None and not isinstance(value, kind):
			raise TypeError("WRONGTYPE Operation against a key holding the wrong kind of value")
		return value

	def make(self, key: bytes, kind: type) -> Any:
		if self.find(key, kind) is None:
			self.values[key] = kind()
		return self.values[key]

	def drop(self, key: bytes) -> bool:
		self.expiry.pop(key, None)
		return self.values.pop(key, None) is not None

	def expire(self, key: bytes, seconds: float | None) -> None:
		if seconds is None:
			self.expiry.pop(key, None)
		else:
			self.expiry[key] = time.monotonic() + seconds


class PlainCommands:
	"""The commands that Frappe's RedisWrapper inherits unchanged: none of them adds the site's prefix."""

	@property
	def _store(self) -> Store:
		return frappe.local.site_object.store

	def get(self, name: Any) -> bytes | None:
		with self._store.lock:
			return self._store.find(to_bytes(name), bytes)

	def set(
		self,
		name: Any,
		value: Any,
		ex: float | None = None,
		px: float | None = None,
		nx: bool = False,
		xx: bool = False,
		**unknown: Any,
	) -> bool | None:
		refuse("frappe.cache.set", unknown)
		key = to_bytes(name)
		with self._store.lock:
			there = self._store.find(key, object) is not None
			if (nx and there) or (xx and not there):
				return None
			self._store.values[key] = to_bytes(value)
			self._store.expire(key, ex if ex is not None else px / 1000 if px is not None else None)
			return True

	def setex(self, name: Any, time: float, value: Any) -> bool | None:
		return self.set(name, value, ex=time)

	def setnx(self, name: Any, value: Any) -> bool:
		return bool(self.set(name, value, nx=True))

	def incr(self, name: Any, amount: int = 1) -> int:
		key = to_bytes(name)
		with self._store.lock:
			number = int(self._store.find(key, bytes) or 0) + amount
			self._store.values[key] = to_bytes(number)
			return number

	def incrby(self, name: Any, amount: int = 1) -> int:
		return self.incr(name, amount)

	def expire(self, name: Any, time: float, **unknown: Any) -> bool:
		refuse("frappe.cache.expire", unknown)
		with self._store.lock:
			if self._store.find(to_bytes(name), object) is None:
				return False
			self._store.expire(to_bytes(name), time)
			return True

	def ttl(self, name: Any) -> int:
		with self._store.lock:
			if self._store.find(to_bytes(name), object) is None:
				return -2
			end = self._store.expiry.get(to_bytes(name))
			return -1 if end is None else round(end - time.monotonic())

	def delete(self, *names: Any) -> int:
		with self._store.lock:
			return sum(self._store.drop(to_bytes(name)) for name in names)

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


def to_bytes(value: Any) -> bytes:
	return value if isinstance(value, bytes) else str(value).encode()

"""`frappe.cache`: Redis in memory, with Frappe's key prefix and its cache per request.

As in Frappe, `get_value`, `hset`, the list and the set operations add the site's prefix to the key by themselves,
and the plain Redis commands (`get`, `set`, `incr`, `lrem`, ...) do not: those take `make_key(...)`. Plain
commands give and take bytes. There is no server: a restart empties it.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, NoReturn

import frappe
from frappe.missing import missing, refuse
from frappe.utils.redis_store import PlainCommands, to_bytes


class RedisWrapper(PlainCommands):
	"""Looks up the current site's Store with every call."""

	def __call__(self) -> RedisWrapper:
		return self

	def __getattr__(self, name: str) -> NoReturn:
		if name.startswith("__"):
			raise AttributeError(name)
		missing(f"frappe.cache.{name}")

	def connected(self) -> bool:
		return True

	def make_key(self, key: str, user: Any = None, shared: bool = False) -> bytes:
		if shared:
			return to_bytes(key)
		if user:
			key = f"user:{frappe.session.user if user is True else user}:{key}"
		return f"{frappe.conf.db_name}|{key}".encode()

	def set_value(
		self,
		key: str,
		val: Any,
		user: Any = None,
		expires_in_sec: float | None = None,
		shared: bool = False,
		**unknown: Any,
	) -> None:
		refuse("frappe.cache.set_value", unknown)
		name = self.make_key(key, user, shared)
		if not expires_in_sec:
			frappe.local.cache[name] = val
		self.set(name, pickle.dumps(val), ex=expires_in_sec or None)

	def get_value(
		self,
		key: str,
		generator: Callable[[], Any] | None = None,
		user: Any = None,
		expires: bool = False,
		shared: bool = False,
		**unknown: Any,
	) -> Any:
		"""The value, remembered for the rest of the request unless `expires`, even where there is none."""
		refuse("frappe.cache.get_value", unknown)
		name = self.make_key(key, user, shared)
		if name in frappe.local.cache:
			return frappe.local.cache[name]
		stored = self.get(name)
		value = pickle.loads(stored) if stored is not None else None
		if expires:
			return value
		if value is None and generator:
			value = generator()
			self.set_value(key, value, user=user)
		else:
			frappe.local.cache[name] = value
		return value

	def delete_value(self, keys: Any, user: Any = None, make_keys: bool = True, shared: bool = False) -> None:
		keys = keys if isinstance(keys, list | tuple) else [keys]
		for key in filter(None, keys):
			name = self.make_key(key, user, shared) if make_keys else to_bytes(key)
			frappe.local.cache.pop(name, None)
			self.delete(name)

	def delete_key(self, *args: Any, **kwargs: Any) -> None:
		self.delete_value(*args, **kwargs)

	def get_keys(self, key: str) -> list[bytes]:
		return self.keys(self.make_key(f"{key}*"))

	def delete_keys(self, key: str) -> None:
		self.delete_value(self.get_keys(key), make_keys=False)

	def exists(self, *names: str, user: Any = None, shared: bool = False) -> int:
		with self._store.lock:
			keys = [self.make_key(name, user, shared) for name in names]
			return sum(self._store.find(key, object) is not None for key in keys)

	# Hashes and sets, with the prefix.

	def hset(self, name: str, key: str, value: Any, shared: bool = False) -> None:
		field = self.make_key(name, shared=shared)
		frappe.local.cache.setdefault(field, {})[key] = value
		with self._store.lock:
			self._store.make(field, dict)[to_bytes(key)] = pickle.dumps(value)

	def hget(
		self, name: str, key: str, generator: Callable[[], Any] | None = None, shared: bool = False
	) -> Any:
		field = self.make_key(name, shared=shared)
		remembered = frappe.local.cache.setdefault(field, {})
		if key in remembered:
			return remembered[key]
		with self._store.lock:
			stored = (self._store.find(field, dict) or {}).get(to_bytes(key))
		if stored is not None:
			remembered[key] = pickle.loads(stored)
		elif generator:
			self.hset(name, key, generator(), shared=shared)
		return remembered.get(key)

	def hgetall(self, name: str) -> dict[bytes, Any]:
		with self._store.lock:
			stored = dict(self._store.find(self.make_key(name), dict) or {})
		return {key: pickle.loads(value) for key, value in stored.items()}

	def hdel(self, name: str, key: str, shared: bool = False) -> None:
		field = self.make_key(name, shared=shared)
		frappe.local.cache.get(field, {}).pop(key, None)
		with self._store.lock:
			(self._store.find(field, dict) or {}).pop(to_bytes(key), None)

	def hexists(self, name: str, key: str, shared: bool = False) -> bool:
		with self._store.lock:
			return to_bytes(key) in (self._store.find(self.make_key(name, shared=shared), dict) or {})

	def hkeys(self, name: str) -> list[bytes]:
		with self._store.lock:
			return list(self._store.find(self.make_key(name), dict) or {})

	def sadd(self, name: str, *values: Any) -> None:
		with self._store.lock:
			self._store.make(self.make_key(name), set).update(map(to_bytes, values))

	def srem(self, name: str, *values: Any) -> None:
		with self._store.lock:
			(self._store.find(self.make_key(name), set) or set()).difference_update(map(to_bytes, values))

	def smembers(self, name: str) -> set[bytes]:
		with self._store.lock:
			return set(self._store.find(self.make_key(name), set) or ())

	def sismember(self, name: str, value: Any) -> bool:
		return to_bytes(value) in self.smembers(name)

	# Lists, with the prefix.

	def lpush(self, key: str, value: Any) -> int:
		return self._push(key, value, 0)

	def rpush(self, key: str, value: Any) -> int:
		return self._push(key, value, None)

	def lpop(self, key: str) -> bytes | None:
		return self._pop(key, 0)

	def rpop(self, key: str) -> bytes | None:
		return self._pop(key, -1)

	def llen(self, key: str) -> int:
		with self._store.lock:
			return len(self._store.find(self.make_key(key), list) or ())

	def lrange(self, key: str, start: int, stop: int) -> list[bytes]:
		with self._store.lock:
			items = self._store.find(self.make_key(key), list) or []
			return _slice(items, start, stop)

	def ltrim(self, key: str, start: int, stop: int) -> bool:
		with self._store.lock:
			items = self._store.find(self.make_key(key), list) or []
			items[:] = _slice(items, start, stop)
		return True

	def _push(self, key: str, value: Any, place: int | None) -> int:
		with self._store.lock:
			items = self._store.make(self.make_key(key), list)
			items.insert(len(items) if place is None else place, to_bytes(value))
			return len(items)

	def _pop(self, key: str, place: int) -> bytes | None:
		with self._store.lock:
			items = self._store.find(self.make_key(key), list)
			return items.pop(place) if items else None


def _slice(items: list[bytes], start: int, stop: int) -> list[bytes]:
	size = len(items)
	first = max(start + size, 0) if start < 0 else start
	last = stop + size if stop < 0 else stop
	return items[first : last + 1]

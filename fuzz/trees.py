"""JSON made of known keys and likely values, or varied from a sample, as the bytes of a fuzzer choose."""

import json
from collections.abc import Sequence
from typing import Any

from .target import Provider

VALUES: list[Any] = [
	*("", "EMP-0001", "EMP-0002", "0003", "2024-09-17 08:00:00 GMT +0300", "2024-09-17T17:30:00Z"),
	*("1726549200", "CheckIn", "OUT", "Face", "in", "true", "36.8", "0", "-1", "--5", "1e999", "9" * 40),
	*("NaN", "{}", "[]", "[null]", " ", "\0", "\ud800", "\u202e", "<b>", "x" * 65, "=1+1", "é" * 70),
	*(None, True, False, 0, 1, -1, 3, 10283655, 10**17, 10**40, 1.5, 1e308, float("inf"), float("nan")),
]
SPELLINGS = [str, str.upper, str.title, lambda key: "_".join(key), lambda key: f"{key} "]
DEEPEST = 7
MOST_ITEMS = 5


def grow(provider: Provider, keys: Sequence[str], level: int = 0) -> Any:
	kind = provider.ConsumeIntInRange(0, 9)
	if kind <= 3 or level >= DEEPEST:
		return provider.PickValueInList(VALUES)
	if kind == 4:
		return provider.ConsumeUnicode(20)
	if kind == 5:
		return json.dumps(grow(provider, keys, level + 1))
	if kind == 6:
		return [grow(provider, keys, level + 1) for _item in _some(provider)]
	return grow_object(provider, keys, level)


def grow_object(provider: Provider, keys: Sequence[str], level: int = 0) -> dict[str, Any]:
	return {_key(provider, keys): grow(provider, keys, level + 1) for _item in _some(provider)}


def vary(provider: Provider, value: Any, keys: Sequence[str], level: int = 0) -> Any:
	"""The value with some of its parts exchanged, added, wrapped, or written as JSON in a text."""
	kind = provider.ConsumeIntInRange(0, 19) if level < DEEPEST else 0
	if kind == 19:
		return grow(provider, keys)
	if kind == 18:
		return json.dumps(vary(provider, value, keys, level + 1))
	if kind == 17:
		return [vary(provider, value, keys, level + 1) for _item in _some(provider)]
	if kind == 16:
		return {_key(provider, keys): vary(provider, value, keys, level + 1)}
	if isinstance(value, list):
		return [vary(provider, item, keys, level + 1) for item in value]
	if isinstance(value, dict):
		varied = {key: vary(provider, item, keys, level + 1) for key, item in value.items()}
		return {**varied, **grow_object(provider, keys, DEEPEST - 2)} if kind == 15 else varied
	return value


def _some(provider: Provider) -> range:
	return range(provider.ConsumeIntInRange(0, MOST_ITEMS))


def _key(provider: Provider, keys: Sequence[str]) -> str:
	if provider.ConsumeIntInRange(0, 15) == 15:
		return provider.ConsumeUnicode(8)
	spell = provider.PickValueInList(SPELLINGS) if provider.ConsumeBool() else str
	key: str = spell(provider.PickValueInList(list(keys)))
	return key

"""What a target is, and what several oracles ask of a result."""

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

LONGEST_SECONDS = 1.0  # of the processor, for an input of at most LARGEST bytes
LARGEST = 64 * 1024


class Provider(Protocol):
	"""The part of atheris.FuzzedDataProvider that is used here. Without bytes left it gives 0, False, the first."""

	def ConsumeBool(self) -> bool: ...
	def ConsumeIntInRange(self, least: int, most: int) -> int: ...
	def ConsumeUnicode(self, most: int) -> str: ...
	def PickValueInList(self, values: list[Any]) -> Any: ...


@dataclasses.dataclass(frozen=True)
class Target:
	"""`check` is the oracle: it raises for an input that breaks a promise. `build` makes inputs of a shape that bytes
	alone seldom have. `words` are what inputs are likely to be made of."""

	check: Callable[[bytes], None]
	build: Callable[[Provider], bytes]
	seeds: Sequence[bytes]
	words: Sequence[str]


@contextmanager
def in_time() -> Iterator[None]:
	start = time.process_time()
	yield
	seconds = time.process_time() - start
	assert seconds < LONGEST_SECONDS, "takes too long"


def texts_of(value: object) -> Iterator[str]:
	"""Every text in a result, but for what its repr hides."""
	if isinstance(value, str):
		yield value
	elif isinstance(value, Mapping):
		for key, item in value.items():
			yield from texts_of(key)
			yield from texts_of(item)
	elif isinstance(value, list | tuple):
		for item in value:
			yield from texts_of(item)
	elif dataclasses.is_dataclass(value):
		for field in dataclasses.fields(value):
			if field.repr:
				yield from texts_of(getattr(value, field.name))


def assert_storable(value: object) -> None:
	for text in texts_of(value):
		assert "\0" not in text, "a text has a NUL"
		assert text.encode("utf-8", "replace").decode() == text, "a text is no valid UTF-8"

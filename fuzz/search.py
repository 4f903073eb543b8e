"""Look for inputs of one target with atheris, for so many seconds: `python -m fuzz.search NAME SECONDS FOLDER`.

A process of its own, as libFuzzer ends it. It goes on after a finding: the first of each kind counts, shortened, and
all are written to FOLDER/result.json at the end. Where an input ends the process, libFuzzer leaves it in FOLDER.
"""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris

from fuzz.target import LARGEST, Target

TREE = 0  # the first byte of an input from which the target builds one
LONGEST_INPUT_SECONDS = 30
MOST_MEGABYTES = 2048
SHORTENING_SECONDS = 5.0
MOST_FINDINGS = 20

Check = Callable[[bytes], None]


class Search:
	"""Counts inputs and collects findings of one target."""

	def __init__(self, target: Target, seconds: float, folder: Path):
		self._target = target
		self._folder = folder
		self._start = time.monotonic()
		self._end = self._start + seconds
		self._inputs = 0
		self._findings: dict[str, dict[str, str]] = {}

	def try_input(self, data: bytes) -> None:
		if time.monotonic() >= self._end:
			self._finish()
		self._inputs += 1
		if data[:1] == bytes([TREE]):
			data = self._target.build(atheris.FuzzedDataProvider(data[1:]))
			if len(data) > LARGEST:
				return
		kind = failure_of(self._target.check, data)
		if kind and kind not in self._findings:
			shortest = shorten(data, lambda part: failure_of(self._target.check, part) == kind)
			self._findings[kind] = {"failure": kind, "input": repr(shortest)}
		if len(self._findings) >= MOST_FINDINGS:
			self._finish()

	def _finish(self) -> None:
		seconds = time.monotonic() - self._start
		result = {"inputs": self._inputs, "seconds": seconds, "findings": list(self._findings.values())}
		(self._folder / "result.json").write_text(json.dumps(result))
		os._exit(0)  # libFuzzer would call again


def failure_of(check: Check, data: bytes) -> str:
	"""What went wrong and where; empty if nothing did."""
	try:
		check(data)
	except Exception as error:
		place = traceback.extract_tb(error.__traceback__)[-1]
		words = str(error) if isinstance(error, AssertionError) else ""
		return f"{type(error).__name__} in {Path(place.filename).name}, {place.name}: {words or place.line}"
	return ""


def shorten(data: bytes, fails: Callable[[bytes], bool]) -> bytes:
	"""A shorter input that fails as well, found by leaving out ever smaller pieces."""
	end = time.monotonic() + SHORTENING_SECONDS
	size = len(data) // 2
	while size and time.monotonic() < end:
		for part in _without_pieces(data, size):
			if time.monotonic() >= end:
				return data
			if fails(part):
				data = part
				break
		else:
			size = size // 2 if size > 8 else size - 1
	return data


def _without_pieces(data: bytes, size: int) -> Iterator[bytes]:
	for start in range(0, len(data) - size + 1, max(1, size // 8)):
		yield data[:start] + data[start + size :]


def write_dictionary(words: Iterator[str], path: Path) -> None:
	"""In libFuzzer's form."""
	quoted = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in words if word)
	path.write_text("".join(f'"{word}"\n' for word in quoted))


def main() -> None:
	name, seconds, folder = sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])
	with atheris.instrument_imports(include=["navari_cams_biometric.gateway"]):
		target: Target = importlib.import_module(f"fuzz.{name}").TARGET
	corpus = folder / "corpus"
	corpus.mkdir()
	for number, seed in enumerate(target.seeds):
		(corpus / f"seed-{number}").write_bytes(seed)
	write_dictionary(iter(target.words), folder / "words")
	search = Search(target, seconds, folder)
	options = {
		"max_len": LARGEST,
		"timeout": LONGEST_INPUT_SECONDS,
		"rss_limit_mb": MOST_MEGABYTES,
		"dict": folder / "words",
		"artifact_prefix": f"{folder}/",
	}
	arguments = [f"-{option}={value}" for option, value in options.items()]
	atheris.Setup([sys.argv[0], *arguments, str(corpus)], search.try_input)
	atheris.Fuzz()


if __name__ == "__main__":
	main()

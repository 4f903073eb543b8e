"""The oracles of `fuzz/` accept every seed and refuse what breaks a promise. `make fuzz` looks for more inputs."""

import pytest

from fuzz import answers, parser, timestamps
from navari_cams_biometric.gateway.callback import Callback, Envelope
from navari_cams_biometric.gateway.punch import Punch

TARGETS = {"parser": parser.TARGET, "timestamps": timestamps.TARGET, "answers": answers.TARGET}


class Numbers:
	"""Numbers in turn where atheris would take the bytes of an input."""

	def __init__(self, start):
		self._number = start

	def _next(self):
		self._number = (self._number * 1103515245 + 12345) % 2**31
		return self._number >> 8

	def ConsumeBool(self):
		return self._next() % 2 == 1

	def ConsumeIntInRange(self, least, most):
		return least + self._next() % (most - least + 1)

	def ConsumeUnicode(self, most):
		return "".join(chr(self._next() % 0x3000) for _letter in range(self._next() % most))

	def PickValueInList(self, values):
		return values[self._next() % len(values)]


@pytest.mark.parametrize(
	("name", "seed"), [(name, seed) for name, target in TARGETS.items() for seed in target.seeds]
)
def test_a_seed_keeps_every_promise(name, seed):
	TARGETS[name].check(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_built_keeps_every_promise(name):
	for start in range(200):
		TARGETS[name].check(TARGETS[name].build(Numbers(start)))


def test_a_lost_body_a_lost_punch_and_a_told_secret_are_noticed():
	punch = {"UserId": "1", "Type": "CheckIn", "LogTime": "8"}
	other = Punch("2", "CheckIn", "8")
	for content, callback, words in (
		({"Alarm": "x"}, Callback(), "is lost"),
		({"Log": [punch]}, Callback(punches=(other,)), "a punch is lost"),
		({"Password": "90817263"}, Callback(unread=("90817263",)), "a secret is told"),
		({"Alarm": "x"}, Callback(unread=("a\0",)), "NUL"),
	):
		with pytest.raises(AssertionError, match=words):
			parser.check_callback(Envelope(content=content), callback)


def test_words_with_a_token_or_without_end_are_noticed():
	for words in (answers.TOKEN, "x" * 600, "two\nlines"):
		error = answers.RequestRefusedError("OpenDoor", 500, words)
		with pytest.raises(AssertionError):
			answers.check_error(error)


def test_a_time_that_is_read_wrongly_is_noticed(monkeypatch):
	right = timestamps.parse_timestamp
	monkeypatch.setattr(
		timestamps, "parse_timestamp", lambda text, zone: right(text.replace("+03", "-03"), zone)
	)
	with pytest.raises(AssertionError, match="offset"):
		timestamps.check(b"\x012024-09-17 08:00:00 GMT +0300")

"""What the gateway answers is data of a stranger: every call ends in time, within bounds, and in the client's own
error.
"""

import itertools
import json
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from navari_cams_biometric.gateway.client import GatewayClient
from navari_cams_biometric.gateway.client.transport import Reply, Transport
from navari_cams_biometric.gateway.errors import (
	GatewayError,
	RateLimitedError,
	TimedOutError,
	UnreadableReplyError,
)
from navari_cams_biometric.gateway.operations import REQUESTS
from tests.attacks.gateway.hostile import HostileGateway, head
from tests.gateway.conftest import GATE, NAIROBI, NOW, TOKEN, Records, at

APIS = ("REST v3 (form not published)", "Web API 3.0")
PATIENCE = 1.0  # seconds
MEBIBYTE = 1024**2
MOST_MEMORY = 64 * MEBIBYTE


def make_client(api: str, url: str = "http://127.0.0.1:9/", **options: object) -> GatewayClient:
	defaults = {"records": Records(), "zone": NAIROBI, "clock": lambda: NOW, "attempts": 1}
	return GatewayClient(TOKEN, api, url, **{**defaults, **options})


def drip(pieces: Iterator[bytes], gateway: HostileGateway) -> Iterator[bytes]:
	for piece in pieces:
		yield piece
		gateway.pause(PATIENCE / 10)


DRIPS = {
	"a_body": lambda: itertools.chain([head("Content-Length: 9999")], itertools.repeat(b" ")),
	"a_body_without_length": lambda: itertools.chain([head("Connection: close")], itertools.repeat(b" ")),
	"a_chunked_body": lambda: itertools.chain(
		[head("Transfer-Encoding: chunked")], itertools.repeat(b"1\r\n \r\n")
	),
	"a_chunk_size": lambda: itertools.chain([head("Transfer-Encoding: chunked")], itertools.repeat(b"0")),
	"a_status_line": lambda: itertools.chain([b"HTTP/1.1 "], itertools.repeat(b"2")),
	"a_header": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], itertools.repeat(b"x")),
	"continues": lambda: itertools.repeat(head(code="100 Continue")),
	"a_gzip": lambda: itertools.chain(
		[head("Content-Encoding: gzip"), zlib.compressobj(wbits=31).flush()[:10]],
		itertools.repeat(b"\x00\x00\x00\xff\xff"),  # a block of nothing
	),
	"a_refusal": lambda: itertools.chain(
		[head("Content-Length: 9999", code="500 Oh")], itertools.repeat(b" ")
	),
	"a_redirect": lambda: itertools.chain(
		[head("Location: /elsewhere", "Content-Length: 9999", code="302 Found")], itertools.repeat(b" ")
	),
}


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("what", DRIPS)
def test_ten_ways_to_drip_an_answer_end_with_the_time_of_the_call(api, what):
	with HostileGateway(lambda: drip(DRIPS[what](), gateway)) as gateway:
		client = make_client(api, gateway.url, timeout=PATIENCE)
		started = time.monotonic()

		with client, pytest.raises(TimedOutError):
			client.get_device_info(GATE)

		assert time.monotonic() - started < 2 * PATIENCE
	assert len(DRIPS) == 10


@contextmanager
def little_memory() -> Iterator[None]:
	tracemalloc.start()
	try:
		yield
		assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
	finally:
		tracemalloc.stop()


def gzipped(size: int, layers: int = 1) -> bytes:
	"""So many bytes of blanks, compressed over and over."""
	body = b""
	for layer in range(layers):
		packer = zlib.compressobj(9, wbits=31)
		pieces = [b" " * MEBIBYTE] * (size // MEBIBYTE) if layer == 0 else [body]
		body = b"".join(map(packer.compress, pieces)) + packer.flush()
	return body


GZIP = "Content-Encoding: gzip"
FLOODS = {
	"1_gib_in_1_mib_of_gzip": lambda: [head(GZIP), gzipped(1024 * MEBIBYTE)],
	"1_gib_in_a_redirect": lambda: [
		head(GZIP, "Location: /elsewhere", code="302 Found"),
		gzipped(1024 * MEBIBYTE),
	],
	"1_gib_in_a_refusal": lambda: [head(GZIP, code="500 Oh"), gzipped(1024 * MEBIBYTE)],
	"gzip_in_gzip": lambda: [
		head("Content-Encoding: gzip, gzip"),
		gzipped(1024 * MEBIBYTE, layers=2),
	],
	"what_follows_a_gzip": lambda: itertools.chain(
		[head(GZIP), gzipped(MEBIBYTE)], itertools.repeat(b"x" * 65536)
	),
	"another_encoding": lambda: [head("Content-Encoding: br"), b"\x00" * 65536],
	"a_broken_gzip": lambda: [head(GZIP), b"\x00" * 65536],
	"plain_text_without_end": lambda: itertools.chain(
		[head("Connection: close")], itertools.repeat(b" " * 65536)
	),
	"a_length_of_4_eib": lambda: itertools.chain(
		[head(f"Content-Length: {2**62}")], itertools.repeat(b" " * 65536)
	),
	"chunks_without_end": lambda: itertools.chain(
		[head("Transfer-Encoding: chunked")], itertools.repeat(b"10000\r\n" + b" " * 65536 + b"\r\n")
	),
}


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("what", FLOODS)
def test_ten_floods_are_cut_off_within_64_mib(api, what):
	pieces = FLOODS[what]()
	with HostileGateway(lambda: pieces) as gateway, make_client(api, gateway.url, timeout=20) as client:
		with little_memory(), pytest.raises(GatewayError) as refusal:
			client.get_device_info(GATE)
	assert len(FLOODS) == 10
	assert not isinstance(refusal.value, TimedOutError)


LONG_NUMBER = "7" * 4301
SCALARS = (
	"--5",
	"-",
	LONG_NUMBER,
	"9" * 400,
	"1e999",
	10**15,
	-1,
	1e308,
	True,
	None,
	"",
	"\ud800",
	"\0",
	"\u202egnp.exe",
	"٣" * 5,
	"²",
	"x" * 5_000,
	"9999-12-31 23:59:59 GMT +1400",
	"0001-01-01 00:00:00 GMT -1400",
	"0001-01-01",
	"9999-12-31",
	"2024-W01-1",
	"<img src=x onerror=alert(1)>",
	"%s{0}{x.__class__}",
	[],
	{},
	[[]],
	[0] * 1000,
	[None, "x", {}],
	{"Log": {"Log": {}}},
	{"Log": "x"},
	{"Log": [0]},
	{"Log": [[]]},
)
OUTER = (
	"Status",
	"StatusCode",
	"Message",
	"OperationID",
	"State",
	"Operation",
	"ServiceTag",
	"Reachable",
	"PunchLog",
	"AccessLog",
	"User",
	"Devices",
	"Door",
	"DeviceInformation",
	"Health",
	"Migration",
	"Summary",
	"Photo",
	"Export",
)
INNER = (
	"Log",
	"List",
	"OffSet",
	"ActualRowCount",
	"UserID",
	"FirstName",
	"UserType",
	"Credentials",
	"Devices",
	"ServiceTag",
	"LabelName",
	"Online",
	"LastSeen",
	"Type",
	"LogTime",
	"Door",
	"State",
	"Model",
	"Firmware",
	"Capacity",
	"Counters",
	"LicenceUntil",
	"QueueDepth",
	"Total",
	"Done",
	"Date",
	"FirstIn",
	"LastOut",
	"Seconds",
	"Data",
)
DONE = {"Status": "done", "StatusCode": 0}


def replies_with(value: object) -> Iterator[dict]:
	"""The value in each place where the client reads one: alone, in an object, in a list, in an object's object."""
	row = dict.fromkeys(INNER, value)
	yield dict.fromkeys(OUTER, value)
	for filling in (value, row, [row], {"Log": [row], "List": [row]}, {"Capacity": row, "Counters": row}):
		yield {**dict.fromkeys(OUTER, filling), **DONE}


def replies_with_one(value: object) -> Iterator[dict]:
	"""The value under one key after the other, where the rest is well."""
	for key in INNER:
		log = {"Log": [{"UserID": "1", key: value}], "List": [{"UserID": "1", key: value}]}
		filling = {**log, key: value}
		yield {**dict.fromkeys(OUTER, filling), **DONE}


WRONG_BODIES = (
	b"",
	b"\xff\xfe",
	b"null",
	b"[]",
	b'{"Status":"done","StatusCode":%s}' % LONG_NUMBER.encode(),
	b'{"Status":"done","StatusCode":0,"PunchLog":{"ActualRowCount":%s}}' % LONG_NUMBER.encode(),
	b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
	b"[" * 100_000,
	b'{"Status":"done","StatusCode":1e999,"PunchLog":{"Log":[NaN,Infinity]}}',
	b'{"Status":"done","StatusCode":0,"PunchLog":{"Log":[' + b"0," * 200_000 + b"0]}}",
	b'{"Status":"done","StatusCode":0,"PunchLog":{"Log":[' + b"{}," * 200_000 + b"{}]}}",
)


def answer_with(monkeypatch, body: bytes, code: int = 200, **told: object) -> None:
	reply = Reply(code, str(told.get("reason", "OK")), told.get("retry_after"), body)
	monkeypatch.setattr(Transport, "_send", lambda self, request: reply)


def ask_everything(api: str) -> int:
	"""Every request operation, with its example arguments. Counts those that were asked; a GatewayError is an answer
	too, any other error fails the test."""
	asked, refusals = 0, []
	with make_client(api) as client:
		for operation in REQUESTS.values():
			arguments = {known.name: known.example for known in operation.parameters}
			if operation.name == "SetAccessSchedule":
				arguments["windows"] = []
			try:
				answer = getattr(client, operation.method)(**arguments)
				if isinstance(answer, Iterator):
					answer = list(answer)
				assert len(repr(answer)) < 20 * MEBIBYTE
			except GatewayError as error:
				refusals.append(str(error))
			asked += 1
	assert all(len(words) < 1000 and words.isprintable() for words in refusals)
	return asked


@pytest.mark.parametrize("api", APIS)
def test_33_values_in_6_places_of_a_reply_are_read_or_refused(monkeypatch, api):
	replies = [reply for value in SCALARS for reply in replies_with(value)]
	for reply in replies:
		answer_with(monkeypatch, json.dumps(reply).encode())
		assert ask_everything(api) == len(REQUESTS)
	assert len(replies) == 33 * 6


@pytest.mark.parametrize("api", APIS)
def test_5_values_under_30_keys_are_read_or_refused(monkeypatch, api):
	values = ("--5", LONG_NUMBER, 10**15, "\ud800", {"Log": [[]]})
	replies = [reply for value in values for reply in replies_with_one(value)]
	for reply in replies:
		answer_with(monkeypatch, json.dumps(reply).encode())
		assert ask_everything(api) == len(REQUESTS)
	assert len(replies) == 5 * 30


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("code", [200, 409, 500])
def test_11_bodies_that_are_no_reply_are_refused(monkeypatch, api, code):
	for body in WRONG_BODIES:
		answer_with(monkeypatch, body, code)
		assert ask_everything(api) == len(REQUESTS)
	assert len(WRONG_BODIES) == 11


@pytest.mark.parametrize("told", ["--5", "-", LONG_NUMBER, "5-", "1e3", "٣٣٣"])
def test_a_status_code_that_is_no_number_is_no_success(monkeypatch, told):
	answer_with(monkeypatch, json.dumps({"Status": "done", "StatusCode": told}).encode())

	with make_client("Web API 3.0") as client, pytest.raises(UnreadableReplyError):
		client.delete_user(GATE, "EMP-0001")


@pytest.mark.parametrize("field", ["Seconds", "Date"])
def test_a_day_that_cannot_be_read_is_refused_and_not_taken_for_an_empty_one(monkeypatch, field):
	day = {"UserID": "EMP-0001", "Date": "2024-09-17", "Seconds": "60", field: 10**15}
	answer_with(monkeypatch, json.dumps({**DONE, "Summary": [day]}).encode())

	with make_client(APIS[0]) as client, pytest.raises(UnreadableReplyError):
		client.get_attendance_summary(at(0), at(18))


RETRY_AFTER = (
	"99999999999",
	LONG_NUMBER,
	"Wed, 21 Oct 99999999999 07:28:00 GMT",
	"Fri, 31 Dec 9999 23:59:59 -9999",
	"Mon, 01 Jan 0001 00:00:00 +9999",
	"-1",
	"1e999",
	"inf",
	"nan",
	", , ,",
	"\xb2",
)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("told", RETRY_AFTER)
def test_11_odd_waits_are_at_most_a_day(api, told):
	assert len(RETRY_AFTER) == 11
	pieces = [head(f"Retry-After: {told}", "Content-Length: 2", code="429 No"), b"{}"]
	with HostileGateway(lambda: pieces) as gateway, make_client(api, gateway.url) as client:
		with pytest.raises(RateLimitedError) as refusal:
			client.get_device_info(GATE)

	assert refusal.value.retry_after is None or 0 <= refusal.value.retry_after <= 86400


ODD_HEADS = (
	b"HTTP/1.1 99999999999 OK\r\n\r\n",
	b"HTTP/1.1 -1 OK\r\n\r\n",
	b"NONSENSE\r\n\r\n",
	b"\x00" * 100,
	head("Content-Length: -5"),
	head("Content-Length: 5, 6"),
	head(f"Content-Length: {LONG_NUMBER}"),
	head("Location: http://[", code="302 Found"),
	head("Location: \xff\xfe", code="302 Found"),
	head("Transfer-Encoding: chunked") + b"zz\r\n",
	head("Transfer-Encoding: chunked") + b"-1\r\n",
	head(*["X: x"] * 1000),
	head("X: " + "x" * 100_000),
	head("Set-Cookie: \xff=\xff; expires=Wed, 21 Oct 99999999999 07:28:00 GMT"),
	head("Content-Type: application/json; charset=\xff"),
	head(code="200 \x1b[31m" + "x" * 5000),
)


@pytest.mark.parametrize("api", APIS)
def test_16_odd_heads_are_refused(api):
	for odd in ODD_HEADS:
		with HostileGateway(lambda odd=odd: [odd]) as gateway:
			with make_client(api, gateway.url, timeout=5) as client, pytest.raises(GatewayError) as refusal:
				client.get_device_info(GATE)
		assert str(refusal.value).isprintable()
	assert len(ODD_HEADS) == 16


class Pages:
	"""Answers each request with a page of one row, and an OffSet that a test makes of the page's number."""

	def __init__(self, offset):
		self.asked = 0
		self.offset = offset

	def send(self, request: object) -> Reply:
		self.asked += 1
		row = {"UserID": str(self.asked), "LogTime": "2024-09-17 08:00:00 GMT +0300"}
		page = {"OffSet": self.offset(self.asked), "Log": [row]}
		return Reply(200, "OK", None, json.dumps({**DONE, "PunchLog": page}).encode())


OFFSETS = {
	"the_same": (lambda number: "50", 2),
	"back_and_forth": (lambda number: str(number % 2), 3),
	"a_circle_of_100": (lambda number: f"page {number % 100}", 101),
	"backwards": (lambda number: str(10**6 - number), 2),
	"without_end": (lambda number: f"page {number}", 10_000),
	"growing_without_end": (lambda number: str(number), 10_000),
	"too_long": (lambda number: "9" * 1000, 1),
}


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("what", OFFSETS)
def test_seven_offsets_that_lead_nowhere_end_the_load(monkeypatch, api, what):
	offset, most = OFFSETS[what]
	pages = Pages(offset)
	monkeypatch.setattr(Transport, "_send", lambda _transport, request: pages.send(request))

	with make_client(api) as client, pytest.raises(UnreadableReplyError):
		list(client.get_attendance_by_device(GATE, at(0), at(18)))

	assert pages.asked <= most
	assert len(OFFSETS) == 7


def test_a_call_does_not_wait_for_another_longer_than_its_patience():
	with HostileGateway(lambda: drip(DRIPS["a_body"](), gateway)) as gateway:
		slow = make_client(APIS[0], gateway.url, timeout=3)
		ends = []

		def wait_for_it() -> None:
			with pytest.raises(TimedOutError):
				slow.get_device_info(GATE)
			ends.append(time.monotonic())

		other = threading.Thread(target=wait_for_it)
		other.start()
		time.sleep(0.2)
		started = time.monotonic()
		with make_client(APIS[0], gateway.url, patience=0.5) as client, pytest.raises(TimedOutError):
			client.get_device_info(GATE)
		assert time.monotonic() - started < 1.5
		other.join()
		assert len(ends) == 1
		slow.close()


@pytest.mark.parametrize(
	"url",
	[
		"http://api.camsunit.com/v3/",
		"http://127.0.0.1.example.com/",
		"http://localhost.example.com/",
		"http://localhost@example.com/",
		"http://example.com\\@localhost/",
		"http://localhost\\@example.com/",
		"http://[::2]/",
		"http://0.0.0.0/",
		"http:///v3",
		"https:///v3",
		"https://",
		"ftp://localhost/",
		"https://exa mple.com/",
		"https://example.com/\r\nX: y",
		"http://[::1/",
	],
)
def test_15_base_urls_that_are_not_safe_are_refused(url):
	with pytest.raises(ValueError, match="base URL"):
		GatewayClient(TOKEN, base_url=url)


@pytest.mark.parametrize(
	"url",
	[
		"https://api.camsunit.com/v3/",
		"HTTPS://API.camsunit.com",
		"http://localhost:8000/",
		"http://127.0.0.1:8000/v3",
		"http://127.9.9.9/",
		"http://[::1]:8000/",
	],
)
def test_a_base_url_is_https_or_this_machine(url):
	GatewayClient(TOKEN, base_url=url).close()

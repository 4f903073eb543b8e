"""A stranger at the callback URL, and somebody who has captured a genuine body: nothing is added, nothing is learned.

Each test says how many requests it sent; none of them may change what is stored.
"""

import contextvars
import itertools
import json
import string

import frappe
import pytest

from tests.app.inside import DAY, punch_at, punches_of
from tests.contract.host import CALLBACK, DONE, INVALID_TOKEN, SETTINGS, TOKEN, batch, real_time

STORED = ("CAMS Punch", "CAMS Device", "CAMS Device User", "CAMS Unread Event", "Employee Checkin")
OWN = "device-auth-token-0123456789abcd"


@pytest.fixture
def nothing_changes():
	"""What is stored is the same afterwards."""

	def counts():
		frappe.db.rollback()
		return {doctype: frappe.db.count(doctype) for doctype in STORED}

	before = counts()
	yield
	assert counts() == before


@pytest.fixture
def device(new_device):
	return new_device(auth_token=OWN).name


def refused(callback, body, query="", **headers):
	answer = callback(body, query, **headers)
	return answer.status_code == 200 and answer.json["status"] == "error"


def test_forged_tokens(callback, device, nothing_changes):
	stored = frappe.db.get_value("CAMS Device", device, "auth_token_digest")
	forged = [
		*(
			"",
			" ",
			"\0",
			"*" * 32,
			"None",
			"null",
			"0" * 32,
			"true",
			stored,
			stored.upper(),
			TOKEN,
			TOKEN[:-1],
		),
		*(
			OWN[:-1],
			OWN + "x",
			OWN.upper(),
			f" {OWN}",
			f"{OWN} ",
			f"{OWN}\n",
			f"{OWN}\0",
			f"\0{OWN}",
			OWN[::-1],
		),
		*(OWN[:number] for number in range(0, 32, 4)),
		*(OWN.replace("d", letter, 1) for letter in string.ascii_lowercase if letter != "d"),
		*(
			"' or 1=1 -- ",
			'" or ""="',
			"%",
			"_" * 32,
			"$ne",
			"{}",
			"[]",
			"../../",
			"${jndi:x}",
			"\u202e" + OWN,
		),
	]
	for token in forged:
		assert refused(callback, punch_at("1", SerialNumber=device, AuthToken=token)), token
	for token in ([OWN], {"0": OWN}, True, False, 0, 1, 1.5, [], {}, None):
		body = {"RealTime": {"SerialNumber": device, "AuthToken": token, "PunchLog": {"UserId": "1"}}}
		assert refused(callback, body), token
	assert len(forged) > 60


def test_a_token_with_half_a_character_is_a_wrong_one(callback, device, nothing_changes):
	answer = callback(punch_at("1", SerialNumber=device, AuthToken="\ud800" * 32))
	assert answer.json["message"] == "Invalid auth token"


def test_envelopes_with_the_token_in_the_wrong_place(callback, device, nothing_changes):
	punch = {"Type": "CheckIn", "UserId": "1", "LogTime": f"{DAY} 08:00:00 GMT +0300"}
	bodies = [
		{"RealTime": {"SerialNumber": device, "PunchLog": {**punch, "AuthToken": OWN}}},
		{"RealTime": {"SerialNumber": device, "PunchLog": [punch, {"AuthToken": OWN}]}},
		{"RealTime": {"SerialNumber": device, "PunchLog": punch, "Note": f'"AuthToken":"{OWN}"'}},
		{"RealTime": {"SerialNumber": device, "PunchLog": punch, "Other": {"AuthToken": OWN}}},
		{"RealTime": [{"SerialNumber": device, "AuthToken": OWN, "PunchLog": punch}]},
		{"RealTime": {"SerialNumber": device, "AuthToken": "w" * 32, "PunchLog": punch}, "AuthToken": OWN},
		{"PunchLog": {"SerialNumber": device, "Log": [{**punch, "AuthToken": OWN}]}},
		{"SerialNumber": device, "UserUpdated": {"UserID": "1", "AuthToken": OWN}},
		{"AuthToken\\u0000": OWN, "SerialNumber": device, "PunchLog": punch},
	]
	for body in bodies:
		assert refused(callback, body), body
	for header in ("Authorization", "AuthToken", "X-Auth-Token", "Cookie"):
		body = punch_at("1", SerialNumber=device, AuthToken=None)
		assert refused(callback, body, **{header.replace("-", "_"): OWN})
	for query in (f"?AuthToken={OWN}", f"?token={OWN}", f"?secret={OWN}", f"?stgid={device}&AuthToken={OWN}"):
		assert refused(callback, punch_at("1", SerialNumber=device, AuthToken=None), query)


def test_key_games(callback, device, nothing_changes):
	"""Of a key given twice the wrong token must not be covered by a right one, and the reverse opens nothing else."""
	pairs = [
		('"AuthToken":"%s","AuthToken":"%s"', ("x" * 32, "y" * 32)),
		('"authtoken":"%s","AuthToken":"%s"', ("x" * 32, OWN)),
		('"auth_token":"%s","AuthToken":"%s"', ("x" * 32, OWN)),
		('"AuthToken":"%s","authtoken":"%s"', ("x" * 32, OWN)),
	]
	for form, values in pairs:
		punch = f'"SerialNumber":"{device}","PunchLog":{{"UserId":"1"}}'
		assert refused(callback, f'{{"RealTime":{{{punch},{form % values}}}}}'.encode()), form
	for key in ("cmd", "doctype", "docname", "run_as", "sid", "usr", "pwd", "__proto__", "data", "method"):
		assert refused(
			callback, {key: "frappe.client.insert", "RealTime": {"AuthToken": "w" * 32}}, f"?{key}=x"
		)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "PROPFIND"])
def test_other_verbs_store_nothing(site, device, nothing_changes, method):
	body = json.dumps(punch_at("1", SerialNumber=device, AuthToken=OWN)).encode()
	headers = [{}, {"X-HTTP-Method-Override": "POST"}, {"Content-Type": "application/json"}]
	for sent in headers:
		contextvars.Context().run(
			site.client().open, CALLBACK, method=method, data=body, headers=sent, buffered=True
		)


def test_headers_change_nothing(callback, device, nothing_changes):
	names = ("X_Forwarded_For", "X_Frappe_CSRF_Token", "Host", "X_Original_URL", "Content_Encoding", "Expect")
	for name in names:
		assert refused(
			callback, punch_at("1", SerialNumber=device, AuthToken="w" * 32), **{name: "127.0.0.1"}
		)


def test_a_captured_body_adds_nothing_when_it_is_sent_again(callback, device, new_user_id):
	user_id = new_user_id()
	body = punch_at(user_id, SerialNumber=device, AuthToken=OWN)
	for _number in range(20):
		assert callback(body).get_data() == DONE
	assert len(punches_of(user_id)) == 1


@pytest.fixture
def other(new_device):
	return new_device(auth_token="other-auth-token-0123456789abcde").name


def test_a_captured_body_of_one_device_is_not_anothers(callback, device, other, nothing_changes):
	for tag in (other, "ZHM1100000001", "NOSUCHDEVICE", device.lower() + "x"):
		assert refused(callback, punch_at("1", SerialNumber=tag, AuthToken=OWN), f"?stgid={device}"), tag


def test_batches_of_strangers(callback, device, new_user_id, nothing_changes):
	"""After a load of this night too: it opens nothing."""
	row = ("CheckIn", new_user_id(), f"{DAY} 08:00:00 GMT +0300")
	frappe.get_doc(SETTINGS)
	bodies = [
		batch(row),
		{**batch(row), "SerialNumber": device},
		{"PunchLog": {**batch(row)["PunchLog"], "SerialNumber": device}},
		{**batch(row), "AuthToken": ""},
		{**batch(row), "AuthToken": None},
		{"Load": batch(row)},
		{"trans": batch(row)["PunchLog"]["Log"]},
		{"SerialNumber": device, "UserId": "1", "Type": "CheckIn", "LogTime": row[2]},
	]
	queries = [
		"",
		f"?stgid={device}",
		f"?stgid={device}&secret=",
		f"?secret=x?stgid={device}",
		"?secret=null",
	]
	for body, query in itertools.product(bodies, queries):
		assert refused(callback, body, query), (body, query)


def test_tags(callback, nothing_changes):
	"""With the account's token: what is no tag makes no device, and takes nothing from one."""
	tags = [
		*(
			"..",
			".",
			"-",
			"*",
			"%",
			"=1+1",
			"@x",
			"+1",
			"<b>",
			"a b",
			"a/b",
			"a\\b",
			"a;b",
			"a'b",
			'a"b',
			"a`b",
		),
		*(
			"x" * 65,
			"x" * 5000,
			"Ä",
			"\u202eabc",
			"a\u200bb",
			"New CAMS Device 1",
			"CAMS Device",
			"a\tb",
			"a\nb",
		),
		*("__proto__", "{{7*7}}", "${x}", "a?b", "a&b", "a=b", "a#b", "a%00b"),
	]
	for tag in tags:
		assert callback(real_time("1", SerialNumber=tag)).get_data() == INVALID_TOKEN, tag
	assert len(tags) >= 30


def test_a_flood_of_strangers_costs_one_entry_of_the_error_log(callback, nothing_changes):
	frappe.db.rollback()
	callback(real_time("1", AuthToken="w" * 32, SerialNumber="FLOOD0"))
	before = frappe.db.count("Error Log")
	for number in range(200):
		assert refused(
			callback, real_time(str(number), AuthToken=f"{number:032}", SerialNumber=f"FLOOD{number}")
		)
	frappe.db.rollback()
	assert frappe.db.count("Error Log") == before


def test_a_flood_of_unknown_keys_is_one_entry_a_day_and_each_event_is_kept(callback, device):
	for number in range(30):
		body = {"RealTime": {"SerialNumber": device, "AuthToken": OWN, f"Kind{number}": {"n": number}}}
		assert callback(body).get_data() == DONE
	frappe.db.rollback()
	assert frappe.db.count("CAMS Unread Event", {"service_tag": device}) == 30
	entries = frappe.get_all("Error Log", {"method": "CAMS callback not wholly understood"}, pluck="error")
	assert len([entry for entry in entries if device in entry]) == 1


POISON = [
	{"LabelName": "<b>" * 46},
	{"LabelName": "\0\ud800" * 200},
	{"OperationID": "9" * 5000},
	{"UserUpdated": {"UserID": "8", "Template": [{"Type": f"T{n}", "Index": n} for n in range(3000)]}},
	{"UserUpdated": {"UserID": "8", "Template": [{"Type": "Fingerprint", "Index": "i" * 70_000}]}},
	{"UserUpdated": {"UserID": "8" * 5000, "FirstName": "F" * 100_000, "OperationTime": "t" * 9999}},
	{"DeviceStatus": {"Status": "Online", "QueueDepth": "9" * 9, "LastSeen": "l" * 5000}},
	{"PunchLog": {"UserId": "u" * 70_000, "Type": "t" * 70_000, "LogTime": "9999-12-31 23:59:59 GMT -1400"}},
	{"PunchLog": {"UserId": "1", "Type": "CheckIn", "LogTime": "1970-01-01 00:00:00 GMT +1400"}},
	{"PunchLog": {"UserId": "1", "Temperature": 1e308, "LogTime": "0000-00-00 00:00:00"}},
	{"k" * 70_000: {"v": "w" * 70_000}},
]


@pytest.mark.parametrize("poison", POISON, ids=lambda body: str(body)[:40])
def test_poison_stops_no_queue(callback, device, new_user_id, poison):
	envelope = {"SerialNumber": device, "AuthToken": OWN, **poison}
	body = json.dumps({"RealTime": envelope}).encode()
	assert callback(body).get_data() == DONE
	user_id = new_user_id()
	assert callback(punch_at(user_id, SerialNumber=device, AuthToken=OWN)).get_data() == DONE
	assert len(punches_of(user_id)) == 1

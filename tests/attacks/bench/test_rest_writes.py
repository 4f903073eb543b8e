"""Every role against every record of the app over REST: nobody makes, changes or deletes what is not theirs to."""

import json
import uuid
from pathlib import Path

import pytest
import requests

import navari_cams_biometric
from tests.bench.users import new_user
from tests.contract.host import DONE, SETTINGS, TOKEN, real_time

ROLES = ("Guest", "Employee", "HR User", "HR Manager", "System Manager", "CAMS Door Operator")
DEFINITIONS = [
	json.loads(path.read_text())
	for path in sorted(Path(navari_cams_biometric.__file__).parent.glob("*/doctype/*/*.json"))
]
DOCTYPES = {
	each["name"]: each for each in DEFINITIONS if not each.get("istable") and not each.get("issingle")
}
EVIDENCE = ("CAMS Punch", "CAMS Unread Event")  # nobody writes them at all
DIGESTS = ("auth_token_digest", "previous_token_digest", "callback_secret_digest")


@pytest.fixture(scope="module")
def users(host):
	return {role: new_user(host, role) for role in ROLES if role != "Guest"}


@pytest.fixture(scope="module")
def call(host, users):
	def send(role, method, path, **options):
		if role != "Guest":
			return host.api(method, path, users[role].key, **options)
		headers = {"X-Frappe-Site-Name": host.session.headers["X-Frappe-Site-Name"]}
		return requests.request(method, f"{host.url}/api/{path}", headers=headers, timeout=60, **options)

	return send


@pytest.fixture(scope="module")
def names(host):
	"""One record of each DocType that callbacks or people make; the others stand under a name that there is not."""
	tag, user_id = f"RST{uuid.uuid4().hex[:8].upper()}", uuid.uuid4().hex[:8]
	host.create("CAMS Device", service_tag=tag)
	body = real_time(user_id, SerialNumber=tag, AuthToken=TOKEN)
	body["RealTime"]["Alarm"] = {"Door": 1}
	assert host.callback(body).content == DONE
	return {
		"CAMS Device": tag,
		"CAMS Punch": host.settled(user_id)[0]["name"],
		"CAMS Unread Event": host.find("CAMS Unread Event", {"service_tag": tag}, ["name"])[0]["name"],
		"CAMS Device User": host.create("CAMS Device User", service_tag=tag, user_id=user_id)["name"],
	}


def may(doctype, role, right):
	return any(each["role"] == role and each.get(right) for each in DOCTYPES[doctype]["permissions"])


@pytest.mark.parametrize("role", ROLES)
def test_nobody_writes_what_the_doctype_does_not_grant(call, names, role):
	wrong, tried = [], 0
	for doctype in DOCTYPES:
		name = names.get(doctype, "nothing")
		attempts = [
			("create", "POST", f"resource/{doctype}", {"name": uuid.uuid4().hex}),
			("write", "PUT", f"resource/{doctype}/{name}", {"state": "Recorded", "enabled": 0, "label": "x"}),
			("delete", "DELETE", f"resource/{doctype}/{name}", None),
		]
		for right, verb, path, body in attempts:
			if may(doctype, role, right) and not (doctype in EVIDENCE and right != "delete"):
				continue  # theirs to do; what a controller says to it is tested elsewhere
			tried += 1
			status = call(role, verb, path, json=body).status_code
			if status not in (401, 403, 404, 417):
				wrong.append((doctype, right, status))
	assert wrong == []
	assert tried >= 15


@pytest.mark.parametrize("role", ROLES)
def test_nobody_reads_a_digest_or_a_secret(call, names, role):
	"""By the record, a list, a single value, or the form's own call."""
	tag = names["CAMS Device"]
	answers = [
		call(role, "GET", f"resource/CAMS Device/{tag}"),
		call(role, "GET", f"resource/{SETTINGS}/{SETTINGS}"),
	]
	for field in (*DIGESTS, "auth_token", "security_key", "callback_secret"):
		for doctype, name in (("CAMS Device", tag), (SETTINGS, SETTINGS)):
			given = {"doctype": doctype, "fieldname": field, "filters": json.dumps({"name": name})}
			answers.append(call(role, "GET", "method/frappe.client.get_value", params=given))
			if doctype != SETTINGS:
				given = {"fields": json.dumps(["name", field])}
				answers.append(call(role, "GET", f"resource/{doctype}", params=given))
	answers.append(
		call(
			role, "GET", "method/frappe.desk.form.load.getdoc", params={"doctype": SETTINGS, "name": SETTINGS}
		)
	)
	for answer in answers:
		found = [value for key, value in texts(answer) if key in DIGESTS and value.strip("*")]
		assert found == [], answer.url
		assert TOKEN not in answer.text


def texts(answer):
	"""Every key and text in a JSON answer."""

	def walk(value, key=""):
		if isinstance(value, dict):
			for name, item in value.items():
				yield from walk(item, name)
		elif isinstance(value, list):
			for item in value:
				yield from walk(item, key)
		elif isinstance(value, str):
			yield key, value

	try:
		return list(walk(answer.json()))
	except ValueError:
		return []

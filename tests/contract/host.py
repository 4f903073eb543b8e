"""A site under test, seen only over HTTP: the stand-in and a real bench alike."""

import json
import time
from collections import Counter
from typing import Any

import requests

CALLBACK = "/api/method/navari_cams_biometric.cams_biometric.controllers.cams_call.attendance"
DESK_CALLS = "navari_cams_biometric.cams_biometric.controllers.punch_actions"
SERVICE_TAG = "ZHM1100000001"
TOKEN = "demo-auth-token-0123456789abcdef"
SETTINGS = "CAMS Biometric Settings"

DONE = b'{"status": "done"}'
EMPTY = b'{"status": "error", "message": "Empty request body"}'
INVALID_JSON = b'{"status": "error", "message": "Invalid JSON"}'
INVALID_TOKEN = b'{"status": "error", "message": "Invalid auth token"}'
NOT_STORED = b'{"status": "error", "message": "Could not be stored"}'


class Host:
	"""`key` is the administrator's `key:secret`; `site` goes into the header that chooses one of a bench's sites."""

	def __init__(self, url: str, key: str, site: str = ""):
		self.url = url.rstrip("/")
		self.session = requests.Session()
		if site:
			self.session.headers["X-Frappe-Site-Name"] = site
		self.key = key

	def callback(
		self, body: bytes | dict, query: str = "", method: str = "POST", **headers: str
	) -> requests.Response:
		"""Call the callback URL as the gateway does. Headers are given with underscores for hyphens."""
		data = json.dumps(body).encode() if isinstance(body, dict) else body
		sent = {name.replace("_", "-"): value for name, value in headers.items()}
		return self.session.request(method, self.url + CALLBACK + query, data=data, headers=sent, timeout=30)

	def api(self, method: str, path: str, key: str | None = None, **options: Any) -> requests.Response:
		headers = {"Authorization": f"token {key or self.key}", "Accept": "application/json"}
		return self.session.request(method, f"{self.url}/api/{path}", headers=headers, timeout=60, **options)

	def find(
		self, doctype: str, filters: dict, fields: list[str] | None = None, order_by: str = "creation asc"
	) -> list:
		"""Return matching records; all fields unless named."""
		parameters = {
			"filters": json.dumps(filters),
			"fields": json.dumps(fields or ["*"]),
			"order_by": order_by,
			"limit_page_length": 10_000,
		}
		return _data(self.api("GET", f"resource/{doctype}", params=parameters))

	def get(self, doctype: str, name: str) -> dict:
		return _data(self.api("GET", f"resource/{doctype}/{name}"))

	def create(self, doctype: str, **values: Any) -> dict:
		return _data(self.api("POST", f"resource/{doctype}", json=values))

	def update(self, doctype: str, name: str, **values: Any) -> dict:
		return _data(self.api("PUT", f"resource/{doctype}/{name}", json=values))

	def delete(self, doctype: str, name: str) -> None:
		response = self.api("DELETE", f"resource/{doctype}/{name}")
		assert response.status_code in (200, 202), response.text

	def call(self, function: str, **arguments: Any) -> Any:
		response = self.api("POST", f"method/{DESK_CALLS}.{function}", json=arguments)
		assert response.status_code == 200, response.text
		return response.json().get("message")

	def document_response(
		self, doctype: str, name: str, function: str, key: str | None = None, **arguments: Any
	) -> requests.Response:
		body = {"dt": doctype, "dn": name, "method": function, "args": arguments}
		return self.api("POST", "method/run_doc_method", key, json=body)

	def call_document(self, doctype: str, name: str, function: str, **arguments: Any) -> Any:
		response = self.document_response(doctype, name, function, **arguments)
		assert response.status_code == 200, response.text
		return response.json().get("message")

	def punches(self, user_id: str, **filters: Any) -> list[dict]:
		return self.find("CAMS Punch", {"user_id": user_id, **filters}, order_by="punch_time asc")

	def checkins(self, employee: str) -> list[dict]:
		return self.find("Employee Checkin", {"employee": employee}, order_by="time asc")

	def settled(self, user_id: str, count: int = 1, state: str = "", seconds: float = 180) -> list[dict]:
		"""Wait until `count` punches of a user have left the queue (and are in `state`), and return them."""
		deadline = time.monotonic() + seconds
		while time.monotonic() < deadline:
			punches = self.punches(user_id)
			done = [punch for punch in punches if punch["state"] != "Queued"]
			if (
				len(done) >= count
				and len(done) == len(punches)
				and all(p["state"] == (state or p["state"]) for p in done)
			):
				return punches
			time.sleep(0.15)
		raise AssertionError(
			f"after {seconds} s: {Counter((p['state'], p['reason_code']) for p in self.punches(user_id))}"
		)


def _data(response: requests.Response) -> Any:
	assert response.status_code == 200, f"{response.status_code} {response.text[:2000]}"
	return response.json()["data"]


def real_time(user_id: object, log_time: str = "2024-09-17 08:00:00 GMT +0300", **overrides: Any) -> dict:
	"""A real-time punch as documented. Overrides go to the punch, or to the envelope where they are one of its keys;
	None leaves a key out."""
	envelope = {
		"OperationID": "9nu1wak5616p",
		"LabelName": "Main Gate",
		"SerialNumber": SERVICE_TAG,
		"PunchLog": {
			"Type": "CheckIn",
			"Temperature": "36.8",
			"FaceMask": False,
			"InputType": "Fingerprint",
			"UserId": user_id,
			"LogTime": log_time,
		},
		"AuthToken": TOKEN,
		"Time": "2024-09-17 05:01:00 GMT +0000",
	}
	for name, value in overrides.items():
		target = envelope if name in envelope else envelope["PunchLog"]
		target[name] = value
		if value is None:
			del target[name]
	return {"RealTime": envelope}


def batch(*entries: tuple[str, str, str], **top: Any) -> dict:
	"""A historical batch of (type, user id, LogTime)."""
	log = [{"Type": kind, "UserID": user_id, "LogTime": log_time} for kind, user_id, log_time in entries]
	return {"PunchLog": {"ReturnRowCount": str(len(log)), "Log": log}, **top}

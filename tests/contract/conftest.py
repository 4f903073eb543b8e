"""The host to test: CAMS_HOST_URL (with CAMS_HOST_KEY and CAMS_HOST_SITE), or else a stand-in of our own."""

import base64
import itertools
import json
import os
import uuid
from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from standin.app_process import AppProcess
from standin.demo import API_KEY, API_SECRET
from tests.contract.host import SERVICE_TAG, SETTINGS, TOKEN, Host

EMPLOYEE = {
	"gender": "Female",
	"date_of_birth": "1990-01-01",
	"date_of_joining": "2020-01-01",
	"status": "Active",
}


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
	url = os.environ.get("CAMS_HOST_URL")
	if url:
		host = Host(url, os.environ["CAMS_HOST_KEY"], os.environ.get("CAMS_HOST_SITE", ""))
		prepare(host)
		yield host
		return
	app = AppProcess(str(tmp_path_factory.mktemp("standin")))
	try:
		host = Host(app.url, f"{API_KEY}:{API_SECRET}")
		prepare(host)
		yield host
	finally:
		app.kill()


def prepare(host: Host) -> None:
	"""Bring a site to the demo data, by the same requests on both hosts. The documented punches are years old."""
	company = host.find("Company", {}, ["name"])[0]["name"]
	EMPLOYEE["company"] = company
	host.update(SETTINGS, SETTINGS, service_tag_id=SERVICE_TAG, auth_token=TOKEN, oldest_live_punch=0)
	for number in range(1, 6):
		device_id = f"EMP-000{number}"
		if not host.find("Employee", {"attendance_device_id": device_id}, ["name"]):
			host.create(
				"Employee", first_name=f"Employee {number}", attendance_device_id=device_id, **EMPLOYEE
			)


@pytest.fixture
def new_user_id() -> Callable[[], str]:
	"""Make user ids that nobody has: 8 characters, as most devices allow."""
	prefix = uuid.uuid4().hex[:6]
	counter = itertools.count(10)
	return lambda: f"{prefix}{next(counter)}"


@pytest.fixture
def new_employee(host: Host, new_user_id: Callable[[], str]) -> Callable[..., dict]:
	"""Make active employees with a device id of their own."""

	def create(**values: object) -> dict:
		user_id = new_user_id()
		return host.create(
			"Employee", **{"first_name": user_id, "attendance_device_id": user_id, **EMPLOYEE, **values}
		)

	return create


@pytest.fixture
def encrypt() -> Callable[[dict, str], bytes]:
	"""Encrypt a body by the book, apart from the app's own code: AES-256-ECB, PKCS#7, base64."""

	def encrypted(body: dict, key: str) -> bytes:
		padder = PKCS7(128).padder()
		padded = padder.update(json.dumps(body).encode()) + padder.finalize()
		encryptor = Cipher(algorithms.AES(key.encode()), modes.ECB()).encryptor()
		return base64.b64encode(encryptor.update(padded) + encryptor.finalize())

	return encrypted


@pytest.fixture
def new_device(host: Host) -> Callable[..., dict]:
	"""Make devices with a service tag of their own."""

	def create(**values: object) -> dict:
		return host.create("CAMS Device", service_tag=f"TST{uuid.uuid4().hex[:10].upper()}", **values)

	return create

"""What the gateway tells besides punches: people on devices, and devices themselves."""

import pytest

from tests.contract.host import DONE, INVALID_TOKEN, TOKEN

FINGER_6 = {
	"Type": "Fingerprint",
	"UserID": "8",
	"Size": "1176",
	"Index": "6",
	"Data": "VEVNUExBVEUtREFUQQ==",
}
FINGER_7 = {**FINGER_6, "Index": "7"}
CARD = {"Type": "Card", "UserID": "8", "Data": "102836"}
PHOTO = {"Type": "Base64", "UserId": "8", "Size": "49964", "Data": "UEhPVE8tREFUQQ=="}


@pytest.fixture
def tell(host, new_device):
	"""Send events of one new device; return what is known of its user 8."""
	device = new_device()["name"]

	def send(**events):
		envelope = {"SerialNumber": device, "AuthToken": TOKEN, "OperationID": "1", **events}
		assert host.callback({"RealTime": envelope}, Content_Type="application/json").content == DONE
		users = host.find("CAMS Device User", {"service_tag": device})
		assert len(users) <= 1
		return users[0] if users else None

	send.device = device
	return send


def counts(user):
	return {
		kind: user[kind] for kind in ("fingerprints", "faces", "palms", "cards", "passwords", "has_photo")
	}


def test_a_person_appears_with_name_and_type(tell):
	user = tell(UserUpdated={"UserID": "8", "FirstName": "A", "LastName": "B", "UserType": "User"})
	assert (user["user_id"], user["first_name"], user["last_name"]) == ("8", "A", "B")
	assert (user["user_type"], user["state"]) == ("User", "On Device")


def test_a_name_that_is_not_spoken_of_stays(tell):
	tell(UserUpdated={"UserID": "8", "FirstName": "A", "LastName": "B"})
	user = tell(UserUpdated={"UserID": "8", "LastName": "C"})
	assert (user["first_name"], user["last_name"]) == ("A", "C")


def test_templates_are_counted_by_type_and_index_and_never_kept(host, tell):
	tell(UserUpdated={"Template": [FINGER_6]})
	tell(UserUpdated={"UserID": "8", "Template": [FINGER_6, FINGER_7, CARD]})
	user = tell(UserUpdated={"UserID": "8", "Photo": PHOTO})
	expected = {"fingerprints": 2, "faces": 0, "palms": 0, "cards": 1, "passwords": 0, "has_photo": 1}
	assert counts(user) == expected
	assert not any(secret in str(user) for secret in (FINGER_6["Data"], CARD["Data"], PHOTO["Data"]))


def test_a_deleted_person_has_no_credentials_left(tell):
	tell(
		UserUpdated={"UserID": "8", "Template": [FINGER_6], "OperationTime": "2024-09-17 08:00:00 GMT +0300"}
	)
	user = tell(UserDeleted={"UserID": "8", "OperationTime": "2024-09-17 09:00:00 GMT +0300"})
	assert (user["state"], set(counts(user).values())) == ("Deleted", {0})


def test_an_event_that_is_older_than_what_is_known_changes_nothing(tell):
	tell(UserDeleted={"UserID": "8", "OperationTime": "2024-09-17 09:00:00 GMT +0300"})
	user = tell(
		UserUpdated={"UserID": "8", "FirstName": "A", "OperationTime": "2024-09-17 08:00:00 GMT +0300"}
	)
	assert (user["state"], user["first_name"]) == ("Deleted", None)


def test_the_employee_with_that_device_id_is_named(tell, new_employee):
	employee = new_employee()
	user = tell(UserUpdated={"UserID": employee["attendance_device_id"], "FirstName": "A"})
	assert user["employee"] == employee["name"]


def test_an_event_with_a_wrong_token_is_refused(host, tell):
	envelope = {"SerialNumber": tell.device, "AuthToken": "w" * 32, "UserUpdated": {"UserID": "8"}}
	assert host.callback({"RealTime": envelope}).content == INVALID_TOKEN
	assert host.find("CAMS Device User", {"service_tag": tell.device}) == []


def test_an_event_without_a_user_is_acknowledged(tell):
	assert tell(UserUpdated={"OperationTime": "2024-09-17 08:00:00 GMT +0300"}) is None


@pytest.mark.parametrize(("sent", "told"), [("Online", "Online"), ("offline", "Offline")])
def test_a_device_tells_whether_it_is_online(host, tell, sent, told):
	tell(DeviceStatus={"Status": sent, "QueueDepth": "3"})
	device = host.get("CAMS Device", tell.device)
	assert (device["connection"], device["queue_depth"]) == (told, 3)
	assert device["last_reported"]


def test_a_status_that_is_not_known_changes_nothing_but_is_heard(host, tell):
	tell(DeviceStatus={"Status": "Online"})
	tell(DeviceStatus={"Status": "Dreaming", "QueueDepth": "many"})
	assert host.get("CAMS Device", tell.device)["connection"] == "Online"

"""The photo of a check-in: who gets it, who sees it, and what is left of it."""

from datetime import date
from urllib.parse import quote

import pytest

from simulator.rest_answers import JPEG
from tests.bench.attendance.world import CONTROLLERS, DAY

PHOTO = "CAMS Checkin Photo"
PICTURE = "/private/files/"


@pytest.fixture
def checkin(world):
	"""A check-in that came from a device at the gateway, of an employee who is a user here."""
	world.both(0, "08:00:00")
	world.settle(0)
	return world.host.checkins(world.employees[0]["name"])[0]


def attach(host, checkin, key=None):
	return host.api(
		"POST", f"{CONTROLLERS}.attendance_actions.attach_photo", key, json={"checkin": checkin["name"]}
	)


def file_of(host, checkin):
	[file] = host.find("File", {"attached_to_doctype": PHOTO, "attached_to_name": checkin["name"]})
	return file


def ways_to_the_picture(host, file, key):
	"""The status of every way by which Frappe hands out a file, or tells of it."""
	headers = {"Authorization": f"token {key}"} if key else {}
	paths = [
		file["file_url"],
		f"{file['file_url']}?fid={file['name']}",
		f"/api/method/download_file?file_url={quote(file['file_url'])}",
		f"/api/resource/File/{file['name']}",
		f"/api/resource/{PHOTO}/{file['attached_to_name']}",
	]
	return {
		path: host.session.get(f"{host.url}{path}", headers=headers, timeout=30).status_code for path in paths
	}


def test_the_photo_is_attached_privately_for_hr_managers(world, checkin, keys, bench_site):
	response = attach(world.host, checkin, keys["HR Manager"])

	assert (response.status_code, response.json()["message"]) == (200, checkin["name"])
	[request] = [each for each in world.gateway.received if each.operation == "GetAttendancePhoto"]
	assert request.arguments == {
		"ServiceTag": world.tags[0],
		"UserID": world.user_id(0),
		"LogTime": f"{DAY} 08:00:00 GMT +0300",
	}
	photo = world.host.get(PHOTO, checkin["name"])
	file = file_of(world.host, checkin)
	assert (photo["employee"], photo["photo"]) == (checkin["employee"], file["file_url"])
	assert (file["is_private"], file["owner"]) == (1, "Administrator")
	assert file["file_url"].startswith(PICTURE)
	name = file["file_name"].lower()
	assert not any(said.lower() in name for said in (checkin["name"], checkin["employee"], world.user_id(0)))
	stored = bench_site.path / "sites" / bench_site.name / file["file_url"].lstrip("/")
	assert stored.read_bytes().startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("role", ["HR User", "System Manager", None])
def test_who_may_read_the_check_in_may_not_for_that_see_the_photo(world, checkin, keys, role):
	attach(world.host, checkin)
	key = keys[role] if role else None
	if key:
		assert world.host.api("GET", f"resource/Employee Checkin/{checkin['name']}", key).status_code == 200

	found = ways_to_the_picture(world.host, file_of(world.host, checkin), key)
	assert set(found.values()) <= {401, 403, 404}, found
	if key:
		everything = world.host.api("GET", "resource/File", key, params={"limit_page_length": 0}).json()
		assert file_of(world.host, checkin)["name"] not in str(everything)


def test_the_employee_does_not_see_the_own_photo(world, checkin, key_of):
	key = key_of("Employee")
	user = world.host.find("User", {"api_key": key.partition(":")[0]}, ["name"])[0]["name"]
	world.host.update("Employee", checkin["employee"], user_id=user)
	attach(world.host, checkin)

	assert world.host.api("GET", f"resource/Employee Checkin/{checkin['name']}", key).status_code == 200
	found = ways_to_the_picture(world.host, file_of(world.host, checkin), key)
	assert set(found.values()) <= {403, 404}, found


def test_an_hr_manager_sees_the_photo(world, checkin, keys):
	attach(world.host, checkin)

	found = ways_to_the_picture(world.host, file_of(world.host, checkin), keys["HR Manager"])
	assert set(found.values()) == {200}, found


def test_an_hr_manager_who_may_not_read_the_check_in_does_not_see_the_photo(world, checkin, key_of):
	key = key_of("HR Manager")
	user = world.host.find("User", {"api_key": key.partition(":")[0]}, ["name"])[0]["name"]
	only = world.employees[1]["name"]
	world.host.create("User Permission", user=user, allow="Employee", for_value=only, apply_to_all_doctypes=1)
	assert attach(world.host, checkin, key).status_code == 403
	attach(world.host, checkin)

	found = ways_to_the_picture(world.host, file_of(world.host, checkin), key)
	assert set(found.values()) <= {403, 404}, found


def test_who_attached_it_and_is_no_hr_manager_any_more_does_not_see_it(world, checkin, key_of):
	key = key_of("HR Manager", "HR User")
	assert attach(world.host, checkin, key).status_code == 200
	user = world.host.find("User", {"api_key": key.partition(":")[0]}, ["name"])[0]["name"]
	world.host.update("User", user, roles=[{"role": "HR User"}])

	found = ways_to_the_picture(world.host, file_of(world.host, checkin), key)
	assert set(found.values()) <= {403, 404}, found


@pytest.mark.parametrize("role", ["HR User", "Employee", "System Manager"])
def test_who_may_not_ask_for_a_photo(world, checkin, keys, role):
	assert attach(world.host, checkin, keys[role]).status_code == 403
	assert world.gateway.received == []
	assert world.host.find(PHOTO, {"name": checkin["name"]}) == []


def test_a_photo_that_is_there_is_not_asked_for_again(world, checkin):
	attach(world.host, checkin)
	response = attach(world.host, checkin)

	assert "attached already" in response.text
	assert [each.operation for each in world.gateway.received] == ["GetAttendancePhoto"]
	file_of(world.host, checkin)  # one


def test_a_punch_without_photo_leaves_nothing_behind(world):
	world.only_here(0, "08:00:00")
	world.settle(0)
	[checkin] = world.host.checkins(world.employees[0]["name"])
	response = attach(world.host, checkin)

	assert response.status_code == 417
	assert "No photo of this punch" in response.text
	assert world.host.find(PHOTO, {"name": checkin["name"]}) == []


def test_a_check_in_entered_by_hand_has_no_photo(world):
	checkin = world.host.create(
		"Employee Checkin", employee=world.employees[0]["name"], time=f"{DAY} 09:00:00", log_type="IN"
	)
	response = attach(world.host, checkin)

	assert (response.status_code, "does not come from" in response.text) == (417, True)
	assert world.gateway.received == []


def test_a_photo_whose_punch_has_expired_can_still_be_had(world, checkin, bench_site):
	bench_site.sql(f"delete from `tabCAMS Punch` where name = '{checkin['custom_cams_punch']}'")

	assert attach(world.host, checkin).status_code == 200
	file_of(world.host, checkin)


def test_web_api_3_has_no_photos_and_says_so(world, checkin, keys):
	world.use("Web API 3.0")
	response = attach(world.host, checkin)
	unsupported = world.host.api(
		"GET", f"{CONTROLLERS}.attendance_actions.unsupported", keys["HR User"]
	).json()["message"]

	assert response.status_code == 417
	assert "This is not supported by Web API 3.0" in response.text
	assert "GetAttendancePhoto" in unsupported
	world.use("REST v3 (form not published)")
	assert (
		world.host.api("GET", f"{CONTROLLERS}.attendance_actions.unsupported", keys["Employee"]).json()[
			"message"
		]
		== []
	)


def test_a_deleted_check_in_takes_its_photo_along(world, checkin, bench_site):
	attach(world.host, checkin)
	file = file_of(world.host, checkin)
	world.host.delete("Employee Checkin", checkin["name"])

	assert world.host.find(PHOTO, {"name": checkin["name"]}) == []
	assert world.host.find("File", {"name": file["name"]}) == []


def test_what_is_no_picture_is_refused(world, checkin, monkeypatch):
	monkeypatch.setattr("simulator.rest_answers.JPEG", b"<html>no picture</html>")
	response = attach(world.host, checkin)

	assert (response.status_code, "did not send a JPEG" in response.text) == (417, True)
	assert world.host.find("File", {"attached_to_doctype": PHOTO, "attached_to_name": checkin["name"]}) == []


def test_a_picture_that_cannot_be_stored_is_in_no_log(world, checkin, bench_site, monkeypatch):
	"""Cut off in the middle: Frappe's own library fails on it, with the picture among its local variables."""
	marker = b"PHOTO-MARKER-PHOTO"
	monkeypatch.setattr("simulator.rest_answers.JPEG", JPEG[:3] + marker + b"\xff\xd9")
	response = attach(world.host, checkin)

	assert (response.status_code, "could not be stored" in response.text) == (417, True)
	assert world.host.find(PHOTO, {"name": checkin["name"]}) == []
	entries = world.host.find("Error Log", {"reference_name": checkin["name"]})
	assert [entry["method"] for entry in entries] == ["CAMS photo not stored"]
	assert marker.decode() not in str(world.host.find("Error Log", {"creation": [">", str(date.today())]}))
	assert marker.decode() not in response.text
	logs = [
		*(bench_site.path / "logs").glob("*.log"),
		*(bench_site.path / "sites" / bench_site.name / "logs").glob("*.log"),
	]
	assert [str(log) for log in logs if marker in log.read_bytes()] == []

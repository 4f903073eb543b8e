"""A person's data on a real site: handed out whole and alone, erased everywhere, and who is left as they were."""

import io
import json
import time
import uuid
import zipfile
from dataclasses import dataclass
from datetime import datetime, timezone

import pytest

from simulator import Simulator
from tests.bench.users import new_user
from tests.contract.host import DONE, SETTINGS, TOKEN, real_time

APP = "navari_cams_biometric.cams_biometric"
DATA = f"method/{APP}.controllers.personal_data_actions"
PEOPLE = f"method/{APP}.controllers.enrolment_actions"
MONDAY = {"day": "Monday", "start": "08:00:00", "end": "17:00:00"}
PUNCHED_AT = datetime(2024, 9, 17, 5, 0, tzinfo=timezone.utc)
LOG_TIME = "2024-09-17 08:00:00 GMT +0300"
KEPT_BESIDE = ("Comment", "Deleted Document", "Error Log", "Notification Log", "Version")


@dataclass
class World:
	"""A gateway of two devices; somebody about whom there is a record of each kind, and a colleague about whom, too."""

	gateway: Simulator
	tags: list[str]
	person: dict
	colleague: dict
	schedule: str
	former_id: str

	@property
	def user_id(self):
		return self.person["attendance_device_id"]

	def punch(self, user_id, **overrides):
		return real_time(user_id, SerialNumber=self.tags[0], **overrides)


@pytest.fixture(scope="module")
def gateway(host):
	with Simulator(token=TOKEN) as simulator:
		host.update(
			SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url=simulator.rest_url
		)
		for number in (1, 2):
			tag = f"PRV{uuid.uuid4().hex[:8].upper()}"
			simulator.add_device(tag, f"Gate {number}")
			host.create("CAMS Device", service_tag=tag, label=f"Gate {number}")
		yield simulator
		host.update(SETTINGS, SETTINGS, base_url="")
		for tag in simulator.world.devices:
			host.update("CAMS Device", tag, enabled=0)


@pytest.fixture
def world(host, bench_site, gateway, new_employee):
	tags = list(gateway.world.devices)
	person = new_employee(first_name="Employee", last_name=f"Léaver{uuid.uuid4().hex[:6]}")
	colleague = new_employee(first_name="Employee", last_name=f"Stayer{uuid.uuid4().hex[:6]}")
	former_id = person["attendance_device_id"]
	monday = {"LogTime": "2024-09-16 08:00:00 GMT +0300"}
	assert host.callback(real_time(former_id, SerialNumber=tags[1], **monday)).content == DONE
	host.settled(former_id, state="Recorded")
	person["attendance_device_id"] = f"{former_id}B"
	host.update("Employee", person["name"], attendance_device_id=person["attendance_device_id"])
	schedule = host.create(
		"CAMS Access Schedule",
		schedule_name=f"Hours {uuid.uuid4().hex[:6]}",
		windows=[MONDAY],
		devices=[{"service_tag": tags[0]}],
		employees=[{"employee": colleague["name"]}],
	)["name"]
	world = World(gateway, tags, person, colleague, schedule, former_id)
	leave_records(host, bench_site, world)
	return world


def leave_records(host, bench_site, world):
	"""A record of each kind about the person, and about the colleague where that is another record."""
	both = [world.person["name"], world.colleague["name"]]
	people(host, "enrol", employees=both, devices=world.tags, reason="new")
	finish(host, world)
	people(host, "copy", employees=both, source=world.tags[0], targets=[world.tags[1]])
	listed = host.get("CAMS Access Schedule", world.schedule)["employees"]
	everybody = [*listed, {"employee": world.person["name"]}]
	host.update("CAMS Access Schedule", world.schedule, employees=everybody)
	host.call_document("CAMS Access Schedule", world.schedule, "send_to_devices")
	finish(host, world)
	for employee in (world.person, world.colleague):
		user_id = employee["attendance_device_id"]
		world.gateway.punch(world.tags[0], user_id, at=PUNCHED_AT)
		assert host.callback(world.punch(user_id)).content == DONE
		assert host.callback(world.punch(user_id, Type="MealIn", LogTime=LOG_TIME)).content == DONE
		host.settled(user_id, count=2)
		[checkin] = [each for each in host.checkins(employee["name"]) if each["device_id"] == world.tags[0]]
		attach = f"method/{APP}.controllers.attendance_actions.attach_photo"
		assert host.api("POST", attach, json={"checkin": checkin["name"]}).status_code == 200
		host.update("Employee Checkin", checkin["name"], skip_auto_attendance=1)
		add_repair(bench_site, employee["name"])
	leave_traces(host, world)


def finish(host, world):
	"""Until the devices have done all that they were asked for."""
	open_ones = {"service_tag": ["in", world.tags], "state": ["in", ["Queued", "Sent", "Waiting for Device"]]}

	def is_done():
		world.gateway.tick(15)
		for command in host.find("CAMS Command", open_ones, ["name"]):
			host.document_response("CAMS Command", command["name"], "check_now")
		return not host.find("CAMS Command", open_ones, ["name"])

	wait_for(is_done)
	assert host.find("CAMS Command", {"service_tag": ["in", world.tags], "state": ["!=", "Done"]}) == []


def add_repair(bench_site, employee, state="Repaired"):
	now = datetime.now().strftime("%Y-%m-%d %H:%M:%S")
	bench_site.sql(
		"insert into `tabCAMS Day Repair` (name, creation, modified, state, employee, attendance_date)"
		f" values ('{uuid.uuid4().hex}', '{now}', '{now}', '{state}', '{employee}', '2024-09-17')"
	)


def leave_traces(host, world):
	"""What Frappe keeps beside the records, and what people write into others."""
	name, full_name = world.person["name"], world.person["employee_name"]
	for user_id in (world.user_id, world.colleague["attendance_device_id"]):
		gone = host.create("CAMS Device User", service_tag=world.tags[0], user_id=user_id, state="Deleted")
		host.delete("CAMS Device User", gone["name"])
	about = {"reference_doctype": "CAMS Access Schedule", "reference_name": world.schedule}
	host.create("Comment", comment_type="Comment", content=f"{full_name} ({name}) asked for it", **about)
	host.create("Error Log", method="Employee on devices", error=f"This change of {name} did not reach them")
	people(
		host, "resend", employees=[world.colleague["name"]], devices=world.tags[:1], reason=f"for {full_name}"
	)
	finish(host, world)


def people(host, function, **arguments):
	response = host.api("POST", f"{PEOPLE}.{function}", json=arguments)
	assert response.status_code == 200, response.text[:2000]


def ask(host, function, employee, key=None, **arguments):
	return host.api("POST", f"{DATA}.{function}", key, json={"employee": employee, **arguments})


def erase(host, employee, key=None, **arguments):
	given = {"reason": "The law says so", "confirmation": employee, **arguments}
	return ask(host, "erase", employee, key, **given)


def leave(host, employee):
	host.update("Employee", employee, status="Left", relieving_date="2025-01-01")


def erase_wholly(host, world):
	"""Both steps; returns the counts of the second."""
	leave(host, world.person["name"])
	first = erase(host, world.person["name"])
	assert first.status_code == 200, first.text[:2000]
	assert (first.json()["message"]["removing"], first.json()["message"]["erased"]) == (2, {})
	finish(host, world)
	second = erase(host, world.person["name"])
	assert second.status_code == 200, second.text[:2000]
	assert second.json()["message"]["removing"] == 0
	return second.json()["message"]["erased"]


def everything(bench_site):
	"""The text of every table of this app, and of what Frappe keeps beside them, by table."""
	own = [row[0] for row in bench_site.sql("select name from tabDocType where module = 'CAMS Biometric'")]
	tables = [row[0] for row in bench_site.sql("show tables like 'tabCAMS %'")]
	assert {f"tab{name}" for name in own} >= set(tables)
	found = {table: bench_site.sql(f"select * from `{table}`") for table in tables}
	for table in KEPT_BESIDE:
		field = {"Deleted Document": "deleted_doctype", "Version": "ref_doctype"}.get(table)
		field = field or {"Notification Log": "document_type"}.get(table, "reference_doctype")
		where = f"`{field}` is null or `{field}` in ('', '" + "', '".join(own) + "')"
		found[table] = bench_site.sql(f"select * from `tab{table}` where {where}")
	return {table: "\n".join("\t".join(row) for row in rows) for table, rows in found.items()}


def places(bench_site, words):
	return {(table, word) for table, text in everything(bench_site).items() for word in words if word in text}


def words_for(employee, *user_ids):
	return [employee["name"], employee["employee_name"], employee["last_name"], *user_ids]


def test_the_export_has_every_record_and_nothing_of_a_colleague(host, world, new_user_id):
	further = {"user_id": new_user_id(), "until_date": "2020-12-31"}
	host.create("CAMS Device ID", employee=world.person["name"], **further)
	response = ask(host, "export_data", world.person["name"])
	assert response.status_code == 200, response.text[:2000]
	assert f"filename=biometric-data-{world.person['name']}.zip" in response.headers["Content-Disposition"]
	file = zipfile.ZipFile(io.BytesIO(response.content))
	text = file.read("biometric-data.json").decode()
	document = json.loads(text)

	records = document["records"]
	assert {doctype: len(rows) for doctype, rows in records.items()} == {
		"CAMS Punch": 3,
		"CAMS Device User": 2,
		"CAMS Command": 4,  # twice enrolled, copied, and in the schedule
		"CAMS Day Repair": 1,
		"CAMS Checkin Change": 1,
		"CAMS Checkin Photo": 1,
		"CAMS Access Schedule Employee": 1,
		"CAMS Device ID": 1,
		"Employee Checkin": 2,
	}
	assert {punch["user_id"] for punch in records["CAMS Punch"]} == {world.user_id, world.former_id}
	assert sorted(command["operation"] for command in records["CAMS Command"]) == [
		"AddUser",
		"AddUser",
		"CopyUsers",
		"SetAccessSchedule",
	]
	assert all("secret" not in command for command in records["CAMS Command"])
	assert records["Employee Checkin"][1]["custom_original_time"] == LOG_TIME
	known = {world.former_id, world.user_id, further["user_id"]}
	assert set(document["employee"]["device_user_ids"]) == known
	assert any("No fingerprint" in line for line in document["about"])
	[photo] = [name for name in file.namelist() if name.startswith("photos/")]
	assert file.read(photo).startswith(b"\xff\xd8\xff")
	assert not [
		word
		for word in words_for(world.colleague, f'"{world.colleague["attendance_device_id"]}"')
		if word in text
	]
	[note] = comments(host, world)
	assert "exported the biometric data" in note["content"]


def comments(host, world):
	about = {"reference_doctype": "Employee", "reference_name": world.person["name"], "comment_type": "Info"}
	found = host.find("Comment", about)
	return [each for each in found if "biometric data" in each["content"]]


def test_after_the_erasure_nothing_names_the_person(host, bench_site, world):
	words = words_for(world.person, world.user_id, world.former_id)
	others = words_for(world.colleague, world.colleague["attendance_device_id"])
	before = places(bench_site, words)
	assert {table for table, _word in before} >= {
		"tabCAMS Punch",
		"tabCAMS Command",
		"tabCAMS Device User",
		"tabCAMS Access Schedule Employee",
		"tabCAMS Day Repair",
		"tabCAMS Checkin Change",
		"tabCAMS Checkin Photo",
		*(set(KEPT_BESIDE) - {"Notification Log"}),
	}
	of_colleague = places(bench_site, others)
	picture = a_picture_of_its_own(host, bench_site, world)
	checkins = host.checkins(world.person["name"])

	counts = erase_wholly(host, world)
	assert counts["CAMS Punch"] == 3
	assert counts["CAMS Command"] == 6  # with the two removals
	assert counts["Deleted Document"] == counts["Error Log"] == counts["Comment"] == 1
	assert places(bench_site, words) == set()
	assert places(bench_site, others) == of_colleague
	assert not picture.exists()
	assert [each["name"] for each in host.checkins(world.person["name"])] == [
		each["name"] for each in checkins
	]
	assert host.get("Employee", world.person["name"]).get("attendance_device_id") is None
	[note] = comments(host, world)
	assert "The law says so" in note["content"]
	assert "CAMS Punch: 3" in note["content"]
	assert note["owner"] == "Administrator"
	assert all(world.user_id not in device.users for device in world.gateway.world.devices.values())


def a_picture_of_its_own(host, bench_site, world):
	"""The simulated camera takes the same picture of all, and Frappe stores equal files once."""
	[photo] = host.find("CAMS Checkin Photo", {"employee": world.person["name"]})
	folder = bench_site.path / "sites" / bench_site.name
	name = f"/private/files/{uuid.uuid4().hex}.jpg"
	(folder / name.lstrip("/")).write_bytes((folder / photo["photo"].lstrip("/")).read_bytes() + b"own")
	bench_site.sql(
		f"update tabFile set file_url = '{name}', content_hash = '{uuid.uuid4().hex}'"
		f" where attached_to_doctype = 'CAMS Checkin Photo' and attached_to_name = '{photo['name']}';"
		f"update `tabCAMS Checkin Photo` set photo = '{name}' where name = '{photo['name']}'"
	)
	return folder / name.lstrip("/")


def test_what_is_told_again_does_not_bring_the_person_back(host, bench_site, world):
	erase_wholly(host, world)
	before = int(bench_site.sql("select count(*) from `tabCAMS Punch`")[0][0])
	gone = {"UserDeleted": {"UserID": world.user_id, "OperationTime": "2024-09-18 08:00:00 GMT +0300"}}
	body = {"RealTime": {"SerialNumber": world.tags[0], "AuthToken": TOKEN, **gone}}
	assert host.callback(body).content == DONE
	assert host.callback(world.punch(world.user_id)).content == DONE
	assert host.callback(world.punch(world.user_id, Type="MealIn")).content == DONE
	bench_site.execute(f"{APP}.punches.checkins.sweep")
	time.sleep(1)
	assert int(bench_site.sql("select count(*) from `tabCAMS Punch`")[0][0]) == before
	assert places(bench_site, [world.user_id]) == set()


def test_somebody_who_gets_the_id_of_an_erased_person_is_known_on_the_device(host, world, new_employee):
	erase_wholly(host, world)
	successor = new_employee(attendance_device_id=world.user_id)
	people(host, "enrol", employees=[successor["name"]], devices=world.tags[:1], reason="new")
	finish(host, world)
	[row] = host.find("CAMS Device User", {"user_id": world.user_id})
	assert (row["employee"], row["state"]) == (successor["name"], "On Device")


def test_what_may_be_pay_stands_in_the_way(host, bench_site, world):
	held = {"LogTime": "2024-09-18 08:00:00 GMT +0300", "Type": "NoSuchType"}
	assert host.callback(world.punch(world.user_id, **held)).content == DONE
	host.settled(world.user_id, count=3)
	add_repair(bench_site, world.person["name"], "Open")
	before = places(bench_site, [world.user_id])

	standing = ask(host, "standing", world.person["name"]).json()["message"]
	assert [(each["doctype"], len(each["names"])) for each in standing["obstacles"]] == [
		("Employee", 1),
		("CAMS Punch", 1),
		("CAMS Day Repair", 1),
	]
	assert sorted(standing["devices"]) == ["Gate 1", "Gate 2"]
	response = erase(host, world.person["name"])
	assert response.status_code == 417
	for words in ("The employee is Active", "1 punch is not a check-in yet", "1 day is open for repair"):
		assert words in response.text
	assert places(bench_site, [world.user_id]) == before


def test_without_the_confirmation_or_a_reason_nothing_is_erased(host, bench_site, world):
	leave(host, world.person["name"])
	before = host.find("CAMS Command", {"user_id": world.user_id}, ["name"])
	for arguments in ({"confirmation": world.colleague["name"]}, {"confirmation": ""}, {"reason": " "}):
		assert erase(host, world.person["name"], **arguments).status_code == 417
	assert host.find("CAMS Command", {"user_id": world.user_id}, ["name"]) == before


def test_an_id_that_somebody_else_had_is_not_the_persons_alone(host, world):
	"""A former ID that went to the colleague: what came under it without a name is nobody's to hand out."""
	host.update("Employee", world.colleague["name"], attendance_device_id=world.former_id)
	content = ask(host, "export_data", world.person["name"]).content
	document = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("biometric-data.json"))
	assert document["employee"]["device_user_ids"] == [world.user_id]
	assert {punch["employee"] for punch in document["records"]["CAMS Punch"]} == {world.person["name"]}


def test_user_permissions_count(host, world):
	manager = new_user(host, "HR Manager")
	assert ask(host, "standing", world.person["name"], manager.key).status_code == 200
	host.create(
		"User Permission",
		user=manager.email,
		allow="Employee",
		for_value=world.colleague["name"],
		apply_to_all_doctypes=1,
	)
	leave(host, world.person["name"])
	before = host.find("CAMS Command", {"user_id": world.user_id}, ["name"])
	answers = [
		ask(host, "standing", world.person["name"], manager.key),
		ask(host, "export_data", world.person["name"], manager.key),
		erase(host, world.person["name"], manager.key),
	]
	assert [answer.status_code for answer in answers] == [403, 403, 403]
	assert host.find("CAMS Command", {"user_id": world.user_id}, ["name"]) == before


def test_without_the_right_to_photos_they_are_left_out_and_the_file_says_so(host, world):
	"""A System Manager who may see employees, but is no HR Manager."""
	key = new_user(host, "System Manager", "HR User").key
	content = ask(host, "export_data", world.person["name"], key).content
	file = zipfile.ZipFile(io.BytesIO(content))
	assert file.namelist() == ["biometric-data.json"]
	about = json.loads(file.read("biometric-data.json"))["about"]
	assert any("photos are left out" in line for line in about)


@pytest.fixture
def mail_account(bench_site):
	"""Frappe tells of both requests by mail, which here goes no further than the queue."""
	bench_site.bench("set-config", "auto_email_id", "site@example.com")
	bench_site.bench("set-config", "mail_server", "127.0.0.1")
	yield
	bench_site.bench("set-config", "mail_server", "")


@pytest.mark.usefixtures("mail_account")
def test_frappes_own_download_and_deletion_of_a_users_data(host, bench_site, world):
	"""What somebody did here under their name: in the download; and without the name after the deletion."""
	user = new_user(host, "HR Manager")
	quitter = f"Quitting {uuid.uuid4().hex[:8]}"
	host.update("User", user.email, first_name=quitter.split()[0], last_name=quitter.split()[1])
	employee = {"employees": [world.colleague["name"]], "devices": world.tags[:1]}
	reason = f"{quitter}, {user.email}, wants it"
	response = host.api("POST", f"{PEOPLE}.resend", user.key, json={**employee, "reason": reason})
	assert response.status_code == 200, response.text
	finish(host, world)
	release = {"shift_type": a_shift(host), "released_until": "2024-01-01 00:00:00"}
	response = host.api("POST", "resource/CAMS Shift Release", user.key, json={**release, "reason": reason})
	assert response.status_code == 200, response.text

	request = host.create("Personal Data Download Request", user=user.email)
	about = {"attached_to_doctype": "Personal Data Download Request", "attached_to_name": request["name"]}
	[file] = wait_for(lambda: host.find("File", about))
	stored = bench_site.path / "sites" / bench_site.name / file["file_url"].lstrip("/")
	downloaded = json.loads(stored.read_text())
	assert [row["reason"] for row in downloaded["CAMS Command"]] == [reason]
	assert [row["reason"] for row in downloaded["CAMS Shift Release"]] == [reason]

	deletion = host.create("Personal Data Deletion Request", email=user.email)["name"]
	host.api(
		"PUT", f"resource/Personal Data Deletion Request/{deletion}", json={"status": "Pending Approval"}
	)
	host.call_document("Personal Data Deletion Request", deletion, "trigger_data_deletion")
	wait_for(lambda: host.get("Personal Data Deletion Request", deletion)["status"] == "Deleted")
	[command] = host.find("CAMS Command", {"asked_by": deletion})
	assert command["reason"] == f"REDACTED, {deletion}, wants it"
	[released] = host.find("CAMS Shift Release", {"released_by": deletion})
	assert released["reason"] == f"REDACTED, {deletion}, wants it"
	found = places(bench_site, [user.email, quitter])
	assert {place for place in found if place[0].startswith("tabCAMS")} == set()  # the rest is for Frappe


def a_shift(host):
	name = f"Day {uuid.uuid4().hex[:6]}"
	hours = {"start_time": "08:00:00", "end_time": "17:00:00"}
	attendance = {"enable_auto_attendance": 1, "process_attendance_after": "2023-01-01"}
	values = {**hours, **attendance, "last_sync_of_checkin": "2023-01-01 00:00:00"}
	return host.create("Shift Type", name=name, __newname=name, **values)["name"]


def wait_for(condition, seconds=180):
	deadline = time.monotonic() + seconds
	while not (found := condition()):
		assert time.monotonic() < deadline
		time.sleep(0.3)
	return found

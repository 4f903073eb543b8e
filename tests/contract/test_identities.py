"""Who is who, by device and day: several IDs of a person, several people of an ID."""

import time

import pytest

from tests.contract.host import DONE, real_time

MORNING = "2024-09-17 08:00:00 GMT +0300"


@pytest.fixture
def gate(host, new_user_id):
	"""Makes a device, and says its service tag."""

	def make(**values):
		tag = f"ID{new_user_id()[-8:].upper()}".replace("-", "")
		host.create("CAMS Device", service_tag=tag, direction="IN", **values)
		return tag

	return make


@pytest.fixture
def companies(host, new_user_id):
	"""Two companies, the second of which is new."""
	first = host.find("Company", {}, ["name"])[0]["name"]
	name = f"Second {new_user_id()}"
	abbr = name[-5:].upper()
	country = host.get("Company", first).get("country") or "Kenya"
	return first, host.create(
		"Company", company_name=name, abbr=abbr, default_currency="KES", country=country
	)["name"]


def send(host, user_id, tag, log_time=MORNING):
	response = host.callback(real_time(user_id, log_time, SerialNumber=tag))
	assert (response.status_code, response.content) == (200, DONE)


def punched(host, user_id, tag, log_time=MORNING, state="Recorded", count=1):
	"""The punches of this ID, once they are settled."""
	send(host, user_id, tag, log_time)
	return host.settled(user_id, count, state=state)


def name_id(host, employee, user_id, **where):
	return host.create("CAMS Device ID", employee=employee["name"], user_id=user_id, **where)


def test_one_person_with_an_id_here_and_another_at_the_back_gate(host, gate, new_employee, new_user_id):
	person, further, back = new_employee(), new_user_id(), gate()
	name_id(host, person, further, service_tag=back)
	[punch] = punched(host, further, back)
	assert punch["employee"] == person["name"]
	[elsewhere] = punched(host, f"{further}x", gate(), state="Held")
	assert elsewhere["reason_code"] == "UNKNOWN_USER"


def test_a_further_id_counts_only_on_its_device(host, gate, new_employee, new_user_id):
	person, further, back, front = new_employee(), new_user_id(), gate(), gate()
	name_id(host, person, further, service_tag=back)
	[punch] = punched(host, further, front, state="Held")
	assert (punch["reason_code"], punch["employee"]) == ("UNKNOWN_USER", None)


def test_leading_zeros_are_two_ids_of_one_person(host, gate, new_employee, new_user_id):
	number = str(int(new_user_id().encode().hex(), 16))[-9:].lstrip("0") or "7"
	person = new_employee(attendance_device_id=number)
	name_id(host, person, f"000{number}")
	for user_id in (number, f"000{number}"):
		[punch] = punched(host, user_id, gate())
		assert punch["employee"] == person["name"]


@pytest.mark.parametrize("place", ["service_tag", "branch", "company"])
def test_a_nearer_claim_wins_over_the_attendance_device_id(
	host, gate, companies, new_employee, new_user_id, place
):
	branch = host.create("Branch", branch=f"Branch {new_user_id()}")["name"]
	first, _second = companies
	tag = gate(branch=branch, company=first)
	owner, other = new_employee(), new_employee()
	where = {"service_tag": tag, "branch": branch, "company": first}[place]
	name_id(host, other, owner["attendance_device_id"], **{place: where})
	[punch] = punched(host, owner["attendance_device_id"], tag)
	assert punch["employee"] == other["name"]
	send(host, owner["attendance_device_id"], gate(), "2024-09-17 09:00:00 GMT +0300")
	people = {each["employee"] for each in host.settled(owner["attendance_device_id"], 2, state="Recorded")}
	assert people == {owner["name"], other["name"]}


def test_the_nearest_of_several_claims_wins(host, gate, companies, new_employee, new_user_id):
	branch = host.create("Branch", branch=f"Branch {new_user_id()}")["name"]
	tag, user_id = gate(branch=branch, company=companies[0]), new_user_id()
	everywhere, by_company, by_branch, by_device = (new_employee() for _ in range(4))
	name_id(host, everywhere, user_id)
	name_id(host, by_company, user_id, company=companies[0])
	name_id(host, by_branch, user_id, branch=branch)
	on_device = name_id(host, by_device, user_id, service_tag=tag)
	[punch] = punched(host, user_id, tag)
	assert punch["employee"] == by_device["name"]
	host.delete("CAMS Device ID", on_device["name"])
	[punch] = host.settled(user_id, state="Recorded")
	assert punch["employee"] == by_branch["name"]
	assert not host.checkins(by_device["name"])


def test_the_same_number_in_two_companies(host, gate, companies, new_employee, new_user_id):
	first, second = companies
	ours, theirs = new_employee(company=first), new_employee(company=second, attendance_device_id="")
	user_id = ours["attendance_device_id"]
	gate_of_ours, gate_of_theirs = gate(company=first), gate(company=second)
	[punch] = punched(host, user_id, gate_of_theirs, state="Held")
	assert (punch["reason_code"], punch["employee"]) == ("OTHER_COMPANY", None)
	name_id(host, theirs, user_id, company=second)
	[punch] = host.settled(user_id, state="Recorded")
	assert punch["employee"] == theirs["name"]
	send(host, user_id, gate_of_ours, "2024-09-17 09:00:00 GMT +0300")
	found = host.settled(user_id, 2, state="Recorded")
	assert {each["service_tag"]: each["employee"] for each in found} == {
		gate_of_theirs: theirs["name"],
		gate_of_ours: ours["name"],
	}


def test_a_number_that_changed_hands_keeps_the_old_days(host, gate, new_employee):
	tag = gate()
	joined = {"date_of_joining": "2024-06-01"}
	former, hired = new_employee(), new_employee(attendance_device_id="", **joined)
	user_id = former["attendance_device_id"]
	host.update("Employee", former["name"], attendance_device_id="")
	host.update("Employee", hired["name"], attendance_device_id=user_id)
	[old] = punched(host, user_id, tag, "2024-05-31 08:00:00 GMT +0300", state="Held")
	assert old["reason_code"] == "BEFORE_JOINING"
	name_id(host, former, user_id, until_date="2024-05-31")
	host.settled(user_id, state="Recorded")
	send(host, user_id, tag, "2024-06-01 08:00:00 GMT +0300")
	found = host.settled(user_id, 2, state="Recorded")
	assert {each["punch_time"][:10]: each["employee"] for each in found} == {
		"2024-05-31": former["name"],
		"2024-06-01": hired["name"],
	}


def test_an_id_from_a_day_on(host, gate, new_employee, new_user_id):
	person, user_id, tag = new_employee(), new_user_id(), gate()
	name_id(host, person, user_id, from_date="2024-09-17")
	send(host, user_id, tag, "2024-09-16 08:00:00 GMT +0300")
	send(host, user_id, tag, MORNING)
	states = {each["punch_time"][:10]: each["state"] for each in host.settled(user_id, 2)}
	assert states == {"2024-09-16": "Held", "2024-09-17": "Recorded"}


def test_two_people_with_one_id_are_held_with_both_names(host, gate, new_employee):
	one, tag = new_employee(), gate()
	user_id = one["attendance_device_id"]
	other = new_employee(attendance_device_id=f" {user_id}")
	[punch] = punched(host, user_id, tag, state="Held")
	assert (punch["reason_code"], punch["employee"]) == ("AMBIGUOUS_USER", None)
	assert all(person["employee_name"] in punch["reason"] for person in (one, other))
	host.call("link_to_employee", name=punch["name"], employee=other["name"], way="device")
	[punch] = host.settled(user_id, state="Recorded")
	assert punch["employee"] == other["name"]


def test_who_was_employed_on_that_day_is_preferred(host, gate, new_employee):
	stays, tag = new_employee(), gate()
	user_id = stays["attendance_device_id"]
	left = new_employee(attendance_device_id=f" {user_id}")
	host.update("Employee", left["name"], status="Left", relieving_date="2024-08-31")
	[punch] = punched(host, user_id, tag)
	assert punch["employee"] == stays["name"]


def test_giving_the_other_one_another_id_settles_it(host, gate, new_employee, new_user_id):
	one, tag = new_employee(), gate()
	user_id = one["attendance_device_id"]
	other = new_employee(attendance_device_id=f" {user_id}")
	punched(host, user_id, tag, state="Held")
	host.update("Employee", other["name"], attendance_device_id=new_user_id())
	[punch] = host.settled(user_id, state="Recorded")
	assert punch["employee"] == one["name"]


def test_link_adds_a_further_id_to_who_has_one(host, gate, new_employee, new_user_id):
	person, user_id, tag = new_employee(), new_user_id(), gate()
	[punch] = punched(host, user_id, tag, state="Held")
	linked = host.call("link_to_employee", name=punch["name"], employee=person["name"])
	host.settled(user_id, state="Recorded")
	assert host.get("Employee", person["name"])["attendance_device_id"] == person["attendance_device_id"]
	mapping = host.get("CAMS Device ID", linked["mapping"])
	assert (mapping["employee"], mapping["user_id"]) == (person["name"], user_id)


def test_link_from_a_day_leaves_the_days_before(host, gate, new_employee, new_user_id):
	person, user_id, tag = new_employee(attendance_device_id=""), new_user_id(), gate()
	send(host, user_id, tag, "2024-09-16 08:00:00 GMT +0300")
	punches = punched(host, user_id, tag, state="Held", count=2)
	days = {"from_date": "2024-09-17"}
	host.call("link_to_employee", name=punches[0]["name"], employee=person["name"], **days)
	states = settled_states(host, user_id)
	assert states == {"2024-09-16": "Held", "2024-09-17": "Recorded"}


def settled_states(host, user_id):
	"""By day, once the punches that were held left the queue."""
	deadline = time.monotonic() + 60
	while time.monotonic() < deadline:
		states = {each["punch_time"][:10]: each["state"] for each in host.punches(user_id)}
		if "Queued" not in states.values() and "Recorded" in states.values():
			break
		time.sleep(0.2)
	return states


def test_a_claim_that_comes_late_moves_the_check_ins(host, gate, new_employee):
	owner, other, tag = new_employee(), new_employee(attendance_device_id=""), gate()
	user_id = owner["attendance_device_id"]
	punched(host, user_id, tag)
	assert len(host.checkins(owner["name"])) == 1
	mapping = name_id(host, other, user_id, service_tag=tag)
	[punch] = host.settled(user_id, state="Recorded")
	assert punch["employee"] == other["name"]
	assert (host.checkins(owner["name"]), len(host.checkins(other["name"]))) == ([], 1)
	host.delete("CAMS Device ID", mapping["name"])
	host.settled(user_id, state="Recorded")
	assert (len(host.checkins(owner["name"])), host.checkins(other["name"])) == (1, [])


def test_days_in_the_wrong_order_are_refused(host, new_employee, new_user_id):
	values = {"employee": new_employee()["name"], "user_id": new_user_id()}
	days = {"from_date": "2024-09-17", "until_date": "2024-09-16"}
	response = host.api("POST", "resource/CAMS Device ID", json={**values, **days})
	assert response.status_code == 417

"""Whose a user ID is: claims at random, judged beside an oracle that goes the other way round."""

from datetime import date, timedelta

import frappe
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navari_cams_biometric.cams_biometric.base.identities import (
	AMBIGUOUS,
	OTHER_COMPANY,
	UNKNOWN,
	Claim,
	Identities,
)
from navari_cams_biometric.cams_biometric.doctor import ERROR, WARNING, attendance_checks
from navari_cams_biometric.cams_biometric.doctor.site_facts import SiteFacts

FIRST = date(2024, 9, 1)
DAYS = st.integers(0, 6).map(lambda number: FIRST + timedelta(days=number))
DEVICES = [
	frappe._dict(name=name, branch=branch, company=company)
	for name, branch, company in (
		("G1", "North", "A"),
		("G2", "North", "B"),
		("G3", "", "A"),
		("G4", "South", ""),
	)
]


@st.composite
def people(draw):
	return [
		frappe._dict(
			name=name,
			employee_name=name,
			company=draw(st.sampled_from("AB")),
			status=draw(st.sampled_from(["Active", "Active", "Left"])),
			date_of_joining=draw(DAYS),
			relieving_date=draw(DAYS),
		)
		for name in ("P1", "P2", "P3")
	]


@st.composite
def claims(draw):
	found = []
	for number, person in enumerate(draw(people())):
		if draw(st.booleans()):
			found.append(Claim(draw(st.sampled_from(["7", "07"])), person))
		for place in draw(st.lists(st.sampled_from(["", "service_tag", "branch", "company"]), max_size=3)):
			days = sorted([draw(DAYS), draw(DAYS)])
			open_ended = {"first": days[0], "last": days[1]} if draw(st.booleans()) else {}
			where = {place: draw(st.sampled_from(WHERE[place]))} if place else {}
			mapping = f"M{number}{len(found)}"
			found.append(Claim(draw(st.sampled_from(["7", "07"])), person, mapping, **where, **open_ended))
	return draw(st.permutations(found))


WHERE = {"service_tag": ["G1", "G2", "G4"], "branch": ["North", "South"], "company": ["A", "B"]}


def was_there(person, day):
	last = person.relieving_date if person.status == "Left" else date.max
	return person.date_of_joining <= day <= last


def holds(claim, device, day):
	places = (
		(claim.service_tag, device.name),
		(claim.branch, device.branch),
		(claim.company, device.company),
	)
	return claim.first <= day <= claim.last and all(wanted in ("", actual) for wanted, actual in places)


def expected(found, user_id, device, day):
	"""By levels, from the nearest on: the first level on which anybody stands decides."""
	own = [claim for claim in found if claim.user_id == user_id and holds(claim, device, day)]
	levels = (
		[claim for claim in own if claim.service_tag],
		[claim for claim in own if claim.branch],
		[claim for claim in own if claim.company],
		[
			claim
			for claim in own
			if claim.mapping and not (claim.service_tag or claim.branch or claim.company)
		],
		[claim for claim in own if not claim.mapping and device.company in ("", claim.employee.company)],
	)
	for level in levels:
		names = {claim.employee.name for claim in level}
		there = {claim.employee.name for claim in level if was_there(claim.employee, day)}
		if len(there) == 1 or len(names) == 1:
			return (there if len(there) == 1 else names), ""
		if names:
			return set(), AMBIGUOUS
	return set(), OTHER_COMPANY if own else UNKNOWN


@settings(max_examples=400, deadline=None)
@given(claims(), st.sampled_from(["7", "07"]), st.sampled_from(DEVICES), DAYS)
def test_the_nearest_claim_that_holds_decides_whatever_order_they_come_in(found, user_id, device, day):
	answer = Identities(found).judge(user_id, device, day)
	names = {answer.person.name} if answer.person else set()
	assert (names, answer.code) == expected(found, user_id, device, day)


@settings(max_examples=200, deadline=None)
@given(claims(), st.sampled_from(DEVICES), DAYS)
def test_the_id_that_somebody_is_to_have_on_a_device_is_theirs_there(found, device, day):
	known = Identities(found)
	for person in known.employees():
		user_id = known.user_id_on(person.name, device, day)
		theirs = [each for each in known.user_ids() if expected(found, each, device, day)[0] == {person.name}]
		assert (
			(user_id in theirs)
			if user_id
			else not set(theirs)
			& {claim.user_id for claim in known.claims_of(person.name) if holds(claim, device, day)}
		)


@pytest.mark.parametrize("second", [" ", ""])
def test_the_doctor_names_an_id_that_two_people_have(new_employee, second):
	one = new_employee()
	user_id = one.attendance_device_id
	other = new_employee(attendance_device_id=f"{second}{user_id}" if second else None)
	if not second:
		frappe.new_doc("CAMS Device ID", employee=one.name, user_id=f"{user_id}x").insert()
		frappe.new_doc("CAMS Device ID", employee=other.name, user_id=f"{user_id}x").insert()
	findings = [each for each in attendance_checks.user_ids(SiteFacts()) if user_id in each.sentence]
	assert [each.state for each in findings] == [WARNING]
	assert ERROR not in {each.state for each in findings}
	assert all(person.employee_name in findings[0].sentence for person in (one, other))

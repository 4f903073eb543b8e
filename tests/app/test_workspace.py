"""The workspace: charts that show the most and stay empty without punches, and an onboarding that knows what is done."""

import json
import uuid

import frappe
import pytest
from frappe.utils import add_to_date, getdate, now_datetime

from navari_cams_biometric import onboarding
from navari_cams_biometric.cams_biometric.base import permissions
from navari_cams_biometric.cams_biometric.dashboard_chart_source.cams_held_by_reason import (
	cams_held_by_reason,
)
from navari_cams_biometric.cams_biometric.dashboard_chart_source.cams_punches_by_day import (
	cams_punches_by_day,
)
from navari_cams_biometric.cams_biometric.dashboard_chart_source.cams_punches_by_device import (
	cams_punches_by_device,
)
from tests.app.test_structure import APP

ONBOARDING = APP / "cams_biometric/module_onboarding/cams_biometric/cams_biometric.json"
WORKSPACE = APP / "cams_biometric/workspace/cams_biometric/cams_biometric.json"


@pytest.fixture(autouse=True)
def no_punches():
	frappe.db.delete("CAMS Punch")


@pytest.fixture
def steps():
	for name in onboarding.STEPS:
		frappe.new_doc("Onboarding Step", name=name, title=name).insert(set_name=name)
	frappe.new_doc("Module Onboarding", name=onboarding.ONBOARDING, title="").insert(
		set_name=onboarding.ONBOARDING
	)
	yield
	frappe.db.delete("Onboarding Step")
	frappe.db.delete("Module Onboarding")
	frappe.db.commit()


def punch(service_tag, days_ago=0, **values):
	moment = add_to_date(now_datetime(), days=-days_ago)
	fields = {"state": "Recorded", "user_id": "1", "log_time": str(moment), **values}
	name = uuid.uuid4().hex
	frappe.new_doc("CAMS Punch", name=name, service_tag=service_tag, punch_time=moment, **fields).db_insert()


def done():
	return frappe.get_all("Onboarding Step", {"is_complete": 1}, pluck="name", order_by="name")


def test_the_app_is_offered_to_the_roles_of_its_workspace():
	roles = {row["role"] for row in json.loads(WORKSPACE.read_text(encoding="utf-8"))["roles"]}
	assert roles == {*permissions.READERS, *permissions.DOORS}


def test_a_chart_without_punches_has_no_grid():
	assert cams_punches_by_device.get_data() == {}
	assert cams_punches_by_day.get_data() == {}
	assert cams_held_by_reason.get_data() == {}


def test_the_ten_largest_devices_are_shown_and_the_rest_together(new_device):
	for number in range(12):
		device = new_device(label=f"Gate {number:02}")
		for _ in range(12 - number):
			punch(device.name)
	shown = cams_punches_by_device.get_data()
	assert shown["labels"] == [*(f"Gate {number:02}" for number in range(10)), "2 others"]
	assert shown["datasets"][0]["values"] == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 3]


def test_the_last_seven_days_stand_beside_today(new_device):
	device = new_device()
	for days_ago in (0, 0, 3, 6, 7):
		punch(device.name, days_ago)
	shown = cams_punches_by_day.get_data()
	assert shown["datasets"][0]["values"] == [1, 0, 0, 1, 0, 0, 2]
	assert shown["labels"][-1] == f"{getdate():%a}"


def test_what_is_there_marks_the_steps_of_the_onboarding(steps, new_device, new_employee):
	device = new_device()
	new_employee()
	frappe.db.set_value("CAMS Device", {"name": ["is", "set"]}, "last_reported", None)
	onboarding.note_progress()
	assert "CAMS First Device" in done()
	assert "CAMS People" in done()
	assert not {"CAMS Callback URL", "CAMS First Punch"} & set(done())
	assert not frappe.db.get_value("Module Onboarding", onboarding.ONBOARDING, "is_complete")

	device.db_set("last_reported", now_datetime())
	punch(device.name)
	onboarding.note_progress()
	assert set(done()) == set(onboarding.STEPS)
	assert frappe.db.get_value("Module Onboarding", onboarding.ONBOARDING, "is_complete")


def test_an_onboarding_that_is_over_is_left_alone(steps, new_device):
	new_device()
	frappe.db.set_value("Module Onboarding", onboarding.ONBOARDING, "is_complete", 1)
	onboarding.note_progress()
	assert done() == []


def test_the_onboarding_has_these_steps_and_comes_first():
	steps = [row["step"] for row in json.loads(ONBOARDING.read_text())["steps"]]
	assert steps == list(onboarding.STEPS)
	folder = APP / "cams_biometric/onboarding_step"
	assert {json.loads(path.read_text())["name"] for path in folder.glob("*/*.json")} == set(steps)
	workspace = json.loads(WORKSPACE.read_text())
	blocks = json.loads(workspace["content"])
	assert (blocks[0]["type"], blocks[0]["data"]["onboarding_name"]) == ("onboarding", onboarding.ONBOARDING)
	assert [block["data"]["chart_name"] for block in blocks if block["type"] == "chart"] == [
		chart["label"] for chart in workspace["charts"]
	]

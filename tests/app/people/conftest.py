"""Employees of a branch with devices, users of one role, and the settings that people follow."""

import uuid

import frappe
import pytest

from tests.app.people.records import SETTINGS


@pytest.fixture
def new_branch():
	def create():
		return frappe.new_doc("Branch", branch=f"Branch {uuid.uuid4().hex[:8]}").insert().name

	return create


@pytest.fixture
def branch(new_branch, tags):
	"""Where both of the gateway's devices stand."""
	name = new_branch()
	for tag in tags:
		frappe.db.set_value("CAMS Device", tag, "branch", name)
	frappe.db.commit()
	return name


@pytest.fixture
def new_person(new_employee, branch):
	"""Make active employees of the branch."""

	def create(**values):
		names = {"first_name": "Employee", "last_name": "One"}
		return new_employee(**{"branch": branch, **names, **values})

	return create


@pytest.fixture
def employee(new_person):
	return new_person()


@pytest.fixture
def web_api(gateway):
	settings = frappe.get_doc(SETTINGS)
	settings.update({"gateway_api": "Web API 3.0", "base_url": gateway.web_api_url}).save()
	frappe.db.commit()

"""Who is on a device, as the gateway lists them."""

import frappe
import pytest

from navari_cams_biometric.cams_biometric.controllers import enrolment_actions
from navari_cams_biometric.cams_biometric.device_users import device_user_store, user_sync
from tests.app.inside import log_entries
from tests.app.people.records import SETTINGS, known, sent


def test_the_list_of_a_device_is_read(gateway, tags, employee, run_jobs):
	user_id = employee.attendance_device_id
	user = gateway.add_user(tags[0], user_id, first_name="Listed", user_type="Admin")
	user.credentials.update({("Fingerprint", "1"): "ridges", ("Card", ""): "10283655"})
	device_user_store.mark_on_device(tags[0], "gone", **device_user_store.credential_counts([("Face", "0")]))
	device_user_store.mark_on_device(tags[1], "elsewhere")
	assert enrolment_actions.sync_users(tags[0]) == 1
	run_jobs()

	row = known(tags[0], user_id)
	assert (row.state, row.first_name, row.user_type) == ("On Device", "Listed", "Admin")
	assert (row.fingerprints, row.cards, row.employee) == (1, 1, employee.name)
	assert known(tags[0], "gone").state == "Deleted"
	assert known(tags[1], "elsewhere").state == "On Device"
	assert frappe.db.get_value("CAMS Device", tags[0], "users_synced_at")
	assert not frappe.db.get_value("CAMS Device", tags[1], "users_synced_at")


def test_all_pages_of_the_list_are_read_and_a_photo_is_not_forgotten(gateway, tags):
	for number in range(120):
		gateway.add_user(tags[0], f"user-{number:03}")
	device_user_store.mark_on_device(tags[0], "user-007", has_photo=1)
	user_sync.sync_in_background(tags[0])
	there = {"service_tag": tags[0], "state": "On Device"}
	assert frappe.db.count("CAMS Device User", there) == 120
	assert (
		frappe.db.get_value("CAMS Device User", device_user_store.row_name(tags[0], "user-007"), "has_photo")
		== 1
	)


def test_without_a_device_all_enabled_ones_are_read(gateway, tags, run_jobs, monkeypatch):
	monkeypatch.setattr(
		enrolment_actions, "_enabled_devices", lambda: tags
	)  # others of this site have no gateway
	assert enrolment_actions.sync_users() == 2
	run_jobs()
	assert [request["ServiceTag"] for request in sent(gateway, "ListUsers")] == tags


def test_what_became_known_while_the_list_was_on_its_way_counts_more(gateway, tags, monkeypatch):
	gateway.add_user(tags[0], "leaving")
	device_user_store.mark_on_device(tags[0], "arriving")
	client = type(frappe.get_cached_doc(SETTINGS).client())
	list_users = client.list_users

	def slow(self, device):
		users = list(list_users(self, device))
		device_user_store.mark_removed(tags[0], "leaving")
		device_user_store.mark_on_device(tags[0], "arriving")
		return users

	monkeypatch.setattr(client, "list_users", slow)
	user_sync.sync_in_background(tags[0])
	assert known(tags[0], "leaving").state == "Deleted"
	assert known(tags[0], "arriving").state == "On Device"


def test_web_api_3_has_no_list_and_nobody_is_marked(web_api, tags):
	device_user_store.mark_on_device(tags[0], "somebody")
	with pytest.raises(frappe.ValidationError, match="no list"):
		enrolment_actions.sync_users(tags[0])
	user_sync.sync_in_background(tags[0])
	assert known(tags[0], "somebody").state == "On Device"
	assert not frappe.db.get_value("CAMS Device", tags[0], "users_synced_at")


def test_a_list_that_cannot_be_read_changes_nothing_and_is_logged(gateway, tags, new_device):
	unknown = new_device().name
	device_user_store.mark_on_device(unknown, "somebody")
	frappe.db.commit()
	user_sync.sync_in_background(unknown, tell="Administrator")
	frappe.db.commit()
	assert known(unknown, "somebody").state == "On Device"
	[entry] = log_entries(reference_name=unknown)
	assert "Device not found" in entry.error
	_event, words, user, _doctype, _name = frappe.local.realtime_log[-1]
	assert (user, "Device not found" in words) == ("Administrator", True)

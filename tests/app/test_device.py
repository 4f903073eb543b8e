"""CAMS Device: what its form refuses, and that a refusal repeats no secret."""

import json
from contextlib import suppress

import frappe
import pytest

from navari_cams_biometric.gateway.encryption import encrypt
from tests.app.inside import punch_at
from tests.contract.host import DONE

KEY = "0123456789abcdef0123456789ABCDEF"


@pytest.mark.parametrize(
	"time_zone",
	["Mars/Olympus", "Africa", "nairobi", "+03:00", "GMT+3", "../../etc/passwd", "/etc/localtime", "\0", " "],
)
def test_an_unknown_time_zone_is_refused_by_name(new_device, time_zone):
	with pytest.raises(frappe.ValidationError, match="time zone") as refusal:
		new_device(time_zone=time_zone)
	assert time_zone in str(refusal.value)


@pytest.mark.parametrize("time_zone", ["Africa/Nairobi", "UTC", "Asia/Kolkata", "", None])
def test_a_time_zone_that_there_is_or_none_is_accepted(new_device, time_zone):
	device = new_device(time_zone=time_zone)
	assert str(device.zone()) == (time_zone or "Africa/Nairobi")


@pytest.mark.parametrize("key", [KEY[:31], f"{KEY}0", "short", "ä" * 32], ids=len)
def test_a_security_key_of_the_wrong_kind_is_refused_without_repeating_it(new_device, key):
	with pytest.raises(frappe.ValidationError, match="Security Key must have 32 ASCII characters") as refusal:
		new_device(encryption="AES-256", security_key=key)
	assert key not in str(refusal.value)
	assert key not in str(frappe.local.message_log)


def test_a_security_key_of_the_right_length_is_kept_and_not_shown(new_device):
	device = frappe.get_doc("CAMS Device", new_device(encryption="AES-256", security_key=KEY).name)
	assert device.security_key == "*" * 32
	assert device.security_key_in_use() == KEY


def test_a_security_key_stays_when_something_else_is_saved(new_device):
	device = frappe.get_doc("CAMS Device", new_device(encryption="AES-256", security_key=KEY).name)
	device.label = "Changed"
	device.save()
	assert device.security_key_in_use() == KEY


def test_a_security_key_is_not_used_while_encryption_is_off(new_device):
	device = new_device(encryption="AES-256", security_key=KEY)
	device.encryption = "Off"
	device.save()
	assert device.security_key_in_use() == ""


def test_a_wrong_security_key_does_not_come_into_use_by_way_of_off(new_device):
	"""Every encrypted body would be answered `Invalid JSON` from then on."""
	device = new_device(encryption="Off")
	for values in ({"security_key": "too short"}, {"encryption": "AES-256"}):
		with suppress(frappe.ValidationError):
			device.reload().update(values).save()
	assert device.reload().security_key_in_use() == ""


def test_a_device_whose_body_is_encrypted_is_heard(callback, new_device, new_employee):
	device = new_device(encryption="AES-256", security_key=KEY)
	body = json.dumps(punch_at(new_employee().attendance_device_id, SerialNumber=device.name)).encode()
	assert callback(encrypt(body, KEY), f"?stgid={device.name}").get_data() == DONE


@pytest.mark.parametrize("around", [" {} ", "\t{}", "{}\n"])
def test_white_space_around_a_service_tag_is_not_part_of_it(new_device, new_user_id, around):
	service_tag = f"TST{new_user_id().upper()}"
	device = new_device(service_tag=around.format(service_tag))
	assert (device.name, device.service_tag) == (service_tag, service_tag)
	device.reload()
	device.save()
	assert frappe.db.get_value("CAMS Device", service_tag, "service_tag") == service_tag


def test_white_space_does_not_make_another_device(new_device):
	device = new_device()
	with pytest.raises(frappe.DuplicateEntryError):
		new_device(service_tag=f" {device.name} ")


@pytest.mark.parametrize("service_tag", ["", "   ", None])
def test_a_service_tag_of_nothing_is_refused(new_device, service_tag):
	with pytest.raises(frappe.ValidationError):
		new_device(service_tag=service_tag)


def test_a_service_tag_does_not_change(new_device):
	device = new_device()
	device.service_tag = f"{device.name}X"
	with suppress(frappe.CannotChangeConstantError):
		device.save()
	assert frappe.db.get_value("CAMS Device", device.name, "service_tag") == device.name

"""AuthTokens: what a document keeps of them, and which ones it accepts until when."""

import hashlib
import json
from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime
from frappe.utils.password import get_decrypted_password

from navari_cams_biometric.cams_biometric.base import tokens
from navari_cams_biometric.cams_biometric.base.tokens import digest
from navari_cams_biometric.cams_biometric.callbacks.authentication import Door
from navari_cams_biometric.gateway.callback import CallbackAddress, Envelope, parse_callback
from tests.app.inside import punch_at
from tests.contract.host import DONE, INVALID_TOKEN, SETTINGS

OLD = "old-auth-token-0123456789abcdefg"
NEW = "new-auth-token-0123456789abcdefg"


@pytest.fixture(params=["CAMS Device", SETTINGS])
def holder(request):
	"""A document of each kind that never had a token; it is not saved."""
	return frappe.get_doc({"doctype": request.param})


def change(holder, token, overlap_hours=24):
	holder.auth_token = token
	holder.update_token_digest(overlap_hours)


@pytest.mark.parametrize("token", ["x" * 31, "x" * 33, "short", "x" * 140])
def test_a_token_of_the_wrong_length_is_refused_with_both_lengths_and_without_the_token(holder, token):
	with pytest.raises(frappe.ValidationError) as refusal:
		change(holder, token)
	assert str(refusal.value) == (
		f"The Auth Token has 32 characters, this one has {len(token)}. Copy it again from the CAMS portal."
	)
	assert token not in str(refusal.value)
	assert token not in str(frappe.local.message_log)
	assert not holder.auth_token_digest


def test_a_token_of_the_wrong_length_is_not_saved(new_device):
	device = new_device(auth_token=OLD)
	device.auth_token = NEW[:-1]
	with pytest.raises(frappe.ValidationError):
		device.save()
	device.reload()
	assert device.accepts_token(OLD)
	assert get_decrypted_password("CAMS Device", device.name, "auth_token") == OLD


def test_spaces_around_a_token_are_not_part_of_it(holder):
	change(holder, f"  {NEW}\n")
	assert (holder.auth_token, holder.accepts_token(NEW)) == (NEW, True)


def test_a_document_that_never_had_a_token_accepts_none(holder):
	assert not any(holder.accepts_token(token) for token in ("", OLD, "*" * 32, "None"))


def test_no_token_is_never_accepted(holder):
	change(holder, OLD)
	change(holder, NEW)
	assert holder.accepts_token("") is False


def test_a_stored_digest_is_no_token(holder):
	change(holder, NEW)
	assert not holder.accepts_token(holder.auth_token_digest)


def test_asterisks_are_the_token_that_is_there(new_device):
	device = frappe.get_doc("CAMS Device", new_device(auth_token=OLD).name)
	before = device.auth_token_digest
	assert set(device.auth_token) == {"*"}
	device.label = "Changed"
	device.save()
	assert device.auth_token_digest == before
	assert device.previous_token_valid_until is None
	assert device.accepts_token(OLD)
	assert not device.accepts_token(device.auth_token)


def test_the_same_token_again_is_no_change(holder):
	change(holder, OLD)
	change(holder, OLD)
	assert (holder.previous_token_digest or "", holder.previous_token_valid_until) == ("", None)


def test_the_first_token_has_no_former(holder):
	change(holder, NEW)
	assert (holder.previous_token_digest or "", holder.previous_token_valid_until) == ("", None)


def test_the_former_token_is_accepted_until_the_overlap_is_over(holder, monkeypatch):
	now = now_datetime()
	monkeypatch.setattr(tokens, "now_datetime", lambda: now)
	change(holder, OLD)
	change(holder, NEW, overlap_hours=3)
	assert holder.previous_token_valid_until == now + timedelta(hours=3)
	for passed, accepted in ((0, True), (3 * 3600 - 1, True), (3 * 3600, False), (10**6, False)):
		monkeypatch.setattr(tokens, "now_datetime", lambda passed=passed: now + timedelta(seconds=passed))
		assert (holder.accepts_token(OLD), holder.accepts_token(NEW)) == (accepted, True)


def test_without_overlap_the_old_token_is_refused_at_once(holder):
	change(holder, OLD)
	change(holder, NEW, overlap_hours=0)
	assert (holder.accepts_token(OLD), holder.accepts_token(NEW)) == (False, True)
	assert (holder.previous_token_digest or "", holder.previous_token_valid_until) == ("", None)


def test_a_change_without_overlap_ends_an_overlap_that_still_runs(holder):
	change(holder, "a" * 32)
	change(holder, OLD)
	change(holder, NEW, overlap_hours=0)
	assert [holder.accepts_token(token) for token in ("a" * 32, OLD, NEW)] == [False, False, True]


@pytest.mark.parametrize("unchanged", [True, False])
def test_an_overlap_of_no_hours_ends_the_one_that_is_under_way(holder, unchanged):
	change(holder, OLD)
	change(holder, NEW)
	holder.auth_token = "*" * 32 if unchanged else NEW
	holder.update_token_digest(0)
	assert (holder.accepts_token(OLD), holder.accepts_token(NEW)) == (False, True)


@pytest.mark.parametrize("sent", [f" {NEW}", f"{NEW} ", f"{NEW}\0", f"\0{NEW}", NEW.upper()], ids=repr)
def test_a_token_is_compared_as_sent(holder, sent):
	change(holder, NEW)
	assert not holder.accepts_token(sent)
	body = json.dumps({"RealTime": {"AuthToken": sent}}).encode()
	assert not holder.accepts_token(parse_callback(body).token)


def test_only_the_last_token_but_one_is_accepted(holder):
	for token in ("a" * 32, OLD, NEW):
		change(holder, token)
	assert [holder.accepts_token(token) for token in ("a" * 32, OLD, NEW)] == [False, True, True]


def test_a_cleared_token_is_refused(holder):
	change(holder, OLD)
	change(holder, "", overlap_hours=0)
	assert not holder.auth_token_digest
	assert not any(holder.accepts_token(token) for token in ("", OLD))


def test_a_cleared_token_leaves_nothing_to_read(new_device):
	device = new_device(auth_token=OLD)
	device.auth_token = ""
	device.save()
	assert get_decrypted_password("CAMS Device", device.name, "auth_token", raise_exception=False) is None


def test_a_device_whose_own_token_was_cleared_takes_it_for_as_long_as_its_form_says(new_device):
	device = new_device(auth_token=OLD)
	device.auth_token = ""
	device.save()
	assert device.previous_token_valid_until > now_datetime()
	sender = Door(CallbackAddress()).authenticate(Envelope(token=OLD, service_tag=device.name))
	assert sender.device.name == device.name


@pytest.mark.parametrize("spelling", [str.upper, str.lower])
def test_a_token_that_was_changed_is_refused_however_the_serial_is_spelled(
	callback, new_device, new_user_id, spelling
):
	"""The database takes a serial in other letters for the same device; a copy of it in the cache must not last."""
	device = new_device(auth_token=OLD)
	body = punch_at(new_user_id(), SerialNumber=spelling(device.name), AuthToken=OLD)
	assert callback(body).get_data() == DONE
	device.auth_token = NEW
	device.save()
	device.db_set("previous_token_digest", "")
	frappe.db.commit()
	assert callback(body).get_data() == INVALID_TOKEN


def test_a_digest_is_neither_the_token_nor_a_plain_hash_of_it():
	plain = hashlib.sha256(NEW.encode()).hexdigest()
	assert digest(NEW) not in (NEW, plain)
	assert NEW not in digest(NEW)
	assert digest(NEW) == digest(NEW)
	assert digest(NEW) != digest(OLD)


def test_a_digest_of_another_site_is_another(monkeypatch):
	before = digest(NEW)
	monkeypatch.setattr(tokens, "get_encryption_key", lambda: "another key")
	assert digest(NEW) != before


def test_what_a_document_keeps_holds_no_token(new_device):
	device = new_device(auth_token=OLD)
	device.auth_token = NEW
	device.save()
	row = str(frappe.db.get_value("CAMS Device", device.name, "*", as_dict=True))
	for token in (OLD, NEW):
		assert token not in row
		assert hashlib.sha256(token.encode()).hexdigest() not in row

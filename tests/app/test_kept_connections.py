"""Which connection to the database a callback speaks over."""

from contextlib import suppress

import frappe
import pytest
from frappe.database import Database, schema

from navari_cams_biometric.cams_biometric.base import stored_values
from navari_cams_biometric.cams_biometric.callbacks import kept_connections
from navari_cams_biometric.cams_biometric.punches import inbox
from tests.app.inside import log_entries, punch_at, punches_of
from tests.contract.host import DONE, INVALID_TOKEN, NOT_STORED


@pytest.fixture
def opened(monkeypatch):
	"""The connections that were opened from now on, but for those to tables without transactions."""
	connect, opened = schema.connect, []

	def note(path, file, lock_wait_seconds):
		connection = connect(path, file, lock_wait_seconds)
		if file == schema.MAIN:
			opened.append(connection)
		return connection

	monkeypatch.setattr(kept_connections, "_kept", [])
	monkeypatch.setattr(schema, "connect", note)
	return opened


def is_closed(connection):
	try:
		connection.execute("SELECT 1")
	except Exception:
		return True
	return False


def test_callbacks_one_after_another_speak_over_one_connection(callback, new_user_id, opened):
	user_ids = [new_user_id() for _ in range(5)]
	assert {callback(punch_at(user_id)).get_data() for user_id in user_ids} == {DONE}
	assert len(opened) == 1
	assert all(len(punches_of(user_id)) == 1 for user_id in user_ids)


def test_what_is_refused_leaves_its_connection_as_well(callback, new_user_id, opened):
	assert callback(punch_at(new_user_id(), AuthToken="wrong")).get_data() == INVALID_TOKEN
	assert callback(punch_at(new_user_id())).get_data() == DONE
	assert len(opened) == 1


def test_a_token_that_is_taken_away_counts_no_more_in_the_next_callback(callback, new_user_id, new_device):
	device = new_device(auth_token="own-token-of-the-device-01234567")
	punch = punch_at(new_user_id(), SerialNumber=device.name, AuthToken="own-token-of-the-device-01234567")
	assert callback(punch).get_data() == DONE
	frappe.db.set_value("CAMS Device", device.name, "auth_token_digest", "", update_modified=False)
	frappe.db.commit()
	assert callback(punch).get_data() == INVALID_TOKEN


def test_one_that_was_not_used_at_once_is_closed(monkeypatch, callback, new_user_id, opened):
	callback(punch_at(new_user_id()))
	monkeypatch.setattr(kept_connections, "AT_ONCE", -1)
	callback(punch_at(new_user_id()))
	assert [is_closed(connection) for connection in opened] == [True, False]


def test_one_that_cannot_be_closed_any_more_stops_nothing(monkeypatch, callback, new_user_id, opened):
	callback(punch_at(new_user_id()))

	def fail(_database):
		raise frappe.db.OperationalError(2006, "Server has gone away")

	[kept] = kept_connections._kept
	monkeypatch.setattr(kept_connections, "AT_ONCE", -1)
	monkeypatch.setattr(kept.database, "close", fail.__get__(kept.database))
	assert callback(punch_at(new_user_id())).get_data() == DONE


def test_one_to_another_database_is_not_used(monkeypatch, site, callback, new_user_id, opened):
	callback(punch_at(new_user_id()))
	monkeypatch.setitem(site.inner.conf, "db_host", "elsewhere")
	callback(punch_at(new_user_id()))
	assert len(opened) == 2


def test_one_over_which_something_failed_is_not_used_again(monkeypatch, callback, new_user_id, opened):
	def fail(*_arguments):
		raise frappe.db.OperationalError(2013, "Lost connection to server during query")

	with monkeypatch.context() as broken:
		broken.setattr(stored_values, "insert_rows", fail)
		assert callback(punch_at(new_user_id())).get_data() != DONE
	assert is_closed(opened[0])
	assert callback(punch_at(new_user_id())).get_data() == DONE
	assert len(opened) == 2


def fails_after_the_commit():
	with suppress(frappe.db.DatabaseError):
		frappe.db.execute("UPDATE nothing SET that = 1")


def reads_after_the_commit():
	frappe.db.exists("DocType", "CAMS Punch")


@pytest.mark.parametrize("callback_of_another_app", [reads_after_the_commit, fails_after_the_commit])
def test_one_that_was_spoken_over_after_the_commit_is_rolled_back_before_the_next_callback(
	monkeypatch, callback, new_user_id, opened, callback_of_another_app
):
	"""It would show the next callback the facts of that moment, or hold what that locked."""
	ended, rollback = [], Database.rollback
	monkeypatch.setattr(Database, "rollback", lambda self, **options: ended.append(rollback(self, **options)))
	callback(punch_at(new_user_id()))
	assert ended == []
	monkeypatch.setattr(inbox, "_request_the_next_drain", callback_of_another_app)
	callback(punch_at(new_user_id()))
	assert len(ended) == 1
	assert len(opened) == 1


def test_one_that_is_dead_is_answered_in_our_words_and_not_used_again(callback, new_user_id, opened):
	callback(punch_at(new_user_id()))
	opened[0].close()
	user_id = new_user_id()
	assert callback(punch_at(user_id)).get_data() == NOT_STORED
	assert callback(punch_at(user_id)).get_data() == DONE
	assert len(opened) == 2
	assert len(punches_of(user_id)) == 1


def test_one_that_dies_after_the_commit_is_answered_done(monkeypatch, callback, new_user_id, opened):
	monkeypatch.setattr(
		inbox, "_request_the_next_drain", lambda: (reads_after_the_commit(), opened[0].close())
	)
	assert callback(punch_at(new_user_id())).get_data() == DONE
	assert kept_connections._kept == []


def test_none_is_used_for_longer_than_a_minute(monkeypatch, callback, new_user_id, opened):
	callback(punch_at(new_user_id()))
	monkeypatch.setattr(kept_connections, "OPEN_FOR", -1)
	callback(punch_at(new_user_id()))
	assert [is_closed(connection) for connection in opened] == [True, False]


def test_no_more_are_kept_than_a_few_whatever_the_sites(monkeypatch, site, callback, new_user_id, opened):
	most = kept_connections.MOST
	for number in range(most + 2):
		monkeypatch.setitem(site.inner.conf, "db_host", f"host-{number}")
		callback(punch_at(new_user_id()))
	assert [is_closed(connection) for connection in opened] == [True] * 2 + [False] * most


def test_the_password_of_the_database_is_not_among_what_is_kept(
	monkeypatch, site, callback, new_user_id, opened
):
	monkeypatch.setitem(site.inner.conf, "db_password", "a password")
	callback(punch_at(new_user_id()))
	assert "a password" not in str(kept_connections._kept)


def test_the_connection_of_a_site_that_may_only_be_read_is_not_kept(
	monkeypatch, callback, new_user_id, opened
):
	monkeypatch.setattr(kept_connections, "take", lambda: frappe.flags.update(read_only=True))
	assert callback(punch_at(new_user_id())).get_data() != DONE
	assert kept_connections._kept == []


def test_one_that_the_recorder_listens_to_is_neither_taken_nor_kept(
	monkeypatch, callback, new_user_id, opened
):
	heard = []
	take = kept_connections.take

	def record():
		say = frappe.local.db.sql
		frappe.local.db.sql = lambda *arguments, **options: (
			heard.append(arguments) or say(*arguments, **options)
		)
		take()

	monkeypatch.setattr(kept_connections, "take", record)
	assert callback(punch_at(new_user_id())).get_data() == DONE
	assert heard
	assert kept_connections._kept == []


def test_what_comes_after_the_answer_has_a_database_of_its_own(monkeypatch, callback, new_user_id, opened):
	"""As another app's hook after a request has."""
	found = []
	destroy = frappe.destroy

	def look():
		found.append(frappe.db.exists("DocType", "CAMS Punch"))
		frappe.db.rollback()
		destroy()

	monkeypatch.setattr(frappe, "destroy", look)
	assert callback(punch_at(new_user_id())).get_data() == DONE
	assert found == ["CAMS Punch"]
	assert len(opened) == 2
	assert is_closed(opened[1])


def test_where_frappe_notes_each_answer_it_calls_the_method_itself(
	monkeypatch, site, callback, new_user_id, opened
):
	monkeypatch.setitem(site.inner.conf, "enable_frappe_logger", 1)
	user_id = new_user_id()
	assert [callback(punch_at(user_id)).get_data() for _ in range(2)] == [DONE, DONE]
	assert len(opened) == 2
	assert len(punches_of(user_id)) == 1


def test_an_error_is_logged_over_the_connection_of_its_callback(callback, new_user_id, opened, new_device):
	device = new_device(auth_token="own-token-of-the-device-01234567")
	opened.clear()
	callback(punch_at(new_user_id(), SerialNumber=device.name, AuthToken="wrong"))
	assert log_entries(error=["like", f"%{device.name}%"])
	assert len(opened) == 1

"""What version 0.2 renamed, on a site that still has the former names: records, and whatever was stored about them."""

import json
import uuid

import pytest

PATCHES = "navari_cams_biometric.patches.v0_2"
FIELDS, DOCUMENTS = f"{PATCHES}.rename_fields_and_states", f"{PATCHES}.rename_documents"
COLUMNS = (
	("CAMS Device", "last_heard", "datetime(6)"),
	("CAMS Device", "heard_until", "datetime(6)"),
	("CAMS Device User", "told_at", "datetime(6)"),
	("CAMS Command", "doubtful", "tinyint default 0"),
	("CAMS History Load", "told_punches", "int default 0"),
)
MOMENT = "2024-09-17 08:00:00.000000"


@pytest.fixture
def name():
	return f"old{uuid.uuid4().hex[:8]}"


@pytest.fixture
def former(bench_site, name):
	"""A record with former values in each DocType that has some; gone afterwards."""
	for doctype, column, kind in COLUMNS:
		bench_site.sql(f"alter table `tab{doctype}` add column if not exists `{column}` {kind}")
	rows = {
		"CAMS Device": {
			"service_tag": name,
			"health": "Silent",
			"problems": "Silent,Clock",
			"last_heard": MOMENT,
			"heard_until": MOMENT,
		},
		"CAMS Device User": {"user_id": name, "service_tag": name, "state": "Deleted", "told_at": MOMENT},
		"CAMS Punch": {
			"user_id": name,
			"state": "Checked In",
			"reason_code": "EQUAL_CHECKIN",
			"reason": "An equal check-in was there already; it is linked.",
			"remedy": "",
		},
		"CAMS Command": {"operation": "OpenDoor", "state": "Failed", "doubtful": 1},
		"CAMS Day Repair": {"state": "Left Alone"},
		"CAMS History Load": {"state": "Done", "kind": "By Hand", "told_punches": 7},
		"CAMS History Load Device": {"parent": name, "state": "Answered by Callback"},
		"CAMS Access Schedule": {"schedule_name": name, "state": "Partly in Force"},
		"CAMS Access Schedule Device": {"parent": name, "state": "In Force"},
	}
	for doctype, values in rows.items():
		known = {"name": name, "creation": MOMENT, "modified": MOMENT, **values}
		columns, quoted = (
			", ".join(f"`{key}`" for key in known),
			", ".join(f"'{each}'" for each in known.values()),
		)
		bench_site.sql(f"insert into `tab{doctype}` ({columns}) values ({quoted})")
	yield name
	for doctype in rows:
		bench_site.sql(f"delete from `tab{doctype}` where name = '{name}'")


def patched(bench_site, patch=FIELDS):
	"""Twice: a patch may be interrupted and run again."""
	for _ in range(2):
		bench_site.execute("frappe.modules.patch_handler.run_single", patchmodule=patch, force=1)


def value(bench_site, doctype, name, column):
	[[found]] = bench_site.sql(f"select `{column}` from `tab{doctype}` where name = '{name}'")
	return found


def test_records_have_the_present_names_and_nothing_is_lost(bench_site, former):
	patched(bench_site)

	def stored(doctype, column):
		return value(bench_site, doctype, former, column)

	assert (stored("CAMS Device", "health"), stored("CAMS Device", "problems")) == (
		"Not Reporting",
		"Not Reporting,Clock Drift",
	)
	assert stored("CAMS Device", "last_reported") == stored("CAMS Device", "complete_until") == MOMENT
	assert (stored("CAMS Device User", "last_updated"), stored("CAMS Device User", "state")) == (
		MOMENT,
		"Deleted",
	)
	assert stored("CAMS Punch", "state") == "Recorded"
	assert stored("CAMS Punch", "reason") == "An equal check-in already existed and is linked."
	assert (stored("CAMS Command", "outcome_unknown"), stored("CAMS Command", "state")) == ("1", "Failed")
	assert stored("CAMS Day Repair", "state") == "Skipped"
	assert (stored("CAMS History Load", "kind"), stored("CAMS History Load", "notified_punches")) == (
		"Manual",
		"7",
	)
	assert stored("CAMS History Load Device", "state") == "Sent to Callback"
	assert stored("CAMS Access Schedule", "state") == "Partially Applied"
	assert stored("CAMS Access Schedule Device", "state") == "Applied"
	assert stored("CAMS Device", "modified") == MOMENT
	for doctype, column, _kind in COLUMNS:
		assert bench_site.sql(f"show columns from `tab{doctype}` like '{column}'") == []


def test_what_is_stored_after_the_patch_stays_when_it_runs_again(bench_site, former):
	patched(bench_site)
	bench_site.sql(f"update `tabCAMS Device` set last_reported = '2025-01-01' where name = '{former}'")

	patched(bench_site)

	assert value(bench_site, "CAMS Device", former, "last_reported") == "2025-01-01 00:00:00.000000"


def test_settings_keep_what_was_chosen(bench_site, former):
	settings = "`tabSingles` where doctype = 'CAMS Biometric Settings' and field"
	before = dict(
		bench_site.sql(
			"select field, value from `tabSingles` where doctype = 'CAMS Biometric Settings'"
			" and field in ('gateway_api', 'repair_late_punches', 'not_reporting_after')"
		)
	)
	try:
		bench_site.sql(f"delete from {settings} in ('not_reporting_after', 'repair_late_punches')")
		bench_site.sql(
			"insert into `tabSingles` (doctype, field, value) values"
			" ('CAMS Biometric Settings', 'silent_after', '45'),"
			" ('CAMS Biometric Settings', 'repair_late_punches', 'By Itself')"
		)
		patched(bench_site)
		found = bench_site.sql(
			f"select field, value from {settings} in ('not_reporting_after', 'silent_after')"
		)
		assert found == [["not_reporting_after", "45"]]
		[[repair]] = bench_site.sql(f"select value from {settings} = 'repair_late_punches'")
		assert repair == "Automatic"
	finally:
		for field, kept in before.items():
			bench_site.sql(f"delete from {settings} = '{field}'")
			bench_site.sql(
				"insert into `tabSingles` (doctype, field, value) values"
				f" ('CAMS Biometric Settings', '{field}', '{kept}')"
			)


def test_saved_filters_cards_and_list_settings_follow(bench_site, host, former):
	"""A user's saved filter finds the same records as before."""
	condition = [
		["CAMS Punch", "state", "in", ["Checked In", "Held"]],
		["CAMS Punch", "user_id", "=", former],
	]
	saved = host.create(
		"List Filter",
		filter_name=former,
		reference_doctype="CAMS Punch",
		filters=json.dumps([[*each, False] for each in condition]),
	)
	card = host.create(
		"Number Card",
		label=former,
		type="Document Type",
		document_type="CAMS Device",
		function="Count",
		filters_json=json.dumps(
			[["CAMS Device", "health", "=", "Stuck"], ["CAMS Device", "last_heard", "is", "set"]]
		),
	)
	listed = json.dumps(
		{"List": {"filters": [["CAMS Day Repair", "state", "=", "Left Alone"]], "sort_by": "modified"}}
	)
	bench_site.sql(
		"insert into `__UserSettings` (user, doctype, data) values"
		f" ('Administrator', 'CAMS Day Repair', '{listed}') on duplicate key update data = values(data)"
	)
	rule = host.create(
		"Notification",
		name=former,
		subject="A test",
		document_type="CAMS Command",
		event="Value Change",
		value_changed="state",
		enabled=0,
		channel="System Notification",
		condition="doc.doubtful and doc.state == 'Failed'",
		message="A test",
		recipients=[{"receiver_by_role": "System Manager"}],
	)
	try:
		patched(bench_site)
		filters = json.loads(host.get("List Filter", saved["name"])["filters"])
		assert filters[0][3] == ["Recorded", "Held"]
		found = host.find("CAMS Punch", [each[:4] for each in filters], ["name"])
		assert [row["name"] for row in found] == [former]
		assert json.loads(host.get("Number Card", card["name"])["filters_json"]) == [
			["CAMS Device", "health", "=", "Queue Stuck"],
			["CAMS Device", "last_reported", "is", "set"],
		]
		[[data]] = bench_site.sql(
			"select data from `__UserSettings` where user = 'Administrator' and doctype = 'CAMS Day Repair'"
		)
		assert json.loads(data)["List"]["filters"] == [["CAMS Day Repair", "state", "=", "Skipped"]]
		assert (
			host.get("Notification", rule["name"])["condition"]
			== "doc.outcome_unknown and doc.state == 'Failed'"
		)
	finally:
		for doctype, document in (("List Filter", saved), ("Number Card", card), ("Notification", rule)):
			host.delete(doctype, document["name"])


def test_a_report_with_its_former_name_is_not_left_behind(bench_site, host):
	bench_site.sql(
		"insert ignore into tabReport (name, report_name, ref_doctype, report_type, is_standard, module, creation, modified)"
		" values ('CAMS Ghost Audit', 'CAMS Ghost Audit', 'CAMS Device User', 'Script Report', 'Yes', 'CAMS Biometric',"
		" now(), now())"
	)
	patched(bench_site, DOCUMENTS)
	names = [row["name"] for row in host.find("Report", {"module": "CAMS Biometric"}, ["name"])]
	assert "CAMS Enrolment Audit" in names
	assert "CAMS Ghost Audit" not in names

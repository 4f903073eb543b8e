"""What the app leaves on a site: nothing secret while it is there, nothing at all when it is gone."""

import json
import subprocess

from tests.contract.host import INVALID_TOKEN, SERVICE_TAG, SETTINGS, TOKEN, real_time

APP = "navari_cams_biometric"
OWN_TOKEN = "bench-auth-token-0123456789abcde"
DOOR_OPERATOR = "CAMS Door Operator"
MONDAY = {"day": "Monday", "start": "08:00:00", "end": "17:00:00"}
LEFT_BEHIND = {
	"DocTypes": "select name from tabDocType where module = 'CAMS Biometric' or name like 'CAMS %'",
	"custom fields": "select name from `tabCustom Field` where fieldname like 'custom_cams%' or module = 'CAMS Biometric'",
	"columns": "select column_name from information_schema.columns where table_schema = database()"
	" and table_name = 'tabEmployee Checkin' and column_name in"
	" ('custom_original_time', 'custom_punch_type', 'custom_input_type', 'custom_cams_punch')",
	"indexes": "show index from `tabEmployee Checkin` where key_name like 'cams%'",
	"tables": "select table_name from information_schema.tables where table_schema = database()"
	" and table_name like 'tabCAMS %'",
	"modules": f"select name from `tabModule Def` where app_name = '{APP}'",
	"jobs": f"select name from `tabScheduled Job Type` where method like '{APP}%'",
	"values": "select field from tabSingles where doctype like 'CAMS %'",
	"secrets": "select fieldname from __Auth where doctype like 'CAMS %'",
	"log clearing": "select ref_doctype from `tabLogs To Clear` where ref_doctype like 'CAMS %'",
	"versions": "select name from tabVersion where ref_doctype like 'CAMS %'",
	"permissions": "select name from tabDocPerm where parent like 'CAMS %'",
	"permissions of the site": "select name from `tabCustom DocPerm` where parent like 'CAMS %'"
	" or role = 'CAMS Door Operator'",
	"role": "select name from tabRole where name like 'CAMS %'",
	"who has the role": "select name from `tabHas Role` where role like 'CAMS %'",
	"reports": "select name from tabReport where name like 'CAMS %' or module = 'CAMS Biometric'",
	"files": "select name from tabFile where attached_to_doctype like 'CAMS %'",
	"notices": "select name from `tabNotification Log` where document_type like 'CAMS %'",
	"pages": "select name from tabPage where name like 'cams-%'",
	"workspace": "select name from tabWorkspace where module = 'CAMS Biometric'",
	"number cards": "select name from `tabNumber Card` where module = 'CAMS Biometric'",
	"charts": "select name from `tabDashboard Chart` where module = 'CAMS Biometric'",
	"chart sources": "select name from `tabDashboard Chart Source` where module = 'CAMS Biometric'",
	"comments": "select name from tabComment where reference_doctype like 'CAMS %'",
	"apps": f"select defvalue from tabDefaultValue where defkey = 'installed_apps' and defvalue like '%{APP}%'",
}
LEFT_BEHIND_16 = {
	"icons of the Desk": "select name from `tabDesktop Icon` where label = 'CAMS Biometric'",
	"sidebar": "select name from `tabWorkspace Sidebar` where title = 'CAMS Biometric'",
	"entries of the sidebar": "select name from `tabWorkspace Sidebar Item` where parent = 'CAMS Biometric'",
}
SECRETS = {
	"token of the account": TOKEN,
	"token of a device": OWN_TOKEN,
	"former token of the contract's device": "device-auth-token-0123456789abcd",
	"wrong token": "wrong-auth-token-0123456789abcde",
	"security key": "0123456789abcdef0123456789ABCDEF",
	"template": "VEVNUExBVEUtREFUQQ",
	"photo": "UEhPVE8tREFUQQ",
	"device password": "PIN-86420-PIN",
}


def test_it_is_counted_how_many_of_many_rows_were_not_there(bench_site):
	"""More than Frappe 16 would insert by one statement."""
	kept = {"creation": "2024-09-17", "modified": "2024-09-17", "owner": "Administrator"}
	rows = [{"name": f"counted-{number}", **kept, "user_id": f"{number}"} for number in range(1500)]
	insert = "navari_cams_biometric.cams_biometric.base.stored_values.insert_rows"
	try:
		assert bench_site.execute(insert, doctype="CAMS Ignored ID", rows=rows[:400]).strip() == "400"
		assert bench_site.execute(insert, doctype="CAMS Ignored ID", rows=rows).strip() == "1100"
	finally:
		bench_site.sql("delete from `tabCAMS Ignored ID` where name like 'counted-%'")


def test_migrating_again_keeps_what_the_site_changed(host, bench_site):
	rows = host.get(SETTINGS, SETTINGS)["punch_types"]
	changed = [{**row, "direction": "OUT"} if row["punch_type"] == "BreakIn" else row for row in rows]
	host.update(SETTINGS, SETTINGS, punch_types=changed, clock_tolerance=7, licence_warning=0)
	new = "('reconcile_days', 'not_reporting_after')"  # as if a newer version had brought them
	bench_site.sql(f"delete from tabSingles where doctype = '{SETTINGS}' and field in {new}")
	field = "Employee Checkin-custom_input_type"
	host.update("Custom Field", field, label="How")
	try:
		bench_site.bench("migrate")
		settings = host.get(SETTINGS, SETTINGS)
		assert settings["clock_tolerance"] == 7
		assert (settings["reconcile_days"], settings["not_reporting_after"]) == (3, 60)
		assert settings["licence_warning"] == 0
		assert [row["direction"] for row in settings["punch_types"] if row["punch_type"] == "BreakIn"] == [
			"OUT"
		]
		assert host.get("Custom Field", field)["label"] == "How"
	finally:
		host.update(SETTINGS, SETTINGS, punch_types=rows, clock_tolerance=10, licence_warning=30)
		host.update("Custom Field", field, label="Input Type")


def test_no_secret_that_was_sent_can_be_found(host, bench_site, new_device, new_employee):
	"""In the database, the log files, the job queue: after the suites, and after some more that carry secrets."""
	device = new_device(auth_token=OWN_TOKEN)
	user_id = new_employee()["attendance_device_id"]
	templates = [
		{"Type": "Fingerprint", "UserID": user_id, "Index": "6", "Data": SECRETS["template"]},
		{"Type": "Password", "UserID": user_id, "Data": SECRETS["device password"]},
	]
	photo = {"Type": "Base64", "UserID": user_id, "Data": SECRETS["photo"]}
	own = {"SerialNumber": device["name"], "AuthToken": OWN_TOKEN}
	for event in (
		{"UserUpdated": {"UserID": user_id, "Template": templates, "Photo": photo}},
		{"NewKind": {"Template": templates, "Photo": photo}},
		{"PunchLog": {"UserID": user_id, "Template": templates, "LogTime": "never"}},
		{"PunchLog": [templates, SECRETS["template"]]},
	):
		host.callback({"RealTime": {**own, **event}}, Content_Type="application/json")
	body = json.dumps(real_time(user_id, **own)).encode()
	for broken in (body[:-1], b"\xef\xbb\xbf" + body[:-1], body + b"]", b"[" + body + b"]", b'"' + body):
		host.callback(broken, Content_Type="application/json")
		host.callback(broken)
	host.callback(
		{"fn": "x", "cmd": "no.such.method", **real_time(user_id, **own)}, Content_Type="application/json"
	)
	wrong = real_time(user_id, SerialNumber=device["name"], AuthToken=SECRETS["wrong token"])
	assert host.callback(wrong, Content_Type="application/json").content == INVALID_TOKEN
	host.update("CAMS Device", device["name"], auth_token=TOKEN)
	host.settled(user_id)

	found = {
		name: place
		for place, text in _everything(bench_site)
		for name, secret in SECRETS.items()
		if secret in text
	}
	assert found == {}


def _everything(site):
	config = json.loads((site.path / "sites" / site.name / "site_config.json").read_text())
	dump = [
		"mariadb-dump",
		"--host=127.0.0.1",
		f"--user={config['db_name']}",
		f"--password={config['db_password']}",
	]
	done = subprocess.run([*dump, config["db_name"]], check=True, capture_output=True)
	assert b"`tabCAMS Punch`" in done.stdout
	yield "database", done.stdout.decode("utf-8", "replace")
	keys = subprocess.run(
		[
			"redis-cli",
			"-p",
			str(site.redis_port),
			"lrange",
			f"{config['db_name']}|insert_queue_for_Error Log",
			"0",
			"-1",
		],
		check=True,
		capture_output=True,
	)
	yield "deferred inserts", keys.stdout.decode("utf-8", "replace")
	logs = [*(site.path / "logs").glob("*.log"), *(site.path / "sites" / site.name / "logs").glob("*.log")]
	assert logs
	for log in logs:
		yield str(log), log.read_text(errors="replace")


def leave_traces(host, device):
	"""Records of each kind that Frappe keeps beside the app's own."""
	email = f"{device.lower()}@example.com"
	host.create(
		"User", email=email, first_name="Operator", send_welcome_email=0, roles=[{"role": DOOR_OPERATOR}]
	)
	host.create("Role Profile", role_profile=f"Doors {device}", roles=[{"role": DOOR_OPERATOR}])
	for doctype, role in (("CAMS Device", "Employee"), ("Branch", DOOR_OPERATOR)):
		host.create(
			"Custom DocPerm",
			parent=doctype,
			parenttype="DocType",
			parentfield="permissions",
			role=role,
			read=1,
		)
	schedule = host.create(
		"CAMS Access Schedule",
		schedule_name=f"Hours of {device}",
		everybody=1,
		windows=[MONDAY],
		devices=[{"service_tag": device}],
	)
	about = {"reference_doctype": "CAMS Access Schedule", "reference_name": schedule["name"]}
	host.create("Comment", comment_type="Comment", content="a comment", **about)
	notice = {"type": "Alert", "subject": "a notice", "for_user": "Administrator"}
	host.create("Notification Log", document_type="CAMS Device", document_name=device, **notice)
	attached = {"attached_to_doctype": "CAMS Access Schedule", "attached_to_name": schedule["name"]}
	host.create("File", file_name="trace.txt", content="trace", is_private=1, **attached)
	host.update("CAMS Access Schedule", schedule["name"], windows=[{**MONDAY, "end": "18:00:00"}])
	host.create("CAMS Device User", service_tag=device, user_id="EMP-0001")
	host.update("Log Settings", "Log Settings")  # which adds what can be cleared


def test_uninstalling_leaves_nothing_behind_and_installing_again_works(host, bench_site, new_device):
	"""Runs last: the file's name and place see to that."""
	leave_traces(host, new_device()["name"])
	is_16 = bench_site.sql("show tables like 'tabWorkspace Sidebar'")
	kept = {**LEFT_BEHIND, **(LEFT_BEHIND_16 if is_16 else {})}
	there = {what for what, query in kept.items() if bench_site.sql(query)}
	assert there == set(kept)
	bench_site.stop("worker")  # a job that began before would bring the app's hooks back into the cache
	bench_site.process("uninstall-app", APP, "--yes", "--no-backup", "--force")
	left = {what: rows for what, query in kept.items() if (rows := bench_site.sql(query))}
	assert left == {}
	bench_site.stop("web")
	bench_site.start_web()
	assert host.callback(real_time("EMP-0001")).status_code != 200  # no hook answers any more
	assert host.api("GET", "resource/Employee Checkin").status_code == 200
	installed = bench_site.process("install-app", APP)
	assert "Error" not in installed  # Frappe 16 prints what its icons lack, and goes on
	bench_site.start_worker()
	bench_site.stop("web")
	bench_site.start_web()
	assert host.get("Role", DOOR_OPERATOR)["desk_access"] == 1
	assert host.callback(real_time("EMP-0001")).content == INVALID_TOKEN
	host.update(SETTINGS, SETTINGS, service_tag_id=SERVICE_TAG, auth_token=TOKEN, oldest_live_punch=0)

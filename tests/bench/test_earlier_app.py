"""Coming from the earlier app: a site in the state that it leaves, and what `bench migrate` makes of it."""

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.contract.conftest import EMPLOYEE
from tests.contract.host import DONE, INVALID_TOKEN, SERVICE_TAG, SETTINGS, TOKEN, real_time

BEGIN = "navari_cams_biometric.cams_biometric.history.nightly.begin"
PATCHES = "navari_cams_biometric.patches.v0_2"
CHECKIN = "Employee Checkin"
NAIROBI = ZoneInfo("Africa/Nairobi")
YESTERDAY = date.today() - timedelta(days=1)
EARLIER_FIELDS = [
	{
		"dt": CHECKIN,
		"fieldname": "custom_input_type",
		"fieldtype": "Select",
		"label": "Input Type",
		"options": "\nFingerprint\nFace\nPassword\nCard\nPalm\nFingerVein\nIris\nRetina\nPalm",
		"default": "Fingerprint",
		"insert_after": "shift",
		"translatable": 1,
	},
	{
		"dt": CHECKIN,
		"fieldname": "custom_constant_time",
		"fieldtype": "Data",
		"label": "Constant Time",
		"insert_after": "device_id",
		"in_list_view": 1,
		"translatable": 1,
	},
	{
		"dt": "Employee",
		"fieldname": "custom_biometric_registered",
		"fieldtype": "Check",
		"label": "Biometric Registered",
		"insert_after": "attendance_device_id",
	},
]
OF_THE_SITE = {
	"dt": SETTINGS,
	"fieldname": "custom_note",
	"fieldtype": "Data",
	"label": "Note",
	"module": "CAMS Biometric",
}
FIELDS = [*EARLIER_FIELDS, OF_THE_SITE]
EARLIER_SETTINGS = {
	"service_tag_id": SERVICE_TAG,
	"auth_token": TOKEN,
	"start_date": "2024-08-01 00:00:00",
	"end_date": "2024-08-31 00:00:00",
}
MODULE_COLUMNS = [
	("Module Def", "name"),
	("Module Def", "module_name"),
	("DocType", "module"),
	("Report", "module"),
	("Custom Field", "module"),
	("Block Module", "module"),
]
SETTINGS_COLUMNS = [
	("DocType", "name"),
	("DocField", "parent"),
	("DocPerm", "parent"),
	("Singles", "doctype"),
	("Custom Field", "dt"),
]
EARLIER_SPELLING = [(table, column, "Cams Biometric") for table, column in MODULE_COLUMNS] + [
	(table, column, "Cams Biometric Settings") for table, column in SETTINGS_COLUMNS
]


class Site:
	"""The bench's site, in the state of the earlier app and after each migration."""

	def __init__(self, host, bench_site):
		self.host = host
		self.bench_site = bench_site
		self.user_id = uuid.uuid4().hex[:8]
		self.employee = host.create(
			"Employee", first_name=self.user_id, attendance_device_id=self.user_id, **EMPLOYEE
		)["name"]

	def sql(self, statement):
		return self.bench_site.sql(statement)

	def make_earlier(self):
		fieldnames = ", ".join(f"'{field['fieldname']}'" for field in FIELDS)
		self.sql(
			f"delete from `tabCustom Field` where module = 'CAMS Biometric' or fieldname in ({fieldnames})"
		)
		for field in FIELDS:
			self.host.create("Custom Field", **field)
		self.make_earlier_checkins()
		self.make_earlier_settings()
		self.sql("update `tabModule Def` set module_name = 'Cams Biometric' where name = 'CAMS Biometric'")
		report = "'missing_punches', 'CAMS Biometric', 'Yes', 'Employee Checkin', 'Script Report'"
		self.sql(
			f"replace into `tabReport` (name, module, is_standard, ref_doctype, report_type) values ({report})"
		)
		self.sql(
			"replace into `tabBlock Module` (name, parent, module) values ('t', 'Guest', 'CAMS Biometric')"
		)
		for table, column, spelling in EARLIER_SPELLING:
			self.sql(f"update `tab{table}` set `{column}` = '{spelling}' where `{column}` = '{spelling}'")
		self.sql("update `tabDocType` set migration_hash = '' where name = 'Cams Biometric Settings'")
		self.forget_the_patches()

	def make_earlier_checkins(self):
		"""One with a choice of its own, one that has an Original Time as well."""
		for clock, input_type in (("08:00:00", "Face"), ("17:00:00", "Card")):
			moment = f"{YESTERDAY} {clock}"
			values = {"custom_constant_time": moment, "log_type": "IN"}
			made = self.host.create(CHECKIN, employee=self.employee, time=moment, **values)
			self.sql(
				f"update `tabEmployee Checkin` set custom_input_type = '{input_type}'"
				f" where name = '{made['name']}'"
			)
		self.sql(
			"update `tabEmployee Checkin` set custom_original_time = 'Kept'"
			f" where employee = '{self.employee}' and custom_input_type = 'Card'"
		)

	def make_earlier_settings(self):
		self.sql(f"delete from `tabVersion` where ref_doctype = '{SETTINGS}'")
		self.sql(f"delete from `__Auth` where doctype = '{SETTINGS}'")
		self.sql(f"delete from `tabSingles` where doctype = '{SETTINGS}'")
		self.sql(f"delete from `tabCAMS Punch Type` where parent = '{SETTINGS}'")
		for field, value in EARLIER_SETTINGS.items():
			self.sql(f"insert into `tabSingles` values ('Cams Biometric Settings', '{field}', '{value}')")

	def forget_the_patches(self):
		self.sql("delete from `tabPatch Log` where patch like 'navari_cams_biometric.%'")

	def migrate(self):
		self.bench_site.bench("migrate")

	def state(self):
		"""All that the patches touch, as texts."""
		return {
			"settings": self.sql(
				f"select field, value from `tabSingles` where doctype = '{SETTINGS}'"
				" and field not in ('modified', 'modified_by') order by field"
			),
			"passwords": self.sql(f"select * from `__Auth` where doctype = '{SETTINGS}' order by fieldname"),
			"fields": self.sql("select name, fieldtype, module from `tabCustom Field` order by name"),
			"check-ins": self.sql(f"select * from `tabEmployee Checkin` where employee = '{self.employee}'"),
			"modules": self.sql("select name, module from `tabReport` order by name"),
		}

	def first_day(self):
		"""Of the nightly reconciliation: the earlier app may have made check-ins today, which is the site's day."""
		today = datetime.now(NAIROBI).date()
		booked = self.sql(f"select 1 from `tabEmployee Checkin` where time >= '{today}' limit 1")
		return today + timedelta(days=1 if booked else 0)

	def custom_field(self, dt, fieldname):
		return self.host.find("Custom Field", {"dt": dt, "fieldname": fieldname})


@pytest.fixture(scope="module")
def site(host, bench_site):
	site = Site(host, bench_site)
	before = host.get(SETTINGS, SETTINGS)
	site.make_earlier()
	site.expected_first_day = site.first_day()
	site.migrate()
	site.defaults = host.get(SETTINGS, SETTINGS)
	host.update(SETTINGS, SETTINGS, oldest_live_punch=0)
	yield site
	shared = ("gateway_api", "base_url", "check_health", "reconcile_days", "clock_tolerance")
	host.update(SETTINGS, SETTINGS, reconcile_from=None, **{field: before[field] for field in shared})
	host.delete("Custom Field", f"{SETTINGS}-{OF_THE_SITE['fieldname']}")
	bench_site.sql("delete from `tabBlock Module` where name = 't'")


@pytest.mark.parametrize(("table", "column", "spelling"), EARLIER_SPELLING)
def test_nothing_has_the_earlier_spelling(site, table, column, spelling):
	assert site.sql(f"select 1 from `tab{table}` where `{column}` = '{spelling}' limit 1") == [["1"]]
	assert site.sql(f"select `{column}` from `tab{table}` where binary `{column}` = '{spelling}'") == []


def test_the_settings_come_over(site):
	settings = site.host.get(SETTINGS, SETTINGS)
	expected = {"service_tag_id": SERVICE_TAG, "start_date": "2024-08-01", "end_date": "2024-08-31"}
	assert {field: settings[field] for field in expected} == expected
	assert len(settings["punch_types"]) > 5
	assert settings["reconcile_from"] == str(site.expected_first_day)


def test_the_token_is_believed_and_can_be_sent_and_is_readable_nowhere(site):
	assert site.host.callback(real_time("nobody")).content == DONE
	assert site.host.callback(real_time("nobody", AuthToken="x" * 32)).content == INVALID_TOKEN
	read = "frappe.utils.password.get_decrypted_password"
	printed = site.bench_site.execute(read, doctype=SETTINGS, name=SETTINGS, fieldname="auth_token")
	assert TOKEN in printed
	assert site.sql(f"select * from `tabSingles` where value like '%{TOKEN}%'") == []
	assert site.sql(f"select name from `tabVersion` where data like '%{TOKEN}%'") == []


def test_a_site_that_had_the_app_before_gets_the_default_of_a_newer_setting(site):
	assert site.defaults["oldest_live_punch"] == 45


def test_input_type_is_a_text_without_default_and_keeps_its_values(site):
	[field] = site.custom_field(CHECKIN, "custom_input_type")
	assert (field["fieldtype"], field["options"], field["default"]) == ("Data", None, None)
	earlier = [checkin for checkin in site.host.checkins(site.employee) if str(YESTERDAY) in checkin["time"]]
	assert [checkin["custom_input_type"] for checkin in earlier] == ["Face", "Card"]
	by_person = site.host.create(CHECKIN, employee=site.employee, time="2024-09-16 08:00:00", log_type="IN")
	assert not by_person.get("custom_input_type")


def test_punches_of_other_input_types_become_check_ins(site):
	clocks = {"08:00:00": "Others", "09:00:00": "Vein"}
	for clock, input_type in clocks.items():
		body = real_time(site.user_id, f"2024-09-17 {clock} GMT +0300", InputType=input_type)
		assert site.host.callback(body).content == DONE
	site.host.settled(site.user_id, 2, state="Recorded")
	found = {checkin["time"]: checkin["custom_input_type"] for checkin in site.host.checkins(site.employee)}
	expected = {f"2024-09-17 {clock}": input_type for clock, input_type in clocks.items()}
	assert {time: found.get(time) for time in expected} == expected


def test_constant_time_is_original_time_where_there_was_none(site):
	earlier = [checkin for checkin in site.host.checkins(site.employee) if str(YESTERDAY) in checkin["time"]]
	assert [checkin["custom_original_time"] for checkin in earlier] == [f"{YESTERDAY} 08:00:00", "Kept"]


def test_the_earlier_fields_and_the_dead_report_are_gone(site):
	assert site.custom_field(CHECKIN, "custom_constant_time") == []
	assert site.custom_field("Employee", "custom_biometric_registered") == []
	assert site.host.find("Report", {"name": "missing_punches"}) == []


def test_the_first_night_loads_nothing_that_the_earlier_app_recorded(site):
	assert site.host.get(SETTINGS, SETTINGS)["reconcile_days"] == 3
	loads = site.host.find("CAMS History Load", {"kind": "Nightly"})
	site.bench_site.execute(BEGIN)
	assert site.host.find("CAMS History Load", {"kind": "Nightly"}) == loads


def test_a_second_time_changes_nothing(site):
	before = site.state()
	site.forget_the_patches()
	site.migrate()
	assert site.state() == before


def test_fields_of_the_same_names_that_are_not_the_earlier_apps_stay(site):
	own = {"dt": "Employee", "fieldname": "custom_biometric_registered", "fieldtype": "Check"}
	name = site.host.create("Custom Field", label="Passport Is Biometric", **own)["name"]
	run(site, "earlier_app_fields")
	assert site.custom_field("Employee", "custom_biometric_registered")
	site.host.delete("Custom Field", name)


def test_settings_that_were_kept_in_a_table_come_over(site):
	"""As the newest version of the earlier app did."""
	token = "a-token-that-was-kept-in-a-table"
	site.sql(
		f"create table `tab{SETTINGS}` (name varchar(140), modified datetime(6),"
		" service_tag_id varchar(140), auth_token varchar(140))"
	)
	rows = f"('a', '2025-06-01', 'OLD', 'x'), ('b', '2025-06-02', '{SERVICE_TAG}', '{token}'), ('c', '2025-06-03', '', '')"
	site.sql(f"insert into `tab{SETTINGS}` values {rows}")
	try:
		run(site, "earlier_app_settings")
		assert site.host.callback(real_time("nobody", AuthToken=token)).content == DONE
		assert site.host.get(SETTINGS, SETTINGS)["service_tag_id"] == SERVICE_TAG
		assert site.sql(f"show tables like 'tab{SETTINGS}'") == []
	finally:
		site.host.update(SETTINGS, SETTINGS, auth_token=TOKEN, token_overlap=0)


def run(site, patch):
	site.bench_site.execute(
		"frappe.modules.patch_handler.run_single", patchmodule=f"{PATCHES}.{patch}", force=1
	)

"""The answers of a gateway, and of one that cannot be asked, in the reports and the export."""

import frappe
import pytest

from navari_cams_biometric.cams_biometric.base import gateway_questions
from navari_cams_biometric.cams_biometric.base.gateway_questions import collect_answers
from navari_cams_biometric.cams_biometric.controllers.attendance_actions import unsupported, without_formulas
from navari_cams_biometric.cams_biometric.report import comparison
from navari_cams_biometric.cams_biometric.report.cams_day_comparison import cams_day_comparison
from navari_cams_biometric.cams_biometric.report.cams_punch_comparison import cams_punch_comparison
from tests.app.comparison.sides import at, differences
from tests.app.inside import DAY
from tests.contract.host import SETTINGS


def report(module, **filters):
	days = {"from_date": DAY, "to_date": DAY}
	return (*module.execute(frappe._dict({**days, **filters})), None, None)[:5]


@pytest.fixture
def remembers(gateway, tags):
	def remember(user_id, *clocks, kind="CheckIn", tag=None):
		for clock in clocks:
			gateway.world.remember(tag or tags[0], user_id, kind, at(clock))

	return remember


@pytest.mark.parametrize(
	("filters", "operation"),
	[
		({}, "GetAttendanceByDate"),
		({"device": True}, "GetAttendanceByDevice"),
		({"employee": True}, "GetAttendanceByEmployee"),
		({"employee": True, "device": True}, "GetAttendanceByEmployee"),
		({"today": 1}, "GetTodayAttendance"),
		({"today": 1, "device": True, "employee": True}, "GetTodayAttendance"),
	],
)
def test_the_filters_choose_the_operation(gateway, tags, employee, filters, operation):
	names = {"device": tags[0], "employee": employee.name}
	report(cams_punch_comparison, **{key: names.get(key, value) for key, value in filters.items()})

	assert [request.operation for request in gateway.received] == [operation]


def test_the_report_shows_and_counts_the_differences(arrives, remembers, employee, user_id):
	arrives(user_id, "08:00:00", "09:00:00")
	remembers(user_id, "08:00:00", "17:00:00")
	_columns, rows, message, _chart, summary = report(cams_punch_comparison, employee=employee.name)

	assert message is None
	assert differences(rows, user_id) == [
		("09:00:00", "Only in ERPNext"),
		("17:00:00", "Only at Gateway"),
		("08:00:00", ""),
	]
	assert [(figure["value"], figure["indicator"]) for figure in summary] == [
		(2, "Blue"),
		(2, "Blue"),
		(1, "Red"),
		(1, "Orange"),
		(0, "Green"),
	]
	only = report(cams_punch_comparison, employee=employee.name, only_differences=1)
	assert (len(only[1]), only[4]) == (2, summary)


@pytest.mark.parametrize("module", [cams_punch_comparison, cams_day_comparison])
def test_a_gateway_that_is_down_is_a_message(gateway, module):
	gateway.stop()
	columns, rows, message, *_ = report(module)

	assert (rows, bool(columns)) == ([], True)
	assert "got no answer" in message
	assert "check the base URL" in message


@pytest.mark.parametrize("module", [cams_punch_comparison, cams_day_comparison])
def test_the_gateways_words_are_no_markup(gateway, module, monkeypatch):
	monkeypatch.setattr(comparison, "collect_answers", lambda question: ([], "<b>no</b>"))

	assert report(module)[2] == "&lt;b&gt;no&lt;/b&gt;"


def test_a_gateway_that_breaks_off_is_not_taken_for_all(gateway, tags, arrives, remembers, user_id):
	arrives(user_id, "08:00:00")
	remembers(user_id, *(f"10:{minute:02}:{second:02}" for minute in range(2) for second in range(60)))
	breaking_off(gateway)
	_columns, rows, message, *_ = report(cams_punch_comparison, device=tags[0])

	assert [difference for _clock, difference in differences(rows, user_id)] == ["Only at Gateway"] * 50
	assert "did not return all" in message
	assert "500" in message


def breaking_off(gateway):
	"""Let the gateway answer one page, and then fail."""
	take = gateway.faults.take

	def take_from_the_second_on(operation):
		if len(gateway.received) == 2:
			gateway.fail_next("server_error")
		return take(operation)

	gateway.faults.take = take_from_the_second_on


@pytest.mark.parametrize("module", [cams_punch_comparison, cams_day_comparison])
def test_a_site_without_token_says_what_is_missing(gateway, module):
	frappe.db.set_single_value(SETTINGS, "auth_token_digest", "")  # not committed

	assert "Enter the Auth Token" in report(module)[2]
	assert gateway.received == []


@pytest.mark.parametrize("module", [cams_punch_comparison, cams_day_comparison])
def test_too_many_days_are_not_asked_for(gateway, module):
	assert "at most 31 days" in report(module, from_date="2024-01-01")[2]
	assert gateway.received == []


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
@pytest.mark.parametrize("ask_for", ["Summary", "First In and Last Out"])
def test_the_days_of_both_gateway_apis(
	gateway, tags, worked_here, remembers, user_id, employee, api, ask_for
):
	if api == "Web API 3.0":
		base_url = gateway.web_api_url
		frappe.get_doc(SETTINGS).update({"gateway_api": api, "base_url": base_url}).save()
		frappe.db.commit()
	remembers(user_id, "08:00:00")
	remembers(user_id, "16:00:00", kind="CheckOut")
	columns, rows, message, _chart, summary = report(
		cams_day_comparison, ask_for=ask_for, employee=employee.name
	)

	assert message is None
	[row] = rows
	expected = "Last Out, Hours" if ask_for == "Summary" else "Last Out"
	assert (row["difference"], row["last_out_gateway"], row["last_out_here"]) == (
		expected,
		"16:00:00",
		"17:00:00",
	)
	assert [figure["value"] for figure in summary] == [1, 0, 0, 1]
	shown = {column["fieldname"] for column in columns}
	assert ("worked_here" in shown) == (ask_for == "Summary")


def test_the_patience_of_a_report_ends(gateway, tags, remembers, user_id, monkeypatch):
	monkeypatch.setattr(gateway_questions, "REPORT_SECONDS", 0.05)
	remembers(user_id, *(f"{hour:02}:{minute:02}:00" for hour in range(24) for minute in range(60)))
	told, refusal = collect_answers(
		lambda client: client.get_attendance_by_device(tags[0], at("00:00:00"), at("23:59:59"))
	)

	assert len(told) < 24 * 60
	assert "fewer days" in refusal


def test_what_is_unsupported_depends_on_the_gateway_api(gateway):
	assert unsupported() == []
	frappe.get_doc(SETTINGS).update({"gateway_api": "Web API 3.0"}).save()

	assert "GetAttendancePhoto" in unsupported()
	assert "GetAttendanceByDate" not in unsupported()


@pytest.mark.parametrize(
	("sheet", "safe"),
	[
		("UserID,Type\r\n007,CheckIn\r\n", "UserID,Type\r\n007,CheckIn\r\n"),
		('a,"b,c"\n', 'a,"b,c"\n'),
		("=1+1,x\n", "'=1+1,x\n"),
		('x,"@SUM(1,2)"\n', 'x,"\'@SUM(1,2)"\n'),
		("", ""),
	],
)
def test_the_export_is_verbatim_except_for_formulas(sheet, safe):
	assert without_formulas(sheet) == safe

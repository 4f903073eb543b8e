"""CAMS Punch: the inbox, one record for each punch, named by the punch's identity (gateway.punch)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Interval
from frappe.query_builder.functions import Now

from navari_cams_biometric.cams_biometric.base.states import PunchState


class CAMSPunch(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		added_by: DF.Link | None
		added_reason: DF.SmallText | None
		arrived_at_utc: DF.Datetime | None
		attempts: DF.Int
		device_label: DF.Data | None
		employee: DF.Link | None
		employee_checkin: DF.Link | None
		fault: DF.Data | None
		face_mask: DF.Literal["", "Yes", "No"]
		has_offset: DF.Check
		holds_from: DF.Datetime | None
		history_load: DF.Link | None
		input_type: DF.Data | None
		input_type_accepted: DF.Check
		log_type: DF.Data | None
		operation_id: DF.Data | None
		original_time: DF.Data | None
		punch_time: DF.Datetime | None
		punch_type: DF.Data | None
		punched_at_utc: DF.Datetime | None
		reason: DF.SmallText | None
		reason_code: DF.Literal[
			"",
			"EQUAL_CHECKIN",
			"NOT_ATTENDANCE",
			"REPEATED",
			"SAME_TOUCH",
			"IGNORED_ID",
			"DISMISSED",
			"TAKEN_BACK",
			"CHECKIN_DELETED",
			"CHECKIN_DISAGREES",
			"UNKNOWN_USER",
			"AMBIGUOUS_USER",
			"OTHER_COMPANY",
			"EMPLOYEE_INACTIVE",
			"BEFORE_JOINING",
			"UNKNOWN_PUNCH_TYPE",
			"CLOCK_AHEAD",
			"CLOCK_BEHIND",
			"TIME_CHANGED",
			"TIME_MARKED",
			"REPEATED_HOUR",
			"OTHER_ZONE",
			"INPUT_TYPE",
			"TIME_UNREADABLE",
			"MALFORMED",
			"DEVICE_DISABLED",
			"LOG_TYPE_REQUIRED",
			"LOCATION_REQUIRED",
			"OUTSIDE_RADIUS",
			"REFUSED",
			"DATABASE_BUSY",
			"UNEXPECTED_ERROR",
		]
		remedy: DF.SmallText | None
		repeat_accepted: DF.Check
		retry_after: DF.Datetime | None
		same_touch_as: DF.Link | None
		sent_at: DF.Data | None
		service_tag: DF.Link | None
		source: DF.Literal["Real Time", "Batch", "Manual"]
		state: DF.Literal["Queued", "Recorded", "Ignored", "Held", "Failed"]
		temperature: DF.Data | None
		time_accepted: DF.Check
		time_corrected_by: DF.Link | None
		time_corrected_on: DF.Datetime | None
		time_shift: DF.Int
		touch_accepted: DF.Check
		user_id: DF.Data | None
		wall_clock: DF.Datetime | None
	# end: auto-generated types

	def validate(self) -> None:
		"""What a device sent and its outcome are evidence: punches.inbox writes them, nobody edits them."""
		frappe.throw(
			_("Punches cannot be edited. Use Retry, Link to Employee, Correct Time, Accept Time or Dismiss.")
		)

	@staticmethod
	def clear_old_logs(days: int = 365) -> None:
		"""For Log Settings: delete punches that were finished `days` ago. Queued, held and failed ones stay."""
		punch = frappe.qb.DocType("CAMS Punch")
		frappe.db.delete(
			punch,
			filters=(punch.modified < (Now() - Interval(days=days)))
			& punch.state.isin([PunchState.RECORDED, PunchState.IGNORED]),
		)


def on_doctype_update() -> None:
	"""For the worker, which takes waiting punches in time order; for a device's latest arrivals; for the last of all; for
	the punches of one touch."""
	frappe.db.add_index("CAMS Punch", ["state", "punch_time"])
	frappe.db.add_index("CAMS Punch", ["service_tag", "creation"])
	frappe.db.add_index("CAMS Punch", ["state", "reason_code"])
	frappe.db.add_index("CAMS Punch", ["punch_time"])
	frappe.db.add_index("CAMS Punch", ["wall_clock", "user_id"])
	frappe.db.add_index("CAMS Punch", ["punched_at_utc", "user_id"])

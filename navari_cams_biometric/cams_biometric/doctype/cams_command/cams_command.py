"""CAMS Command: a request to the gateway and its outcome. command_queue.queue does the work."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Interval
from frappe.query_builder.functions import Now

from navari_cams_biometric.cams_biometric.base import user_permissions
from navari_cams_biometric.cams_biometric.base.gateway_questions import gateway_client
from navari_cams_biometric.cams_biometric.base.permissions import (
	DOOR_OPERATIONS,
	ensure_may,
	sees_door_commands_only,
	stored,
)
from navari_cams_biometric.cams_biometric.base.states import COMMANDS_UNDER_WAY, CommandState
from navari_cams_biometric.cams_biometric.command_queue import command_results, queue


class CAMSCommand(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answered_at: DF.Datetime | None
		arguments: DF.Code | None
		asked_by: DF.Link | None
		attempts: DF.Int
		outcome_unknown: DF.Check
		due_at: DF.Datetime | None
		employee: DF.Link | None
		finished_at: DF.Datetime | None
		operation: DF.Literal[
			"AddUser",
			"UpdateUser",
			"DeleteUser",
			"EnrollFingerprint",
			"EnrollFace",
			"EnrollCard",
			"SetUserPassword",
			"CopyUsers",
			"ResendUser",
			"OpenDoor",
			"LockDoor",
			"SetAccessSchedule",
			"SyncDeviceTime",
			"RebootDevice",
			"ResetDeviceQueue",
			"RegisterCallback",
		]
		operation_id: DF.Data | None
		outcome: DF.SmallText | None
		polls: DF.Int
		reason: DF.SmallText | None
		secret: DF.Password | None
		sent_at: DF.Datetime | None
		service_tag: DF.Link | None
		state: DF.Literal["Queued", "Sent", "Waiting for Device", "Done", "Failed", "Cancelled"]
		user_id: DF.Data | None
	# end: auto-generated types

	def validate(self) -> None:
		"""It is evidence of who asked for what: only command_queue.queue and command_queue.command_results write it."""
		if not self.is_new():
			frappe.throw(
				_("Commands cannot be edited. Use Cancel Command before it is sent, or send another one.")
			)

	@frappe.whitelist(methods=["POST"])
	def check_now(self) -> str:
		"""Ask the gateway now after a command that is under way; return its state."""
		command = self.permitted()
		if command.state in COMMANDS_UNDER_WAY and command.answered_at:
			with gateway_client() as client:
				command_results.poll(client, command)
		return command.state

	@frappe.whitelist(methods=["POST"])
	def cancel_command(self) -> bool:
		"""Take back a command that is not sent yet; tell whether it was in time."""
		return queue.cancel_command(self.permitted().name)

	def permitted(self) -> "CAMSCommand":
		command = stored(self)
		ensure_may(command.operation)
		return command

	@staticmethod
	def clear_old_logs(days: int = 365) -> None:
		"""For Log Settings: delete commands that ended `days` ago. Those in progress stay."""
		command = frappe.qb.DocType("CAMS Command")
		frappe.db.delete(
			command,
			filters=(command.modified < (Now() - Interval(days=days)))
			& command.state.isin([CommandState.DONE, CommandState.FAILED, CommandState.CANCELLED]),
		)


def get_permission_query_conditions(user: str | None = None, doctype: str = "") -> str:
	"""For lists, counts, reports and link fields: a door operator sees the commands of doors."""
	if not sees_door_commands_only(user):
		return ""
	return "`tabCAMS Command`.`operation` in ({})".format(", ".join(f"'{name}'" for name in DOOR_OPERATIONS))


def has_permission(doc: CAMSCommand, ptype: str = "read", user: str | None = None) -> bool:
	is_of_role = doc.operation in DOOR_OPERATIONS or not sees_door_commands_only(user)
	return is_of_role and user_permissions.has_permission(doc, ptype, user)


def on_doctype_update() -> None:
	"""What the worker finds a device's next command by, events the one they confirm, the Employee form its own, and
	what the list is sorted by."""
	frappe.db.add_index("CAMS Command", ["service_tag", "state", "creation"])
	frappe.db.add_index("CAMS Command", ["state", "due_at"])
	frappe.db.add_index("CAMS Command", ["user_id", "state"])
	frappe.db.add_index("CAMS Command", ["employee", "state"])
	frappe.db.add_index("CAMS Command", ["creation"])

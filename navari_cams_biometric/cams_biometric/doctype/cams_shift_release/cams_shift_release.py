"""CAMS Shift Release: a manager's decision not to wait for a device any longer. It cannot be changed."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.shift_sync import holds, watermark


class CAMSShiftRelease(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		device: DF.Link | None
		reason: DF.SmallText
		released_by: DF.Link | None
		released_until: DF.Datetime
		shift_type: DF.Link
	# end: auto-generated types

	def before_insert(self) -> None:
		self.released_by = frappe.session.user

	def validate(self) -> None:
		if not self.is_new():
			frappe.throw(_("A release cannot be changed. Create another one."), title=_("Shift Release"))
		self.validate_reason()
		self.validate_shift()
		self.validate_time()

	def validate_reason(self) -> None:
		self.reason = (self.reason or "").strip()
		if not self.reason:
			frappe.throw(_("Enter a reason for the release."), title=_("Reason"))

	def validate_shift(self) -> None:
		"""Only a shift that waits for a device can be released."""
		state = self.shift_state()
		if state.aside:
			frappe.throw(
				_("{0} is not waiting for a device. {1}.").format(self.shift_type, holds.sentence_of(state)),
				title=_("Shift Release"),
			)
		if self.device and self.device not in [feed.service_tag for feed in state.feeds]:
			frappe.throw(
				_("{0} is disabled, or does not feed {1}. Choose a device that does, or none.").format(
					self.device, self.shift_type
				),
				title=_("Device"),
			)

	def validate_time(self) -> None:
		until = get_datetime(self.released_until).replace(microsecond=0)
		if until > now_datetime():
			frappe.throw(_("Choose a time that is not in the future."), title=_("Released Until"))
		current = self.shift_state().current
		if current and until <= current:
			frappe.throw(
				_("{0} is already synced until {1}. Choose a later time.").format(self.shift_type, current),
				title=_("Released Until"),
			)
		self.released_until = until

	def shift_state(self) -> holds.ShiftState:
		states = watermark.states(self.shift_type)
		if not states:
			frappe.throw(
				_("There is no shift type {0}. Choose another one.").format(self.shift_type),
				title=_("Shift Type"),
			)
		return states[0]

	def after_insert(self) -> None:
		watermark.advance(self.shift_type)

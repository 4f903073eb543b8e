"""CAMS Device User: one person on one device, as the gateway reports it. Counts of credentials, never their data."""

from frappe.model.document import Document


class CAMSDeviceUser(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cards: DF.Int
		credentials: DF.SmallText | None
		employee: DF.Link | None
		faces: DF.Int
		fingerprints: DF.Int
		first_name: DF.Data | None
		has_photo: DF.Check
		last_name: DF.Data | None
		operation_time: DF.Data | None
		palms: DF.Int
		passwords: DF.Int
		service_tag: DF.Link
		state: DF.Literal["On Device", "Deleted"]
		last_updated: DF.Datetime | None
		user_id: DF.Data
		user_type: DF.Data | None
	# end: auto-generated types
	pass

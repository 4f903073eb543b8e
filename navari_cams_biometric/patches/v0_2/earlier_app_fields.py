"""Coming from the earlier app: what its custom fields hold is taken over, and the fields are removed.

- Input Type of Employee Checkin becomes text with the same values. It was a choice that refused new ones.
- Constant Time of Employee Checkin becomes Original Time, where that is empty.
- Biometric Registered of Employee is dropped: nothing in the earlier app ever set it.

As always with Frappe, the columns of removed fields stay until somebody runs `bench trim-tables`.
"""

import frappe

from navari_cams_biometric.install import MODULE, add_custom_fields

CHECKIN = "Employee Checkin"
INPUT_TYPE = {"dt": CHECKIN, "fieldname": "custom_input_type", "fieldtype": "Select"}
CONSTANT_TIME = {
	"dt": CHECKIN,
	"fieldname": "custom_constant_time",
	"fieldtype": "Data",
	"label": "Constant Time",
}
REGISTERED = {
	"dt": "Employee",
	"fieldname": "custom_biometric_registered",
	"fieldtype": "Check",
	"label": "Biometric Registered",
}


def execute() -> None:
	_remove(INPUT_TYPE)  # its column stays, and belongs to the field that is added next
	add_custom_fields()
	if _remove(CONSTANT_TIME):
		_move_original_time()
	_remove(REGISTERED)


def _remove(field: dict[str, str]) -> bool:
	"""Remove a field if it is as the earlier app made it; tell whether it was."""
	found = frappe.db.get_value("Custom Field", field, ["name", "module"], as_dict=True)
	if not found or (found.module or MODULE) != MODULE:
		return False
	frappe.delete_doc("Custom Field", found.name, force=True)
	return True


def _move_original_time() -> None:
	checkin = frappe.qb.DocType(CHECKIN)
	original, constant = checkin.custom_original_time, checkin.custom_constant_time
	frappe.qb.update(checkin).set(original, constant).where(
		(original.isnull() | (original == "")) & constant.notnull() & (constant != "")
	).run()

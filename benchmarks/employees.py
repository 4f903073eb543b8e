"""The people of the figures."""

from collections.abc import Iterable

from tests.contract import conftest
from tests.contract.host import Host


def ensure_employees(host: Host, device_ids: Iterable[str]) -> None:
	"""Make active employees with these device ids; those that exist already stay."""
	for device_id in device_ids:
		if not host.find("Employee", {"attendance_device_id": device_id}, ["name"]):
			host.create("Employee", first_name=device_id, attendance_device_id=device_id, **conftest.EMPLOYEE)

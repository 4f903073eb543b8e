"""Run by benchmarks in a bench's Python, in its sites folder: `old_punches.py SITE PUNCHES` queues that many old ones."""

import sys
from datetime import datetime, timedelta

import frappe

from navari_cams_biometric.cams_biometric.base.device_lookup import all_devices
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.gateway.callback import Callback
from navari_cams_biometric.gateway.punch import Punch

START = datetime(2021, 1, 4, 8)
AT_ONCE = 1000


def main(site: str, punches: int) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.set_user("Administrator")
	known = {"attendance_device_id": ["like", "BENCH-%"]}
	user_ids = frappe.get_all("Employee", known, pluck="attendance_device_id")
	device = all_devices()[0]
	for first in range(0, punches, AT_ONCE):
		rows = tuple(_punch(user_ids, number) for number in range(first, min(first + AT_ONCE, punches)))
		inbox.store(Callback(service_tag=device.name, is_batch=True, punches=rows), device)
		frappe.db.commit()


def _punch(user_ids: list[str], number: int) -> Punch:
	moment = START + timedelta(seconds=75 * number)
	return Punch(user_id=user_ids[number % len(user_ids)], log_time=f"{moment} GMT +0300", type="CheckIn")


if __name__ == "__main__":
	main(sys.argv[1], int(sys.argv[2]))

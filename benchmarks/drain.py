"""Run by benchmarks in a bench's Python, in its sites folder: `drain.py SITE PUNCHES`."""

import resource
import sys
import time
from datetime import datetime, timedelta

import frappe

from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from navari_cams_biometric.gateway.callback import Callback
from navari_cams_biometric.gateway.punch import Punch

START = datetime(2022, 1, 3, 8)
ROUNDS = 3


def main(site: str, punches: int) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.set_user("Administrator")
	# Both create check-ins: the day, and so the keys, must be new in a kept site.
	start = START + timedelta(days=10 * frappe.db.count("Employee Checkin"), seconds=1) % timedelta(
		days=365 * 4
	)
	user_ids = frappe.get_all(
		"Employee", {"attendance_device_id": ["like", "BENCH-%"]}, pluck="attendance_device_id"
	)
	frappe.db.delete("Employee Checkin", {"log_type": "IN"})
	frappe.db.delete("CAMS Punch")
	frappe.db.commit()
	moments = [(user_ids[n % len(user_ids)], start + timedelta(seconds=20 * n)) for n in range(punches)]
	figures = []
	for number in range(ROUNDS):
		shift = timedelta(days=100 * (number + 1))
		share = [(user_id, moment + shift) for user_id, moment in moments]
		per_call = _one_by_one(share)
		drained = _drained([(user_id, moment + timedelta(seconds=7)) for user_id, moment in share])
		figures.append((drained / per_call, per_call, drained))
	ratio, per_call, drained = sorted(figures)[ROUNDS // 2]
	print(f"HRMS       {per_call:7.0f} /s, add_log_based_on_employee_field once per punch, each committed")
	print(f"drain      {drained:7.0f} /s, the same number of punches")
	print(f"           {ratio:7.2f} of HRMS (median of {ROUNDS} pairs)")
	print(f"memory     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:7.0f} MiB at its peak")


def _one_by_one(moments: list[tuple[str, datetime]]) -> float:
	from hrms.hr.doctype.employee_checkin.employee_checkin import add_log_based_on_employee_field

	started = time.perf_counter()
	for user_id, moment in moments:
		add_log_based_on_employee_field(user_id, str(moment), log_type="IN")
		frappe.db.commit()
	return len(moments) / (time.perf_counter() - started)


def _drained(moments: list[tuple[str, datetime]]) -> float:
	"""Punches per second."""
	device = frappe.get_doc("CAMS Device", "ZHM1100000001")
	punches = tuple(
		Punch(user_id=user_id, type="CheckIn", log_time=moment.strftime("%Y-%m-%d %H:%M:%S"))
		for user_id, moment in moments
	)
	inbox.store(Callback(punches=punches, service_tag=device.name), device)
	frappe.db.after_commit.reset()
	frappe.db.commit()
	started = time.perf_counter()
	checkins.drain(seconds=600)
	elapsed = time.perf_counter() - started
	states = set(frappe.get_all("CAMS Punch", pluck="state"))
	if states != {"Recorded"}:
		raise RuntimeError(f"not all became check-ins: {states}")
	return len(moments) / elapsed


if __name__ == "__main__":
	main(sys.argv[1], int(sys.argv[2]))

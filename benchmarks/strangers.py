"""Run by benchmarks in a bench's Python, in its sites folder: `strangers.py SITE`.

What the largest bodies of somebody without a token cost, beyond what Frappe takes to hand them over.
"""

import os
import resource
import sys
import time

import frappe

from navari_cams_biometric.cams_biometric.callbacks.authentication import NotAuthenticError
from navari_cams_biometric.cams_biometric.controllers import cams_call

ROWS = ("0", "[]", "{}", '{"a":0}', '""', '{"UserID":"1"}', '{"token":"x"}', '"AuthToken"')


def main(site: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.set_user("Guest")
	costs = [_in_a_process_of_its_own(row) for row in ROWS]
	print(
		f"strangers  {max(seconds for seconds, _mebibytes in costs):7.2f} s of one core for the worst 8 MiB; aim 1"
	)
	print(f"           {max(mebibytes for _seconds, mebibytes in costs):7.0f} MiB at its peak; aim 150")


def _in_a_process_of_its_own(row: str) -> tuple[float, float]:
	"""Seconds and MiB: the peak of a process never goes down again."""
	reading, writing = os.pipe()
	if child := os.fork():
		os.close(writing)
		with os.fdopen(reading) as pipe:
			seconds, mebibytes = map(float, pipe.read().split())
		os.waitpid(child, 0)
		return seconds, mebibytes
	frappe.connect()
	body = _body(row)
	before, began = _peak(), time.process_time()
	try:
		cams_call._receive(body, "")
	except NotAuthenticError:
		os.write(writing, f"{time.process_time() - began} {_peak() - before}".encode())
	os._exit(0)


def _body(row: str) -> bytes:
	rows = ",".join([row] * (cams_call.LARGEST_BODY // (len(row) + 1) - 10))
	return f'{{"PunchLog":{{"Log":[{rows}]}}}}'.encode()


def _peak() -> float:
	return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
	main(*sys.argv[1:])

"""Run by benchmarks in a bench's Python, in its sites folder: `drain_all.py SITE` drains until nothing is left."""

import sys

import frappe

from navari_cams_biometric.cams_biometric.punches import checkins


def main(site: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.set_user("Administrator")
	checkins.drain(seconds=3600)


if __name__ == "__main__":
	main(sys.argv[1])

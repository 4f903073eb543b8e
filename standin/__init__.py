"""A stand-in for Frappe, ERPNext and HRMS: just enough to run this app's code without a bench.

NOT Frappe. The app never imports it; what it lacks raises NotImplementedError. See README.md beside this file.

	import standin

	with standin.activate() as site, site.connect():
		frappe.get_doc(...)
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
	from standin.site import Site

HERE = Path(__file__).resolve().parent
TIME_ZONE = "Africa/Nairobi"


def activate(
	database: str | Path | None = None,
	*,
	demo: bool = True,
	time_zone: str = TIME_ZONE,
	site_name: str = "standin.localhost",
) -> Site:
	"""Make `frappe`, `erpnext` and `hrms` importable and return a site with the app installed.

	`database` is a folder, kept; without one the site lives in a temporary folder until it is closed. With
	`demo` it holds the demo data (standin.demo). Raises RuntimeError where the real Frappe is loaded.
	"""
	put_on_path()
	from standin.site import Site

	return Site.open(Path(database) if database else None, name=site_name, time_zone=time_zone, demo=demo)


def put_on_path() -> None:
	"""Put the packages of the stand-in, and the app, in front of everything else on sys.path."""
	loaded = sys.modules.get("frappe")
	packages = HERE / "packages"
	if loaded and not str(loaded.__file__).startswith(str(packages)):
		raise RuntimeError("The real Frappe is loaded; the stand-in is for processes without it.")
	for folder in (str(HERE.parent), str(packages)):
		if folder not in sys.path:
			sys.path.insert(0, folder)

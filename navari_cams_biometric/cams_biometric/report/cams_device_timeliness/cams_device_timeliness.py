"""Report: how long punches take from the device to this site, and how far its clock is off.

The lag is arrival minus the punch's own time, of real-time punches. Half of them are faster than p50, 95 of 100
faster than p95. A device that was offline delivers late, so its p95 is long; one whose clock runs ahead has a
lag below zero.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.query_builder import CustomFunction
from frappe.query_builder.functions import Count
from pypika.terms import PseudoColumn

from navari_cams_biometric.cams_biometric.base.date_ranges import bounds_of, days_of
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.report.columns import column

SLOW_SECONDS = 300
TimestampDiff = CustomFunction("TIMESTAMPDIFF", ["unit", "start", "end"])


@dataclass(frozen=True)
class Lags:
	"""Of one device, in seconds. `clock_skew` is positive where the device's clock runs ahead."""

	punches: int
	p50: int
	p95: int
	slow: int
	clock_skew: int


def execute(filters: dict | None = None) -> tuple:
	"""Columns, and a row for each device that sent punches in the range, the slowest first."""
	filters = frappe._dict(filters or {})
	devices = {row.name: row for row in frappe.get_all("CAMS Device", fields=["name", "label", "health"])}
	rows = [
		_timeliness_row(service_tag, devices.get(service_tag, frappe._dict()), measure(histogram))
		for service_tag, histogram in _histograms(filters).items()
	]
	return _columns(), sorted(rows, key=lambda row: -row["p95"])


def measure(histogram: Iterable[tuple[int, int]]) -> Lags:
	"""From (seconds, how many punches had that lag) to figures; the histogram is not empty."""
	ordered = sorted(histogram)
	total = sum(count for _lag, count in ordered)
	return Lags(
		punches=total,
		p50=_percentile(ordered, total * 0.5),
		p95=_percentile(ordered, total * 0.95),
		slow=sum(count for lag, count in ordered if lag > SLOW_SECONDS),
		clock_skew=-ordered[0][0],
	)


def _percentile(ordered: list[tuple[int, int]], rank: float) -> int:
	seen = 0
	for lag, count in ordered:
		seen += count
		if seen >= rank:
			return lag
	return ordered[-1][0]


def _histograms(filters: frappe._dict) -> dict[str, list[tuple[int, int]]]:
	"""Counted by the database: seconds repeat, punches are many."""
	first, last = bounds_of(days_of(filters))
	punch = frappe.qb.DocType("CAMS Punch")
	lag = TimestampDiff(PseudoColumn("SECOND"), punch.punch_time, punch.creation)
	query = (
		frappe.qb.from_(punch)
		.select(punch.service_tag, lag, Count("*"))
		.where((punch.source == "Real Time") & punch.punch_time.between(first, last))
		.groupby(punch.service_tag, lag)
	)
	if filters.service_tag:
		query = query.where(punch.service_tag == filters.service_tag)
	histograms = defaultdict(list)
	for service_tag, seconds, count in permitted(query, "CAMS Punch").run():
		histograms[service_tag or ""].append((seconds, count))
	return histograms


def _timeliness_row(service_tag: str, device: frappe._dict, lags: Lags) -> dict[str, object]:
	return {
		"service_tag": service_tag,
		"label": device.label,
		"health": device.health,
		"punches": lags.punches,
		"p50": lags.p50,
		"p95": lags.p95,
		"slow": lags.slow,
		"clock_skew": lags.clock_skew,
	}


def _columns() -> list[dict[str, object]]:
	return [
		column("service_tag", _("Device"), 170, "Link", "CAMS Device"),
		column("label", _("Label"), 160),
		column("health", _("Health"), 90),
		column("punches", _("Punches"), 100, "Int"),
		column("p50", _("Lag p50 (Seconds)"), 170, "Int"),
		column("p95", _("Lag p95 (Seconds)"), 170, "Int"),
		column("slow", _("Later than 5 Minutes"), 170, "Int"),
		column("clock_skew", _("Clock Ahead (Seconds)"), 170, "Int"),
	]

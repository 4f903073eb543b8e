"""The simulator's ledger against the punches of a site, read from the database itself."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from simulator import LedgerEntry
from tests.bench.bench_site import BenchSite

Row = tuple[str, str, str, str]

NAIROBI = ZoneInfo("Africa/Nairobi")
MOMENT = "'%Y-%m-%d %H:%i:%s'"


def in_nairobi(ledger: Iterable[LedgerEntry]) -> list[Row]:
	"""(device, user, time in the site's zone, type) of every punch that happened, sorted."""
	return sorted(
		(
			entry.service_tag,
			entry.user_id,
			entry.instant.astimezone(NAIROBI).strftime("%Y-%m-%d %H:%M:%S"),
			entry.type,
		)
		for entry in ledger
	)


def stored(site: BenchSite, tags: Iterable[str]) -> list[Row]:
	"""The same of every punch that a site has of these devices."""
	columns = f"service_tag, user_id, date_format(punch_time, {MOMENT}), punch_type"
	rows = site.sql(f"select {columns} from `tabCAMS Punch` where service_tag in ({quoted(tags)})")
	return sorted((tag, user_id, moment, kind) for tag, user_id, moment, kind in rows)


def checked_in(site: BenchSite, tags: Iterable[str]) -> list[Row]:
	"""The same of every check-in, its punch type as sent; the user is whose employee it is."""
	columns = f"device_id, attendance_device_id, date_format(time, {MOMENT}), custom_punch_type"
	rows = site.sql(
		f"select {columns} from `tabEmployee Checkin` checkin"
		" join `tabEmployee` employee on employee.name = checkin.employee"
		f" where device_id in ({quoted(tags)})"
	)
	return sorted((tag, user_id, moment, kind) for tag, user_id, moment, kind in rows)


def quoted(names: Iterable[str]) -> str:
	return ", ".join(f"'{name}'" for name in names)

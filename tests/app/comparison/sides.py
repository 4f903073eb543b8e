"""Both sides of a comparison."""

from datetime import datetime, timedelta, timezone

from tests.app.inside import DAY

NAIROBI = timezone(timedelta(hours=3))


def at(clock: str, offset: timezone = NAIROBI) -> datetime:
	return datetime.fromisoformat(f"{DAY} {clock}").replace(tzinfo=offset)


def differences(rows, *user_ids):
	"""(clock, difference) of these users' rows, in the order of the report."""
	return [(str(row["time"])[-8:], row["difference"]) for row in rows if row["user_id"] in user_ids]

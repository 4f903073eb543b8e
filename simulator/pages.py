"""Lists in pages of 50, as Web API 3.0 has them; REST v3 borrows the form.

ref: PROTOCOL section 5
"""

from itertools import islice
from typing import Any

from .punches import log_row
from .quirks import Quirks
from .state import LedgerEntry, SimulatedDevice

PAGE_ROWS = 50

Row = dict[str, Any]


def page_of(rows: list[Row], key: str, offset: str, quirks: Quirks) -> Row:
	"""The page at `offset`. The last one has an empty OffSet."""
	first = int(offset) if offset.isdecimal() else 0
	return _page(rows[first : first + PAGE_ROWS], key, first, len(rows), quirks)


def page_of_entries(lists: list[tuple[SimulatedDevice, list[LedgerEntry]]], offset: str) -> Row:
	"""A page of punches, device after device, without building the rows of the others."""
	first = int(offset) if offset.isdecimal() else 0
	total = sum(len(entries) for _device, entries in lists)
	skip = first
	chosen: list[Row] = []
	for device, entries in lists:
		missing = PAGE_ROWS - len(chosen)
		chosen += [_punch_row(device, entry) for entry in islice(entries, skip, skip + missing)]
		skip = max(0, skip - len(entries))
	return _page(chosen, "Log", first, total, lists[0][0].quirks if lists else Quirks())


def _page(rows: list[Row], key: str, first: int, total: int, quirks: Quirks) -> Row:
	following = first + len(rows)
	offset = str(following) if following < total else ""
	counts: dict[str, int] = {"ReturnRowCount": len(rows), "ActualRowCount": total}
	numbers = counts if quirks.numbers_as_numbers else {name: str(count) for name, count in counts.items()}
	return {**numbers, "OffSet": str(first) if quirks.stuck_offset else offset, key: rows}


def _punch_row(device: SimulatedDevice, entry: LedgerEntry) -> Row:
	return {"ServiceTag": entry.service_tag, **log_row(device, entry)}

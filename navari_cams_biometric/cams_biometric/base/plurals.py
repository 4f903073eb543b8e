"""One thing or several: which of two texts fits a number, and the first of many names."""

from frappe import _


def counted(count: int, one: str, many: str, *others: object) -> str:
	"""`one` for 1, else `many`, both translated already: {0} in them is the number, {1} and so on are the others."""
	return (one if count == 1 else many).format(count, *others)


def first_of(names: list[str], most: int) -> str:
	"""The first names, and how many more there are."""
	more = len(names) - most
	shown = ", ".join(names[:most])
	return " ".join([shown, _("and {0} more").format(more)]) if more > 0 else shown

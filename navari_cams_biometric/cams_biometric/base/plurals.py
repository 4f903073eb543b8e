"""One thing or several: which of two texts fits a number."""


def counted(count: int, one: str, many: str, *others: object) -> str:
	"""`one` for 1, else `many`, both translated already: {0} in them is the number, {1} and so on are the others."""
	return (one if count == 1 else many).format(count, *others)

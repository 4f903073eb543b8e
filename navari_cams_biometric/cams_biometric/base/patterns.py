"""Patterns of LIKE in queries."""


def as_like(text: str) -> str:
	"""A text as it stands within a pattern of LIKE."""
	return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

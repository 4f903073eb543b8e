"""Texts that are translated where they are shown, and not where they stand."""


def N_(text: str) -> str:
	"""Mark a text for translators and return it as it is: what stores or compares it needs it so. The name is gettext's."""
	return text

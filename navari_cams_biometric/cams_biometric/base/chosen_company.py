"""For DocTypes on which a Company decides whose user ID it is: only one that somebody chose."""


class ChosenCompany:
	"""Before Document among a controller's bases. Frappe fills a field of this name with the user's default company, also
	where somebody left it empty or a program makes the document."""

	company: str | None

	def _set_defaults(self) -> None:
		chosen = self.company
		super()._set_defaults()  # type: ignore[misc]
		self.company = chosen

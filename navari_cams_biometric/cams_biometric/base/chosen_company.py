"""For DocTypes on which a Company decides whose user ID it is: only one that somebody chose."""


class ChosenCompany:
	"""Before Document among a controller's bases. Frappe gives a field of this name the user's default company: when a
	program or a request begins a document (it then has no name yet), and once more where it was left empty."""

	company: str | None

	def __init__(self, *args: object, **kwargs: object):
		super().__init__(*args, **kwargs)
		if self.get("__islocal") and not self.get("name"):  # type: ignore[attr-defined]
			self.company = None

	def _set_defaults(self) -> None:
		chosen = self.company
		super()._set_defaults()  # type: ignore[misc]
		self.company = chosen

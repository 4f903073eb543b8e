"""Statements for which the query builder takes longer than the database: those of every callback, whose text is made
once a process, and those with hundreds of values in them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import frappe
from pypika import Parameter
from pypika.queries import QueryBuilder
from pypika.terms import Term, Tuple


def given(name: str) -> Parameter:
	"""Stands in a statement for a value that `run` is given by this name."""
	return Parameter(f"%({name})s")


class Prepared:
	"""The text of a statement in which `given` stands for what changes. To be kept: `functools.cache` what makes one."""

	def __init__(self, query: QueryBuilder) -> None:
		self.text = str(query)

	def run(self, values: Mapping[str, object] | None = None, as_dict: bool = False) -> Any:
		"""As the query builder's own `run`, with the values that `given` stands for, by name."""
		# nosemgrep: frappe-using-db-sql -- a text of the query builder, with parameters
		return frappe.db.sql(self.text, values or {}, as_dict=as_dict)


class Among(Term):
	"""What `isin` takes for a list of hundreds: parameters, which the driver writes. Not for an empty list."""

	def __init__(self, values: Iterable[object]):
		super().__init__()
		self.values = tuple(values)

	def get_sql(self, **options: Any) -> str:
		"""Without parameters, where the query is shown only, as the query builder writes a list."""
		if parameters := options.get("param_wrapper"):
			return f"({','.join(map(parameters.get_sql, self.values))})"
		return Tuple(*map(self.wrap_constant, self.values)).get_sql(**options)

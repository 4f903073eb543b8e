"""Statements of every callback. The query builder takes longer to make one than the database to answer it, so that the
text of each is made once a process.
"""

from collections.abc import Mapping
from typing import Any

import frappe
from pypika import Parameter
from pypika.queries import QueryBuilder


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

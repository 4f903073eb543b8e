"""User Permissions for queries made with the query builder."""

from frappe.desk.reportview import build_match_conditions
from pypika.queries import QueryBuilder
from pypika.terms import LiteralValue


def permitted(query: QueryBuilder, doctype: str) -> QueryBuilder:
	"""Leave out what User Permissions hide from this user, as a list would."""
	condition = build_match_conditions(doctype)
	return query.where(LiteralValue(f"({condition})")) if condition else query

"""HRMS's own validation of check-ins, with what it reads answered from memory.

HRMS asks some ten times for the shift assignments of a person to validate one check-in. Here they are read once for the
people of a batch. The functions are HRMS's own, with globals of their own in which `frappe` answers from memory what
was read, and else is the real one: what is not known here goes to the database. Nothing is changed in HRMS's modules,
so that everybody else on the site calls them as ever. A function that another app has put in the place of one of
HRMS's is called as it is.

Inside one transaction the answers are those that the database would give.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import frappe
import hrms.hr.utils
from frappe.query_builder.functions import Count
from frappe.utils import getdate
from hrms.hr.doctype.employee_checkin import employee_checkin
from hrms.hr.doctype.shift_assignment import shift_assignment
from pypika import Criterion, Table

from navari_cams_biometric.cams_biometric.base.gate_times import CHECKIN
from navari_cams_biometric.cams_biometric.base.prepared import Among

ASSIGNMENT = "Shift Assignment"
MODULES = (hrms.hr.utils, shift_assignment, employee_checkin)
PLATFORM = ("frappe", "hrms")  # whose decorators do nothing that a batch lacks
EMPLOYEE_FIELDS = ("name", "employee_name", "status", "default_shift")
UNREAD = ("creation", "modified", "owner", "modified_by", "idx")  # of an assignment
AROUND = timedelta(days=8)  # before and after the punches of a batch, in which assignments are read
FEW = 60  # assignments of a person, of whom all are read
LONGEST = timedelta(days=62)  # of a batch: what lies further from its first day is asked of the database
DUPLICATE = {"employee", "time", "name", "log_type"}  # how HRMS asks for an equal check-in


class NotInMemoryError(Exception):
	"""HRMS asks in a way that memory cannot answer. The database can."""


class Memory:
	"""What is read for some people and days, and the values that were asked for since. `taken` are the moments at which
	check-ins of these people are there already, by (employee, time)."""

	def __init__(self, moments: list[tuple[str, datetime]], taken: set[tuple[str, datetime]]):
		names = sorted({name for name, _moment in moments})
		days = sorted(moment.date() for _name, moment in moments)
		self.first, self.last = days[0] - AROUND, min(days[-1], days[0] + LONGEST) + AROUND
		self.taken = taken
		self.employees = {row.name: row for row in _read_employees(names)}
		counts = _count_assignments(names)
		self.complete = {name for name in names if counts.get(name, 0) <= FEW}
		self.assignments: dict[str, list[frappe._dict]] = {name: [] for name in names}
		for row in self._read_assignments(names):
			self.assignments.setdefault(row.employee, []).append(row)
		self.values: dict[tuple, Any] = {}

	def _read_assignments(self, names: list[str]) -> list[frappe._dict]:
		"""In the order of their names, as the database finds those of one person."""
		table = frappe.qb.DocType(ASSIGNMENT)
		few = table.employee.isin(Among([*self.complete, ""]))
		around = (table.start_date <= self.last) & (table.end_date.isnull() | (table.end_date >= self.first))
		columns = set(frappe.get_meta(ASSIGNMENT).get_valid_columns()) - set(UNREAD)
		query = frappe.qb.from_(table).select(*(table[column] for column in sorted(columns)))
		query = query.where(table.employee.isin(Among(names)) & (few | around))
		return query.orderby(table.name).run(as_dict=True)

	def remembered(self, key: tuple, read: Callable[[], Any]) -> Any:
		"""A value that is read once for the batch."""
		if key not in self.values:
			self.values[key] = read()
		value = self.values[key]
		return value.copy() if isinstance(value, dict) else value


class Hrms:
	"""HRMS's code on a Memory: the class of the documents, and the shift of a moment."""

	def __init__(self, memory: Memory):
		self.memory = memory
		self._functions = _on_globals_of_their_own(_Frappe(memory))
		own = employee_checkin.EmployeeCheckin
		methods = {name: self.on_memory(each) for name, each in vars(own).items() if callable(each)}
		found = {name: method for name, method in methods.items() if method is not vars(own)[name]}
		self.checkin_class = type(own.__name__, (own,), {**found, "__module__": own.__module__})
		self.shift_at = self.on_memory(shift_assignment.get_actual_start_end_datetime_of_shift)

	def on_memory(self, function: Callable[..., Any]) -> Callable[..., Any]:
		"""A function of HRMS that answers from memory; the same one where it is not HRMS's."""
		return self._functions.get(id(unwrapped(function)), function)


def unwrapped(function: Any) -> Any:
	"""Without the decorators of Frappe and HRMS around it. What another app has put around it stays."""
	return inspect.unwrap(function, stop=lambda each: not is_of(each, *PLATFORM))


def is_of(function: Any, *apps: str) -> bool:
	"""Whether one of these apps has written it."""
	module = getattr(function, "__globals__", {}).get("__name__", "")
	return module.partition(".")[0] in apps


def _on_globals_of_their_own(answering: "_Frappe") -> dict[int, FunctionType]:
	"""Copies of the functions and methods of MODULES that see each other and `answering` as `frappe`, by the identity of the
	originals."""
	spaces = {module.__name__: {**vars(module), "frappe": answering} for module in MODULES}
	copies = {
		id(function): _copy(function, spaces[module.__name__])
		for module in MODULES
		for function in _functions_of(module)
	}
	for space in spaces.values():
		for name, value in space.items():
			if isinstance(value, FunctionType):
				space[name] = copies.get(id(unwrapped(value)), value)
	return copies


def _functions_of(module: ModuleType) -> Iterator[FunctionType]:
	"""Those that were written in it, without the decorators around them."""
	for value in list(vars(module).values()):
		members = (
			vars(value).values()
			if inspect.isclass(value) and value.__module__ == module.__name__
			else [value]
		)
		for member in members:
			function = unwrapped(member) if isinstance(member, FunctionType) else None
			if isinstance(function, FunctionType) and function.__globals__ is vars(module):
				yield function


def _copy(function: FunctionType, space: dict[str, Any]) -> FunctionType:
	copy = FunctionType(
		function.__code__, space, function.__name__, function.__defaults__, function.__closure__
	)
	copy.__kwdefaults__ = function.__kwdefaults__
	return copy


class _Frappe:
	"""`frappe`, answering from memory where it can."""

	def __init__(self, memory: Memory):
		self._memory, self._dict = memory, frappe._dict
		self._database, self.qb = _Database(memory), _QueryBuilder(memory)

	def __getattr__(self, name: str) -> Any:
		return getattr(frappe, name)

	@property
	def db(self) -> "_Database":
		return self._database

	def get_cached_value(
		self, doctype: str, name: str, fieldname: Any = "name", as_dict: bool = False
	) -> Any:
		fields = tuple(fieldname) if isinstance(fieldname, list) else fieldname
		return self._memory.remembered(
			("cached", doctype, name, fields, bool(as_dict)),
			lambda: frappe.get_cached_value(doctype, name, fieldname, as_dict=as_dict),
		)

	def get_all(self, doctype: str, *arguments: Any, **keywords: Any) -> Any:
		if doctype == ASSIGNMENT:
			with suppress(NotInMemoryError, TypeError, KeyError):  # asked for in another way
				return _assignment_dates(self._memory, *arguments, **keywords)
		return frappe.get_all(doctype, *arguments, **keywords)


class _Database:
	"""`frappe.db`, the same."""

	def __init__(self, memory: Memory):
		self._memory = memory

	def __getattr__(self, name: str) -> Any:
		return getattr(frappe.db, name)

	def get_value(
		self, doctype: str, filters: Any = None, fieldname: Any = "name", *rest: Any, **keywords: Any
	) -> Any:
		if doctype == "Employee" and isinstance(filters, str) and isinstance(fieldname, str):
			employee = self._memory.employees.get(filters, {})
			if fieldname in employee:
				return employee[fieldname]
		return frappe.db.get_value(doctype, filters, fieldname, *rest, **keywords)

	def get_single_value(self, doctype: str, fieldname: str, *rest: Any, **keywords: Any) -> Any:
		return self._memory.remembered(
			("single", doctype, fieldname),
			lambda: frappe.db.get_single_value(doctype, fieldname, *rest, **keywords),
		)

	def exists(self, doctype: str, filters: Any = None, *rest: Any, **keywords: Any) -> Any:
		if doctype == CHECKIN and isinstance(filters, dict) and filters.keys() == DUPLICATE:
			moment = (filters["employee"], filters["time"])
			if filters["employee"] in self._memory.employees and moment not in self._memory.taken:
				return None
		return frappe.db.exists(doctype, filters, *rest, **keywords)


class _QueryBuilder:
	"""`frappe.qb`, of which selections from Shift Assignment are answered."""

	def __init__(self, memory: Memory):
		self._memory = memory

	def __getattr__(self, name: str) -> Any:
		return getattr(frappe.qb, name)

	def DocType(self, name: str, *arguments: Any, **keywords: Any) -> Any:
		return _Table() if name == ASSIGNMENT else frappe.qb.DocType(name, *arguments, **keywords)

	def from_(self, table: Any, *arguments: Any, **keywords: Any) -> Any:
		if isinstance(table, _Table):
			return _Selection(self._memory)
		return frappe.qb.from_(table, *arguments, **keywords)


class _Table:
	def __getattr__(self, name: str) -> "_Field":
		if name.startswith("_"):
			raise AttributeError(name)
		return _Field(name)


class _Atom(NamedTuple):
	"""`field operator value`, of one condition."""

	field: str
	operator: str
	value: Any


class _Condition:
	"""Part of a WHERE: whether it `holds` for a row in memory (a comparison with NULL does not), and the same `on` a table of
	the database."""

	def __init__(
		self, holds: Callable[[frappe._dict], bool], on: Callable[[Table], Criterion], *atoms: _Atom
	):
		self.holds, self.on, self.atoms = holds, on, atoms

	def __and__(self, other: "_Condition") -> "_Condition":
		mine, theirs = self.holds, other.holds
		return _Condition(
			lambda row: mine(row) and theirs(row),
			lambda table: self.on(table) & other.on(table),
			*self.atoms,
			*other.atoms,
		)

	def __or__(self, other: "_Condition") -> "_Condition":
		mine, theirs = self.holds, other.holds
		return _Condition(
			lambda row: mine(row) or theirs(row),
			lambda table: self.on(table) | other.on(table),
			*self.atoms,
			*other.atoms,
		)


class _Field:
	def __init__(self, name: str):
		self.name = name

	def isnull(self) -> _Condition:
		name = self.name
		return _Condition(lambda row: row[name] is None, lambda table: table[name].isnull())

	def isnotnull(self) -> _Condition:
		name = self.name
		return _Condition(lambda row: row[name] is not None, lambda table: table[name].isnotnull())

	def __eq__(self, value: Any) -> _Condition:  # type: ignore[override]
		name = self.name
		return _Condition(
			lambda row: row[name] == value, lambda table: table[name] == value, _Atom(name, "=", value)
		)

	def __le__(self, value: Any) -> _Condition:
		name = self.name
		return _Condition(
			lambda row: row[name] is not None and row[name] <= value,
			lambda table: table[name] <= value,
			_Atom(name, "<=", value),
		)

	def __ge__(self, value: Any) -> _Condition:
		name = self.name
		return _Condition(
			lambda row: row[name] is not None and row[name] >= value,
			lambda table: table[name] >= value,
			_Atom(name, ">=", value),
		)


class _Selection:
	"""`select(...).where(...)` from Shift Assignment."""

	def __init__(self, memory: Memory):
		self._memory = memory
		self._fields: tuple[str, ...] = ()
		self._condition: _Condition | None = None

	def select(self, *fields: _Field) -> "_Selection":
		self._fields += tuple(field.name for field in fields)
		return self

	def where(self, condition: _Condition) -> "_Selection":
		self._condition = self._condition & condition if self._condition else condition
		return self

	def run(self, **options: Any) -> Any:
		condition, fields = self._condition, self._fields
		rows = self._rows(condition.atoms) if condition and options == {"as_dict": True} else None
		if rows is None:
			table = frappe.qb.DocType(ASSIGNMENT)
			query = frappe.qb.from_(table).select(*(table[field] for field in fields))
			return (query.where(condition.on(table)) if condition else query).run(**options)
		holds = condition.holds
		return [frappe._dict({field: row[field] for field in fields}) for row in rows if holds(row)]

	def _rows(self, atoms: tuple[_Atom, ...]) -> list[frappe._dict] | None:
		"""All that may fulfil the condition, if they are in memory: of one person, between two days."""
		memory = self._memory
		asked = {(atom.field, atom.operator): atom.value for atom in atoms}
		employee = asked.get(("employee", "="))
		since, until = asked.get(("end_date", ">=")), asked.get(("start_date", "<="))
		if employee not in memory.assignments or not since or not until:
			return None
		is_around = memory.first <= getdate(since) and getdate(until) <= memory.last
		if employee not in memory.complete and not is_around:
			return None
		return [
			row
			for row in memory.assignments[employee]
			if row.start_date <= until and (row.end_date is None or row.end_date >= since)
		]


def _assignment_dates(
	memory: Memory,
	fields: list[str],
	filters: dict[str, Any],
	as_list: bool = False,
	limit: int = 0,
	order_by: str = "",
) -> tuple[tuple, ...]:
	"""The days of a person's assignments before or after one, as frappe.get_all gives them. Where two begin on one day
	the database says which comes first."""
	field, _blank, order = order_by.partition(" ")
	if filters["employee"] not in memory.complete or field != "start_date" or order not in ("asc", "desc"):
		raise NotInMemoryError
	found = [row for row in memory.assignments[filters["employee"]] if _fulfils(row, filters)]
	found.sort(key=lambda row: row.start_date, reverse=order == "desc")
	days = [row.start_date for row in found]
	if not as_list or len(days) != len(set(days)):
		raise NotInMemoryError
	return tuple(tuple(row[field] for field in fields) for row in found[: limit or None])


def _fulfils(row: frappe._dict, filters: dict[str, Any]) -> bool:
	for field, wanted in filters.items():
		operator, value = wanted if isinstance(wanted, tuple) else ("=", wanted)
		if operator not in COMPARISONS:
			raise NotInMemoryError
		value = getdate(value) if isinstance(row[field], date) else value
		if row[field] is None or not COMPARISONS[operator](row[field], value):
			return False
	return True


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
	"=": lambda one, other: one == other,
	"<": lambda one, other: one < other,
	">": lambda one, other: one > other,
}


def _read_employees(names: list[str]) -> list[frappe._dict]:
	table = frappe.qb.DocType("Employee")
	query = frappe.qb.from_(table).select(*(table[field] for field in EMPLOYEE_FIELDS))
	return query.where(table.name.isin(Among(names))).run(as_dict=True)


def _count_assignments(names: list[str]) -> dict[str, int]:
	table = frappe.qb.DocType(ASSIGNMENT)
	query = (
		frappe.qb.from_(table)
		.select(table.employee, Count(table.name))
		.where(table.employee.isin(Among(names)))
	)
	return dict(query.groupby(table.employee).run())

"""How the stand-in says that it lacks something: loudly, with the name of the missing thing."""

import importlib
import logging
from collections.abc import Callable
from typing import Any, NoReturn


def missing(what: str) -> NoReturn:
	"""Raise NotImplementedError for `what`, and say so on stderr in case somebody catches it."""
	message = f"stand-in: {what} is not imitated"
	logging.getLogger("standin").warning(message)
	raise NotImplementedError(message)


def module_getattr(module_name: str) -> Callable[[str], Any]:
	"""A module `__getattr__` that finds submodules and raises NotImplementedError for all else."""

	def find(name: str) -> Any:
		if name.startswith("__"):
			raise AttributeError(name)
		try:
			return importlib.import_module(f"{module_name}.{name}")
		except ModuleNotFoundError as error:
			if error.name != f"{module_name}.{name}":
				raise
		missing(f"{module_name}.{name}")

	return find


def refuse(where: str, arguments: dict[str, Any]) -> None:
	"""Raise NotImplementedError if keyword arguments are left that nothing here understands."""
	if arguments:
		missing(f"{where}({', '.join(sorted(arguments))})")

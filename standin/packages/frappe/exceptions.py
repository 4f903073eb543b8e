"""Stand-in for Frappe's exceptions: the names, the inheritance and the HTTP status codes of version 15.

Only what this app and the stand-in itself raise or catch. What the real module has beyond that is missing
here on purpose, and asking for it raises NotImplementedError.
"""


def __getattr__(name: str):
	if name.startswith("__"):
		raise AttributeError(name)
	raise NotImplementedError(f"stand-in: frappe.exceptions.{name}")


class ValidationError(Exception):
	http_status_code = 417


class FrappeTypeError(TypeError):
	http_status_code = 417


class AuthenticationError(Exception):
	http_status_code = 401


class PermissionError(Exception):
	http_status_code = 403


class DoesNotExistError(ValidationError):
	http_status_code = 404


class NameError(Exception):
	http_status_code = 409


class CSRFTokenError(Exception):
	http_status_code = 400


class InvalidAuthorizationToken(CSRFTokenError):
	pass


class DuplicateEntryError(NameError):
	"""The name is taken. Like the real one, this is no ValidationError."""


class DataError(ValidationError):
	pass


class MandatoryError(ValidationError):
	pass


class NonNegativeError(ValidationError):
	pass


class CannotChangeConstantError(ValidationError):
	pass


class CharacterLengthExceededError(ValidationError):
	pass


class LinkValidationError(ValidationError):
	pass


class DocstatusTransitionError(ValidationError):
	pass


class TimestampMismatchError(ValidationError):
	pass


class LinkExistsError(ValidationError):
	pass


class UniqueValidationError(ValidationError):
	pass


class AppNotInstalledError(ValidationError):
	pass


class RetryBackgroundJobError(Exception):
	pass


class SecurityException(Exception):
	pass


class InvalidColumnName(ValidationError):
	pass


class QueryTimeoutError(Exception):
	pass


class QueryDeadlockError(Exception):
	pass


class InReadOnlyMode(ValidationError):
	http_status_code = 503

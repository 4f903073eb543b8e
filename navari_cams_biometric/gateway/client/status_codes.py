"""The StatusCodes of Web API 3.0: what each means, and what to do. Unlisted codes are refusals too.

ref: PROTOCOL section 5
"""

from dataclasses import dataclass

from ..errors import (
	AuthenticationError,
	NotFoundError,
	RateLimitedError,
	RequestRefusedError,
	UnavailableError,
)

DONE = 0
BUSY_SECONDS = 60.0


@dataclass(frozen=True)
class StatusCode:
	"""`retry_after` is in seconds."""

	meaning: str
	remedy: str
	error: type[RequestRefusedError] = RequestRefusedError
	retry_after: float | None = None


_DATA = "Correct what was asked; the same request will be refused again."
_REQUEST = StatusCode("the request's data, operation, time, user id, information or template", _DATA)
_ACCOUNT = "Look the device up in the gateway's portal: subscription, configuration, API version."
_ENCRYPTION = "Make encryption and Security Key of this device the same here and in the gateway's portal."
_SWITCH = "Switch this operation on in the gateway's portal"

STATUS_CODES: dict[int, StatusCode] = {
	**dict.fromkeys((1, 6, 8, 9, 10, 12, 14, 15), _REQUEST),
	2: StatusCode("service tag", "Verify the service tag.", NotFoundError),
	3: StatusCode("origin IP not allowed", "Allow this server's address in the gateway's portal."),
	4: StatusCode("encryption", _ENCRYPTION),
	5: StatusCode("subscription", _ACCOUNT),
	7: StatusCode("AuthToken", AuthenticationError.advice, AuthenticationError),
	11: StatusCode("configuration", _ACCOUNT),
	13: StatusCode("Security Key", _ENCRYPTION),
	19: StatusCode("raw data", _ENCRYPTION),
	29: StatusCode("device is not on API 3.0", _ACCOUNT),
	33: StatusCode("user load not enabled", f"{_SWITCH}: user load."),
	35: StatusCode("operation not enabled for this device", f"{_SWITCH} for this device."),
	37: StatusCode(
		"another call for this device group is running",
		RateLimitedError.advice,
		RateLimitedError,
		BUSY_SECONDS,
	),
	38: StatusCode("load log not enabled", f"{_SWITCH}: load log."),
	999: StatusCode("unknown error", UnavailableError.advice, UnavailableError),
}


def refusal(operation: str, code: int, words: str) -> RequestRefusedError:
	"""The error for a StatusCode other than 0, with the gateway's own words."""
	known = STATUS_CODES.get(code)
	if known is None:
		return RequestRefusedError(operation, code, f"unknown StatusCode {code}, {words}")
	return known.error(operation, code, words, known.remedy, known.retry_after)

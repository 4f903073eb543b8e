"""The errors of this package. No message repeats the gateway's bytes: they may contain a token."""


class GatewayError(Exception):
	"""Base of everything this package raises on purpose. `str` is for logs, `sentence` for people."""

	@property
	def sentence(self) -> str:
		"""The text without the operation's name: who pressed the button does not know it."""
		return str(self)


class TimestampError(GatewayError, ValueError):
	"""A text that is no time of the gateway."""


class EncryptionError(GatewayError, ValueError):
	"""A body or a Security Key that AES-256 cannot use."""


class CallbackError(GatewayError, ValueError):
	"""A request body that is no callback. Its text is the message to answer the gateway with."""


class NotSupportedError(GatewayError):
	"""The dialect lacks the operation, or what it needs. Raised before anything is sent."""

	def __init__(self, dialect: str, operation: str, remedy: str):
		super().__init__(f"{operation} is not supported by {dialect}. {remedy}")
		self.dialect = dialect
		self.operation = operation
		self.remedy = remedy

	@property
	def sentence(self) -> str:
		return f"This is not supported by {self.dialect}. {self.remedy}"


class UnusableDeviceError(GatewayError):
	"""What the device's own token or key is, is not known here: nothing was sent."""

	def __init__(self, service_tag: str):
		super().__init__(
			f"The own token or key of device {service_tag} cannot be read, so nothing was sent. Enter it again."
		)
		self.service_tag = service_tag


class RequestRefusedError(GatewayError):
	"""The gateway did not do what was requested.

	`operation` is one of the 38; `code` the HTTP code or, in Web API 3.0, the StatusCode, and None if there was
	no answer; `words` are the gateway's own without secrets; `remedy` says what to do. `transient` means that the
	same request may succeed later, `retry_after` after how many seconds if the gateway said so.
	"""

	transient = False
	advice = "Correct what was asked, or look the code up in the gateway's portal."

	def __init__(
		self,
		operation: str,
		code: int | None,
		words: str,
		remedy: str = "",
		retry_after: float | None = None,
	):
		self.operation = operation
		self.code = code
		self.words = words
		self.remedy = remedy or self.advice
		self.retry_after = retry_after
		outcome = "got no answer" if code is None else f"was refused with {code}"
		self._ending = f"{outcome}: {words}. {self.remedy}"
		super().__init__(f"{operation} {self._ending}")

	@property
	def sentence(self) -> str:
		return f"The request {self._ending}"


class AuthenticationError(RequestRefusedError):
	"""401, or StatusCode 7: the token is missing or not this account's or device's."""

	advice = "Check the AuthToken in the settings, and that it belongs to this device."


class NotFoundError(RequestRefusedError):
	"""404, or StatusCode 2: no such device, person or command."""

	advice = "Verify the service tag, the person's number or the command's id."


class RateLimitedError(RequestRefusedError):
	"""429, or StatusCode 37: too many requests, or another one is running."""

	transient = True
	advice = "Wait and ask again, with fewer requests."


class UnavailableError(RequestRefusedError):
	"""5xx, StatusCode 999, or a connection that failed: the gateway cannot answer at the moment."""

	transient = True
	advice = "Try again later; if it stays, check the base URL and the network."


class TimedOutError(UnavailableError):
	"""No answer in time. A command may have been carried out all the same."""

	advice = "Try again later; see first whether the command was carried out."


class UnreadableReplyError(RequestRefusedError):
	"""An answer that is none of this API's: HTML, another encryption, pages that do not end."""

	advice = "Check the base URL, the gateway API and the encryption in the settings."


class AnswerPendingError(RequestRefusedError):
	"""The gateway took the question but answers later: by the callback, or when the device is back.

	`operation_id` is what GetCommandStatus of REST v3 understands, or empty.
	"""

	advice = "The answer comes to the callback URL, or once the device is online again."

	def __init__(self, operation: str, code: int | None, words: str, operation_id: str = ""):
		super().__init__(operation, code, words)
		self.operation_id = operation_id

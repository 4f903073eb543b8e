"""What can go wrong with the gateway's bytes. No message repeats the bytes: they may hold a token."""


class GatewayError(Exception):
	"""Base of everything this package raises on purpose."""


class TimestampError(GatewayError, ValueError):
	"""A text that is no time of the gateway."""


class EncryptionError(GatewayError, ValueError):
	"""A body or a Security Key that AES-256 cannot use."""


class CallbackError(GatewayError, ValueError):
	"""A request body that is no callback. Its text is the message to answer the gateway with."""

"""Which base URLs the client takes: the AuthToken goes there with every request, so https, or no further than this
machine.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

THIS_MACHINE = "localhost"


def check_base_url(url: str) -> None:
	"""Raise ValueError, with a sentence, unless `url` is https to a named host, or http to this machine."""
	if "\\" in url or "@" in url or " " in url or not url.isprintable():
		raise ValueError("the base URL must be an address without user, blanks or backslashes")
	try:
		parts = urlsplit(url)
		host = parts.hostname or ""
		_ = parts.port
	except ValueError:
		raise ValueError("the base URL is no address") from None
	if parts.scheme not in ("https", "http") or not host:
		raise ValueError("the base URL must start with https:// and name a host")
	if parts.scheme == "http" and not _is_this_machine(host):
		raise ValueError(
			"the base URL must start with https://, as http:// would send the AuthToken in plain text"
		)


def _is_this_machine(host: str) -> bool:
	try:
		return host == THIS_MACHINE or ip_address(host).is_loopback
	except ValueError:
		return False

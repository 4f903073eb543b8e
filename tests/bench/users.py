"""Users of the site under test who act over REST."""

import uuid
from dataclasses import dataclass

from tests.contract.host import Host


@dataclass(frozen=True)
class User:
	email: str
	key: str


def new_user(host: Host, *roles: str) -> User:
	"""Make a user of exactly these roles; `key` is for Host.api."""
	name, secret = uuid.uuid4().hex[:15], uuid.uuid4().hex[:15]
	host.create(
		"User",
		email=f"{name}@example.com",
		first_name=roles[0],
		send_welcome_email=0,
		api_key=name,
		api_secret=secret,
		roles=[{"role": role} for role in roles],
	)
	return User(f"{name}@example.com", f"{name}:{secret}")

"""AuthTokens: kept encrypted for sending and compared as digests. After a change the old one stays valid for a
while.

The digests are Password fields, too: what stands in the column are asterisks, so that nobody can read a digest, or
guess it by filters.
"""

import hashlib
import hmac

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime
from frappe.utils.password import get_encryption_key

from navari_cams_biometric.cams_biometric.base.stored_secrets import read_secret

TOKEN_LENGTH = 32
DIGESTS = ("auth_token_digest", "previous_token_digest")


class TokenHolder:
	"""For a Document with `auth_token`, `auth_token_digest`, `previous_token_digest`, `previous_token_valid_until`."""

	def update_token_digest(self, overlap_hours: int) -> None:
		"""Call from `validate`. A changed token keeps the former valid for `overlap_hours` from now; 0 also ends an
		overlap that is under way.
		"""
		if not overlap_hours:
			self.end_overlap()
		token = (self.auth_token or "").strip()
		if token and not token.strip("*"):
			return  # unchanged: Frappe shows stored passwords as asterisks
		if token and len(token) != TOKEN_LENGTH:
			frappe.throw(
				_(
					"The Auth Token has {0} characters, this one has {1}. Copy it again from the CAMS portal."
				).format(TOKEN_LENGTH, len(token)),
				title=_("Auth Token"),
			)
		self.auth_token = token
		new_digest = digest(token) if token else ""
		former = self.stored_digest("auth_token_digest")
		if new_digest == former:
			return
		self.previous_token_digest = former if overlap_hours else ""
		self.previous_token_valid_until = (
			add_to_date(now_datetime(), hours=overlap_hours) if self.previous_token_digest else None
		)
		self.auth_token_digest = new_digest

	def end_overlap(self) -> None:
		self.previous_token_digest = ""
		self.previous_token_valid_until = None

	def accepts_token(self, token: str) -> bool:
		"""Whether `token` is the current one, or the former within its time. Constant in time."""
		candidate = digest(token)
		current = _equal(candidate, self.stored_digest("auth_token_digest"))
		former = self._former_is_valid() and _equal(candidate, self.stored_digest("previous_token_digest"))
		return bool(token) and (current or former)

	def accepts_secret(self, secret: str) -> bool:
		"""Whether this is the secret of the callback URL, which Settings alone have. Constant in time."""
		return bool(secret) and _equal(digest(secret), self.stored_digest("callback_secret_digest"))

	def stored_digest(self, fieldname: str) -> str:
		"""A digest, from the password store where the document shows asterisks. Empty where it cannot be read."""
		value = self.get(fieldname) or ""
		return value if value.strip("*") else value and read_secret(self, fieldname)

	def _former_is_valid(self) -> bool:
		if not self.previous_token_valid_until:
			return False  # get_datetime makes the present of it
		return now_datetime() < frappe.utils.get_datetime(self.previous_token_valid_until)


def digest(token: str) -> str:
	"""A keyed digest, of any text: without the site's encryption key it can neither be read nor guessed at."""
	return hmac.new(
		get_encryption_key().encode(), token.encode("utf-8", "surrogatepass"), hashlib.sha256
	).hexdigest()


def _equal(candidate: str, stored: str | None) -> bool:
	return hmac.compare_digest(candidate, stored or "")

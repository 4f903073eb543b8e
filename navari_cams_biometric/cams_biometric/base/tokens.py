"""AuthTokens: kept encrypted for sending and compared as digests. After a change the old one stays valid for a
while.
"""

import hashlib
import hmac

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime
from frappe.utils.password import get_encryption_key

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
		if new_digest == (self.auth_token_digest or ""):
			return
		self.previous_token_digest = (self.auth_token_digest or "") if overlap_hours else ""
		self.previous_token_valid_until = (
			add_to_date(now_datetime(), hours=overlap_hours) if self.previous_token_digest else None
		)
		self.auth_token_digest = new_digest

	def save_version(self) -> None:
		"""Without the digests: who may read a document reads its versions whole."""
		if before := self.get_doc_before_save():
			before.update({name: self.get(name) for name in DIGESTS})
		super().save_version()

	def end_overlap(self) -> None:
		self.previous_token_digest = ""
		self.previous_token_valid_until = None

	def accepts_token(self, token: str) -> bool:
		"""Whether `token` is the current one, or the former within its time. Constant in time."""
		candidate = digest(token)
		current = _equal(candidate, self.auth_token_digest)
		former = _equal(candidate, self.previous_token_digest) and self._former_is_valid()
		return bool(token) and (current or former)

	def _former_is_valid(self) -> bool:
		until = frappe.utils.get_datetime(self.previous_token_valid_until)
		return bool(until and now_datetime() < until)


def digest(token: str) -> str:
	"""A keyed digest, of any text: without the site's encryption key it can neither be read nor guessed at."""
	return hmac.new(
		get_encryption_key().encode(), token.encode("utf-8", "surrogatepass"), hashlib.sha256
	).hexdigest()


def _equal(candidate: str, stored: str | None) -> bool:
	return hmac.compare_digest(candidate, stored or "")

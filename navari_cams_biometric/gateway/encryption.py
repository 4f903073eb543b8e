"""The optional AES-256 body: ECB, PKCS#7, the Security Key's 32 ASCII bytes as the key, base64 around it.

It keeps a body from being read on the way. It does not authenticate the sender; the token does.

ref: PROTOCOL section 4
"""

import base64
import binascii

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from .errors import EncryptionError

KEY_LENGTH = 32
BLOCK_BITS = 128


def encrypt(plain: bytes, security_key: str) -> bytes:
	"""Return `plain` as the gateway sends it: base64 of the ciphertext, without line breaks."""
	padder = PKCS7(BLOCK_BITS).padder()
	padded = padder.update(plain) + padder.finalize()
	encryptor = _cipher(security_key).encryptor()
	return base64.b64encode(encryptor.update(padded) + encryptor.finalize())


def decrypt(body: bytes, security_key: str) -> bytes:
	"""Return what `encrypt` was given. A body padded with NULs instead of PKCS#7 is read as well.

	Raises EncryptionError if the body is not base64 of whole blocks, or the key is wrong. A wrong key may go
	unnoticed here; the result is then no JSON.
	"""
	try:
		ciphertext = base64.b64decode(b"".join(body.split()), validate=True)
	except binascii.Error as error:
		raise EncryptionError("body is not base64") from error
	if not ciphertext or len(ciphertext) % (BLOCK_BITS // 8):
		raise EncryptionError("body is not made of whole AES blocks")
	decryptor = _cipher(security_key).decryptor()
	padded = decryptor.update(ciphertext) + decryptor.finalize()
	if padded.endswith((b"\0", b"}")):  # padded with NULs, or with none as the text filled its last block
		return padded.rstrip(b"\0")
	unpadder = PKCS7(BLOCK_BITS).unpadder()
	try:
		return unpadder.update(padded) + unpadder.finalize()
	except ValueError as error:
		raise EncryptionError("body was not encrypted with this Security Key") from error


def validate_key(security_key: str) -> bytes:
	"""Return the key's bytes, or raise EncryptionError unless it has 32 ASCII characters."""
	if len(security_key) != KEY_LENGTH or not security_key.isascii():
		raise EncryptionError(f"Security Key must have {KEY_LENGTH} ASCII characters")
	return security_key.encode("ascii")


def _cipher(security_key: str) -> Cipher[modes.ECB]:
	return Cipher(algorithms.AES(validate_key(security_key)), modes.ECB())

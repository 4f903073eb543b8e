"""The optional AES-256 body."""

import base64
import traceback

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from navari_cams_biometric.gateway.encryption import decrypt, encrypt, validate_key
from navari_cams_biometric.gateway.errors import EncryptionError, GatewayError

REPEATABLE = settings(deadline=None, derandomize=True)

KEY = "0123456789abcdef0123456789ABCDEF"
OTHER_KEY = "fedcba9876543210fedcba9876543210"
PLAIN = b'{"status":"done"}'
BODY = b"OBu9KtmQ/kzI9q+rUjJnOmiHSddOhc1W8N1HMrJIqmM="

keys = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=32, max_size=32)


def encrypt_as_is(blocks: bytes, security_key: str = KEY) -> bytes:
	"""Encrypt whole blocks without adding any padding."""
	encryptor = Cipher(algorithms.AES(security_key.encode()), modes.ECB()).encryptor()
	return base64.b64encode(encryptor.update(blocks) + encryptor.finalize())


def pad_with_nuls(plain: bytes) -> bytes:
	return plain + b"\0" * (-len(plain) % 16)


def everything_said(error: BaseException) -> str:
	"""The error, its causes and what they carry along."""
	texts = traceback.format_exception(type(error), error, error.__traceback__)
	link: BaseException | None = error
	while link:
		texts += [str(link), repr(link), repr(vars(link))]
		link = link.__cause__ or link.__context__
	return "\n".join(texts)


def test_the_documented_vector_is_written():
	assert encrypt(PLAIN, KEY) == BODY


def test_the_documented_vector_is_read():
	assert decrypt(BODY, KEY) == PLAIN


@REPEATABLE
@given(st.binary(max_size=200), keys)
def test_what_was_encrypted_is_decrypted(plain, key):
	assert decrypt(encrypt(plain, key), key) == plain


def test_equal_blocks_give_equal_ciphertext_because_there_is_no_vector():
	ciphertext = base64.b64decode(encrypt(b"0123456789abcdef" * 2, KEY))

	assert ciphertext[:16] == ciphertext[16:32]
	assert len(ciphertext) == 48


@pytest.mark.parametrize("plain", [b'{"status":"done"}', b'{"a":1}', b'{"status":"done","StatusCode":70}'])
def test_a_body_padded_with_nuls_is_read(plain):
	assert decrypt(encrypt_as_is(pad_with_nuls(plain)), KEY) == plain


def test_a_body_padded_with_a_whole_block_of_nuls_is_read():
	plain = b'{"status":"ok"} '

	assert decrypt(encrypt_as_is(plain + b"\0" * 16), KEY) == plain


def test_a_body_padded_with_nuls_that_needs_none_is_read():
	"""Whoever pads with NULs adds nothing to a text that fills its last block, unlike PKCS#7."""
	plain = b'{"status":"ok" }'
	assert len(plain) == 16

	assert decrypt(encrypt_as_is(plain), KEY) == plain


def test_a_body_of_nothing_but_nuls_is_empty():
	assert decrypt(encrypt_as_is(b"\0" * 16), KEY) == b""


@pytest.mark.parametrize("body", [BODY + b"\r\n", b" " + BODY, BODY[:20] + b"\r\n" + BODY[20:]])
def test_white_space_in_the_base64_is_ignored(body):
	assert decrypt(body, KEY) == PLAIN


def test_another_key_is_refused():
	with pytest.raises(EncryptionError):
		decrypt(BODY, OTHER_KEY)


def test_a_key_of_another_case_is_another_key():
	with pytest.raises(EncryptionError):
		decrypt(BODY, KEY.swapcase())


@REPEATABLE
@given(st.binary(min_size=1, max_size=64), keys, keys)
def test_another_key_never_gives_the_text(plain, key, other_key):
	assume(key != other_key)
	body = encrypt(plain, key)
	try:
		result = decrypt(body, other_key)
	except EncryptionError:
		return
	assert result != plain


@pytest.mark.parametrize(
	"body",
	[
		b"",
		b"   ",
		b"not base64!",
		b'{"status":"done"}',
		BODY[:-1],
		BODY[:-4],
		BODY + b"A",
		BODY + BODY,
		b"====",
		b"AAAA",
		b"\xff\xfe\x00",
		"é".encode(),
		BODY.replace(b"/", b"_").replace(b"+", b"-"),
		bytes(32),
	],
)
def test_a_body_that_is_not_base64_of_whole_blocks_is_refused(body):
	with pytest.raises(EncryptionError):
		decrypt(body, KEY)


@pytest.mark.parametrize(
	"key",
	["", "short", KEY[:16], KEY[:24], KEY[:-1], KEY + "0", KEY[:-1] + "é", "é" * 16, "é" * 32, "\ud800" * 32],
)
@pytest.mark.parametrize(
	"use", [lambda key: encrypt(PLAIN, key), lambda key: decrypt(BODY, key), validate_key]
)
def test_a_key_that_has_not_32_ascii_characters_is_refused(use, key):
	with pytest.raises(EncryptionError, match="32 ASCII characters"):
		use(key)


def test_a_key_of_32_ascii_characters_gives_its_own_bytes():
	assert validate_key(KEY) == KEY.encode()


@pytest.mark.parametrize(
	("body", "key"),
	[
		(BODY, OTHER_KEY),
		(BODY, "hunter2-hunter2-hunter2"),
		(BODY, "hunter2-hunter2-hunter2-hunter2é"),
		(b"not base64!", KEY),
		(b"AAAA", KEY),
	],
)
def test_no_error_tells_the_key_or_the_body(body, key):
	with pytest.raises(EncryptionError) as refusal:
		decrypt(body, key)

	said = everything_said(refusal.value)
	assert key not in said
	assert body.decode() not in said


def test_the_error_is_one_of_the_package_and_a_value_error():
	assert issubclass(EncryptionError, GatewayError)
	assert issubclass(EncryptionError, ValueError)


@REPEATABLE
@given(st.binary(max_size=100), st.one_of(keys, st.text(max_size=40)))
def test_any_bytes_are_read_or_refused(body, key):
	try:
		decrypt(body, key)
	except EncryptionError:
		pass


@REPEATABLE
@given(st.integers(0, 4).flatmap(lambda blocks: st.binary(min_size=16 * blocks, max_size=16 * blocks)))
def test_any_whole_blocks_are_read_or_refused(ciphertext):
	try:
		decrypt(base64.b64encode(ciphertext), KEY)
	except EncryptionError:
		pass

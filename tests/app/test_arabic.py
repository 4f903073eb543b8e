"""locale/ar.po, a complete translation: each text of the app can be reached, with what is put into it."""

import ast
import re
from collections import Counter
from pathlib import Path

import navari_cams_biometric

LOCALE = Path(navari_cams_biometric.__file__).parent / "locale"
ENTRY = re.compile(r'^(?:msgctxt ((?:".*"\n)+))?msgid ((?:".*"\n)+)msgstr ((?:".*"(?:\n|\Z))+)', re.MULTILINE)
KEPT = re.compile(r"\{[^{}]*\}|%s|<[^<>]+>|`[^`]+`")


def entries(name: str) -> dict[tuple[str, str], str]:
	"""Translations by context and text, without the header."""
	found = ENTRY.findall((LOCALE / name).read_text(encoding="utf-8"))
	rows = (tuple(_joined(part) for part in entry) for entry in found)
	return {(context, text): translated for context, text, translated in rows if text}


def _joined(part: str) -> str:
	return "".join(ast.literal_eval(line) for line in part.splitlines())


ARABIC = entries("ar.po")


def test_it_has_every_text_and_no_other():
	texts = set(entries("main.pot"))
	assert len(texts) > 1000
	assert (sorted(texts - set(ARABIC)), sorted(set(ARABIC) - texts)) == ([], [])
	assert [text for text, translated in ARABIC.items() if not translated.strip()] == []


def test_what_is_put_into_a_text_and_its_tags_are_kept():
	differing = [
		text
		for (_context, text), translated in ARABIC.items()
		if Counter(KEPT.findall(text)) != Counter(KEPT.findall(translated))
	]
	assert differing == []


def test_it_says_that_it_is_a_draft():
	assert "draft" in (LOCALE / "ar.po").read_text(encoding="utf-8").splitlines()[0]

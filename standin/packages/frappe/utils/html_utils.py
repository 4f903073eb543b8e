"""Cleaning HTML: a rough imitation of what Frappe does with bleach."""

import html
import re
from html.parser import HTMLParser

_TAG = re.compile(r"<[^>]*>")
_FORBIDDEN = {"script", "style", "iframe", "object", "embed", "form", "input", "button", "link", "meta"}
_EMPTY = {"br", "hr", "img"}
_KNOWN = {
	*"a b i u em strong p br hr div span pre code ul ol li table thead tbody tr td th details summary".split(),
	*"h1 h2 h3 h4 h5 h6 blockquote img sub sup small".split(),
}


def escape_html(text: str) -> str:
	return html.escape(text, quote=True) if isinstance(text, str) else text


def strip_html(text: str) -> str:
	return _TAG.sub("", text)


def sanitize_html(text: str, linkify: bool = False) -> str:
	"""Text without anything that could run; unknown tags are shown instead of obeyed."""
	if not isinstance(text, str) or not ("<" in text or ">" in text):
		return text
	cleaner = _Cleaner()
	cleaner.feed(text)
	cleaner.close()
	return "".join(cleaner.parts)


class _Cleaner(HTMLParser):
	def __init__(self) -> None:
		super().__init__(convert_charrefs=False)
		self.parts: list[str] = []

	def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
		if tag not in _KNOWN:
			self.parts.append(html.escape(self.get_starttag_text() or "", quote=False))
			return
		kept = [
			f' {name}="{html.escape(value or "")}"'
			for name, value in attrs
			if not name.startswith("on") and "javascript:" not in (value or "").lower()
		]
		self.parts.append(f"<{tag}{''.join(kept)}>")

	def handle_endtag(self, tag: str) -> None:
		if tag in _KNOWN and tag not in _EMPTY:
			self.parts.append(f"</{tag}>")
		elif tag in _FORBIDDEN or tag not in _KNOWN:
			self.parts.append(f"&lt;/{tag}&gt;")

	def handle_data(self, data: str) -> None:
		self.parts.append(data.replace("<", "&lt;").replace(">", "&gt;"))

	def handle_entityref(self, name: str) -> None:
		self.parts.append(f"&{name};")

	def handle_charref(self, name: str) -> None:
		self.parts.append(f"&#{name};")

"""The documents: no dead link, anchor or picture that nobody sees, and a README that is read to its end."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import navari_cams_biometric

ROOT = Path(__file__).parents[1]
MOST_WORDS_OF_README = 1800
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
LINK = re.compile(r"\]\(([^()\s]+)\)")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
QUOTED = re.compile(r"""(?=(["'`])((?:(?!\1|\n).)+)\1)""")  # also within each other
# Of Frappe, ERPNext and HRMS.
LABELS_OF_OTHERS = {
	"Attendance Device ID",
	"Connections",
	"Last Sync of Checkin",
	"Personal Data Deletion Request",
	"Personal Data Download Request",
}


def documents(root: Path) -> list[Path]:
	return [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("standin/*.md")]


def prose(document: Path) -> str:
	"""Without blocks of code: what looks like a heading or a link there is none."""
	return FENCE.sub("", document.read_text(encoding="utf-8"))


def anchors(document: Path) -> set[str]:
	"""The names that a forge gives to headings: lower case, no punctuation, hyphens, and a number from the second on."""
	seen: Counter[str] = Counter()
	names = set()
	for heading in HEADING.findall(prose(document)):
		text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
		name = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
		names.add(f"{name}-{seen[name]}" if seen[name] else name)
		seen[name] += 1
	return names


def links(root: Path) -> Iterator[tuple[Path, str, Path, str]]:
	"""Each link within the project: its document, how it is written, its file and its anchor."""
	for document in documents(root):
		for link in LINK.findall(prose(document)):
			if "://" in link or link.startswith("mailto:"):
				continue
			path, _, anchor = link.partition("#")
			yield document, link, (document.parent / path).resolve() if path else document, anchor


def problems(root: Path) -> list[str]:
	found = []
	for document, link, target, anchor in links(root):
		if not target.exists():
			found.append(f"{document.relative_to(root)}: {link} leads nowhere")
		elif anchor and anchor not in anchors(target):
			found.append(f"{document.relative_to(root)}: {link} has no such heading")
	shown = {target for _, _, target, _ in links(root)}
	found += [f"{path.name} is shown nowhere" for path in root.glob("docs/images/*") if path not in shown]
	if (words := len((root / "README.md").read_text(encoding="utf-8").split())) > MOST_WORDS_OF_README:
		found.append(f"README.md has {words} words")
	return sorted(found)


def test_every_link_leads_somewhere_every_picture_is_shown_and_the_readme_is_short():
	assert problems(ROOT) == []


def test_the_check_finds_what_it_is_for(tmp_path):
	(tmp_path / "docs/images").mkdir(parents=True)
	for picture in ("shown.png", "forgotten.png"):
		(tmp_path / "docs/images" / picture).touch()
	(tmp_path / "docs/guide.md").write_text(
		"# Guide\n\n## Who is `in`?\n\n```\n# no heading\n```\n## Guide\n"
	)
	good = "![](docs/images/shown.png) [a](docs/guide.md#who-is-in) [b](docs/guide.md#guide-1) [c](#long)"
	bad = "[d](docs/gone.md) [e](docs/guide.md#no-heading)"
	(tmp_path / "README.md").write_text(f"# Long\n{good} {bad}\n" + "word " * MOST_WORDS_OF_README)

	assert problems(tmp_path) == [
		"README.md has 1808 words",
		"README.md: docs/gone.md leads nowhere",
		"README.md: docs/guide.md#no-heading has no such heading",
		"forgotten.png is shown nowhere",
	]


def test_the_changelog_begins_with_the_version_that_is_here():
	newest = HEADING.findall(prose(ROOT / "CHANGELOG.md"))[1]

	assert newest.split()[0] == navari_cams_biometric.__version__


def test_bold_words_of_the_guide_are_labels_of_the_desk():
	"""Except where a sentence or a paragraph begins with them: those end in a full stop or a colon."""
	sources = [
		path for kind in ("py", "js", "json") for path in (ROOT / "navari_cams_biometric").rglob(f"*.{kind}")
	]
	quoted = {text for path in sources for _, text in QUOTED.findall(path.read_text(encoding="utf-8"))}
	labels = {label for text in quoted for label in text.split("\\n")} | LABELS_OF_OTHERS
	bold = [words for words in BOLD.findall(prose(ROOT / "docs/guide.md")) if words[-1] not in ".:"]
	used = {label.rstrip("…") for words in bold for label in words.split(" > ")}

	assert len(used) > 50
	assert sorted(used - {label.rstrip("…") for label in labels}) == []

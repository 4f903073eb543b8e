"""Suggest the employee for an unknown user of a device: by number, by name. It compares texts only, and a person
confirms the suggestion.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from rapidfuzz.distance import Indel

NUMBER_AND_NAME = "number and name"
SAME_NAME = "same name"
SAME_NUMBER = "same number"
SIMILAR_NAME = "similar name"
OTHER_NAME = "same number, another name"
HAS_IT = "has this ID"

MOST = 3  # more than a person compares
ALIKE = 0.75  # two words of a name, written in two ways
FIRST_NAME_ONLY = 0.7
SHORTENED = 0.85  # "Chris" for "Christopher", or a name that the device cut
SURE = 0.95
LIKELY = 0.75
LEAD = 0.05


class Candidate(NamedTuple):
	"""An employee. Whoever has `user_ids` is suggested where the number or the whole name says so, and never as sure."""

	employee: str
	employee_name: str
	employee_number: str = ""
	user_ids: tuple[str, ...] = ()


class Suggestion(NamedTuple):
	"""`score` is between 0 and 1 and only good for comparing."""

	employee: str
	employee_name: str
	why: str
	score: float


class Directory:
	"""Candidates, indexed once for many questions."""

	def __init__(self, candidates: Iterable[Candidate]):
		self._by_number: dict[str, set[Candidate]] = defaultdict(set)
		self._by_word: dict[str, set[Candidate]] = defaultdict(set)
		self._by_letter: dict[str, set[str]] = defaultdict(set)
		for candidate in candidates:
			self._add(candidate)

	def _add(self, candidate: Candidate) -> None:
		for number in _numbers(candidate):
			self._by_number[number].add(candidate)
		for word in _name_words(candidate.employee_name):
			self._by_word[word].add(candidate)
			self._by_letter[word[0]].add(word)

	def suggest(self, user_id: str, name_on_device: str = "") -> list[Suggestion]:
		"""Return up to three, the likeliest first. Nobody where many are equally likely: that says nothing."""
		same_number = self._by_number.get(_number(user_id), set())
		candidates = same_number | self._alike(name_on_device)
		judged = [_judge(each, each in same_number, name_on_device) for each in candidates]
		ranked = sorted(
			(suggestion for suggestion in judged if suggestion),
			key=lambda suggestion: (-suggestion.score, suggestion.employee),
		)
		if len(ranked) > MOST and ranked[0].score == ranked[MOST].score:
			return []
		return ranked[:MOST]

	def _alike(self, name: str) -> set[Candidate]:
		"""Those with a word like each of the name's. Only words with the same first letter are compared."""
		alike = [self._with_word_like(word) for word in _name_words(name)]
		return set.intersection(*alike) if alike else set()

	def _with_word_like(self, word: str) -> set[Candidate]:
		others = self._by_letter.get(word[0], ())
		return set().union(*(self._by_word[other] for other in others if _alikeness(word, other) >= ALIKE))


def likeliest(suggestions: list[Suggestion], at_least: float = LIKELY) -> Suggestion | None:
	"""The first, if it is likely and clearly ahead of the second."""
	if not suggestions or suggestions[0].score < at_least:
		return None
	if len(suggestions) > 1 and suggestions[0].score - suggestions[1].score < LEAD:
		return None
	return suggestions[0]


def similarity(name_on_device: str, employee_name: str) -> float:
	"""How alike two names are, from 0 to 1, whatever the order of the words. The device's may leave words out,
	but each of its words must be like one of the employee's."""
	words, others = _name_words(name_on_device), _name_words(employee_name)
	if not words or len(words) > len(others):
		return 0
	count, left, scores = len(others), list(others), []
	for word in words:
		best = max(left, key=lambda other: _alikeness(word, other))
		scores.append(_alikeness(word, best))
		left.remove(best)
	if min(scores) < ALIKE:
		return 0
	if len(words) == 1 and count > 1:
		return FIRST_NAME_ONLY
	return sum(scores) / len(scores) - (0.05 if left else 0)


def _judge(candidate: Candidate, same_number: bool, name_on_device: str) -> Suggestion | None:
	alike = similarity(name_on_device, candidate.employee_name)
	if candidate.user_ids:
		return _judge_known(candidate, same_number, alike)
	if same_number and alike:
		return Suggestion(candidate.employee, candidate.employee_name, NUMBER_AND_NAME, 1)
	if same_number and name_on_device.strip():
		return Suggestion(candidate.employee, candidate.employee_name, OTHER_NAME, 0.5)
	if same_number:
		return Suggestion(candidate.employee, candidate.employee_name, SAME_NUMBER, 0.8)
	if not alike:
		return None
	why = SAME_NAME if alike == 1 else SIMILAR_NAME
	return Suggestion(candidate.employee, candidate.employee_name, why, round(alike * 0.95, 3))


def _judge_known(candidate: Candidate, same_number: bool, alike: float) -> Suggestion | None:
	"""A further ID of somebody who has one: of a wholly equal name, or a number that is written otherwise."""
	if same_number and alike:
		return Suggestion(candidate.employee, candidate.employee_name, NUMBER_AND_NAME, 0.9)
	if alike == 1:
		return Suggestion(candidate.employee, candidate.employee_name, SAME_NAME, 0.85)
	if same_number:
		return Suggestion(candidate.employee, candidate.employee_name, SAME_NUMBER, 0.7)
	return None


def _alikeness(word: str, other: str) -> float:
	if word == other:
		return 1
	if word.startswith(other) or other.startswith(word):
		return SHORTENED
	return Indel.normalized_similarity(word, other, score_cutoff=ALIKE)


def _name_words(name: str) -> list[str]:
	"""In small letters, without accents and punctuation."""
	plain = unicodedata.normalize("NFKD", name or "").casefold()
	plain = "".join(letter for letter in plain if not unicodedata.combining(letter) and letter not in "'’")
	return "".join(letter if letter.isalnum() else " " for letter in plain).split()


def _numbers(candidate: Candidate) -> set[str]:
	"""What an id on a device may be equal to: the employee number, the record's name, the number at its end."""
	name = candidate.employee
	series = name[len(name.rstrip("0123456789")) :]
	return {_number(text) for text in (candidate.employee_number, name, series, *candidate.user_ids)} - {""}


def _number(text: str) -> str:
	text = (text or "").strip().casefold()
	return text.lstrip("0") if text.isdecimal() else text

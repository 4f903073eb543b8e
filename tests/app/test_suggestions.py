"""Who an unknown user may be: what counts as the same number and as a similar name, and when nothing is said."""

import pytest

from navari_cams_biometric.cams_biometric.punches.suggestions import (
	NUMBER_AND_NAME,
	OTHER_NAME,
	SAME_NAME,
	SAME_NUMBER,
	SIMILAR_NAME,
	SURE,
	Candidate,
	Directory,
	Suggestion,
	likeliest,
	similarity,
)

AMANI = Candidate("HR-EMP-00007", "Amani Mosi", "")
BARAKA = Candidate("HR-EMP-00008", "Baraka Juma Pili", "0042")
CHEBET = Candidate("HR-EMP-00009", "Chebet Tatu", "A-17")
PEOPLE = (AMANI, BARAKA, CHEBET)


def suggested(user_id, name="", people=PEOPLE):
	return [(each.employee, each.why) for each in Directory(people).suggest(user_id, name)]


@pytest.mark.parametrize(
	("user_id", "employee"),
	[
		("7", AMANI),
		("007", AMANI),
		("00000007", AMANI),
		("HR-EMP-00007", AMANI),
		("hr-emp-00007", AMANI),
		("42", BARAKA),
		("0042", BARAKA),
		(" 42 ", BARAKA),
		("a-17", CHEBET),
	],
)
def test_the_same_number_is_found(user_id, employee):
	assert suggested(user_id) == [(employee.employee, SAME_NUMBER)]


@pytest.mark.parametrize("user_id", ["70", "1", "", "0", "17", "EMP-00007"])
def test_another_number_is_not(user_id):
	assert suggested(user_id) == []


@pytest.mark.parametrize(
	("name", "employee", "why"),
	[
		("Amani Mosi", AMANI, SAME_NAME),
		("MOSI, AMANI", AMANI, SAME_NAME),
		("Amáni  Mosi", AMANI, SAME_NAME),
		("Amanni Mosi", AMANI, SIMILAR_NAME),
		("Baraka Pili", BARAKA, SIMILAR_NAME),
		("B Pili", BARAKA, SIMILAR_NAME),
		("Baraka Ju", BARAKA, SIMILAR_NAME),
	],
)
def test_a_similar_name_is_found(name, employee, why):
	assert suggested("999", name)[:1] == [(employee.employee, why)]


@pytest.mark.parametrize("name", ["", "Amani Pili", "Imani Nane", "Baraka Juma Pili Saba", "---"])
def test_another_name_is_not(name):
	assert suggested("999", name) == []


def test_number_and_name_together_go_before_either():
	other = Candidate("HR-EMP-00100", "Amani Mosi")
	assert suggested("7", "Amani Mosi", (*PEOPLE, other)) == [
		(AMANI.employee, NUMBER_AND_NAME),
		(other.employee, SAME_NAME),
	]


def test_a_number_with_another_name_is_shown_and_not_chosen():
	suggestions = Directory(PEOPLE).suggest("7", "Chebet Tatu")
	assert [(each.employee, each.why) for each in suggestions] == [
		(CHEBET.employee, SAME_NAME),
		(AMANI.employee, OTHER_NAME),
	]
	assert likeliest(Directory(PEOPLE).suggest("7", "Night Cleaning")) is None


def test_a_first_name_alone_is_shown_and_not_chosen():
	suggestions = Directory(PEOPLE).suggest("999", "Amani")
	assert [each.employee for each in suggestions] == [AMANI.employee]
	assert likeliest(suggestions) is None


def test_two_of_the_same_name_are_both_shown_and_none_is_chosen():
	suggestions = Directory((*PEOPLE, Candidate("HR-EMP-00100", "Amani Mosi"))).suggest("999", "Amani Mosi")
	assert [each.employee for each in suggestions] == [AMANI.employee, "HR-EMP-00100"]
	assert likeliest(suggestions) is None


def test_many_of_the_same_name_say_nothing():
	people = [Candidate(f"HR-EMP-001{number}", "Amani Mosi") for number in range(10, 14)]
	assert suggested("999", "Amani Mosi", people) == []


@pytest.mark.parametrize(
	("user_id", "name", "sure"),
	[("7", "Amani Mosi", True), ("999", "Amani Mosi", True), ("7", "", False), ("999", "Amanni Mosi", False)],
)
def test_only_a_name_that_is_the_same_makes_sure(user_id, name, sure):
	assert bool(likeliest(Directory(PEOPLE).suggest(user_id, name), SURE)) is sure


def test_nobody_is_likeliest_of_none():
	assert likeliest([]) is None


def test_the_likeliest_is_well_ahead():
	first, close, far = (
		Suggestion(name, name, SAME_NUMBER, score)
		for name, score in zip("abc", (0.9, 0.88, 0.7), strict=True)
	)
	assert likeliest([first, far]) == first
	assert likeliest([first, close]) is None


def test_similarity_is_between_none_and_the_same():
	assert similarity("Amani Mosi", "Mosi Amani") == 1
	assert 0 < similarity("Amanni Mosi", "Amani Mosi") < 1
	assert similarity("Amani Mosi", "") == similarity("", "Amani Mosi") == 0

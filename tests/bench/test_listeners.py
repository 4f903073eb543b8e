"""Whoever listens to check-ins is found, on a site of Frappe's own: then they are made one by one."""

import json
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("listening.py")


@pytest.fixture(scope="module")
def said(bench_site):
	return json.loads(bench_site.script(SCRIPT, bench_site.name).splitlines()[-1])


def test_on_a_site_as_it_is_installed_nobody_listens(said):
	assert said["quiet"] == []


def test_each_kind_of_listener_is_heard(said):
	silent = [name for name in said["heard"] if not said["found"][name]]
	assert silent == []


def test_what_changes_nothing_of_what_is_stored_is_none(said):
	assert {name: said["found"][name] for name in said["not heard"]} == {key: [] for key in said["not heard"]}

"""The dump from which the site under test is made: when it counts, and when it does not."""

import shutil

import pytest

from tests.bench.fresh_site import APPS, FreshSite

SETUP = {"country": "Kenya"}


@pytest.fixture(scope="module")
def dumped(tmp_path_factory, bench_site):
	"""As much of a bench as a dump depends on, with a dump."""
	bench = tmp_path_factory.mktemp("bench")
	for app in APPS:
		folder = bench / "apps" / app / app
		folder.mkdir(parents=True)
		(folder / "__init__.py").write_text('__version__ = "1"\n')
	fresh = FreshSite(bench, SETUP)
	assert not fresh.is_there
	fresh.save(bench_site.config)
	return bench


@pytest.fixture
def bench(dumped, tmp_path):
	return shutil.copytree(dumped, tmp_path / "bench")


@pytest.fixture
def saved(bench):
	return FreshSite(bench, SETUP)


def test_a_dump_counts_until_an_app_changes(bench, saved):
	assert saved.is_there
	(bench / "apps" / "hrms" / "hrms" / "__init__.py").write_text('__version__ = "1.1"\n')
	assert not FreshSite(bench, SETUP).is_there


def test_a_dump_of_another_setup_does_not_count(bench):
	assert not FreshSite(bench, {"country": "India"}).is_there


def test_a_dump_that_was_cut_off_does_not_count(saved):
	whole = saved.sql.read_bytes()
	saved.sql.write_bytes(whole[: len(whole) // 2])
	assert not saved.is_there


def test_a_dump_has_the_site_and_no_access_to_its_database(bench_site, saved):
	assert b"`tabEmployee`" in saved.sql.read_bytes()
	assert saved.settings["encryption_key"] == bench_site.config["encryption_key"]
	assert not [name for name in saved.settings if name.startswith("db_")]


def test_a_new_dump_takes_the_place_of_the_old_one(bench, bench_site):
	other = FreshSite(bench, {"country": "India"})
	other.save(bench_site.config)
	assert [path.stem for path in other.folder.glob("*.sql")] == [other.sql.stem]

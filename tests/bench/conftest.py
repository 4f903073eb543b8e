"""The host fixtures of the contract, on the site that `python -m tests.bench` made."""

import pytest

from tests.bench.browser import chromium, desk, desk_user, new_desk_user
from tests.contract.conftest import encrypt, host, new_device, new_employee, new_user_id

__all__ = [
	"bench_site",
	"chromium",
	"desk",
	"desk_user",
	"encrypt",
	"host",
	"new_desk_user",
	"new_device",
	"new_employee",
	"new_user_id",
]


@pytest.fixture(scope="module", autouse=True)
def no_unread_events(bench_site):
	"""Those of other tests hold shifts, and stand on Held Punches and in the digest."""
	bench_site.sql("update `tabCAMS Unread Event` set state = 'Dismissed'")


@pytest.fixture(scope="session")
def bench_site(pytestconfig):
	return pytestconfig.bench_site

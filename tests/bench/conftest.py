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
def nothing_left_open(bench_site):
	"""What other files left would hold shifts or be held, and stand on Held Punches and in the digest."""
	bench_site.sql(
		"update `tabCAMS Unread Event` set state = 'Dismissed';"
		"update `tabShift Type` set enable_auto_attendance = 0"
	)


@pytest.fixture(scope="session")
def bench_site(pytestconfig):
	return pytestconfig.bench_site

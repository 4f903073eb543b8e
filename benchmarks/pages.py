"""How long pages, reports, lists and forms take to open on a large site, and by how many queries."""

from tests.bench.bench_site import BenchSite
from tests.bench.browser import make_desk_user
from tests.bench.opening import OPENINGS, Desk, be_employee, large_site, places
from tests.contract.host import Host


def pages(site: BenchSite, host: Host, punches: int) -> None:
	"""Opens what tests/bench/test_speed.py opens; the reports that ask the gateway ask the simulator."""
	print(
		f"pages and reports with {punches:,} punches and 2,000 employees (median of {OPENINGS} openings; aim 1 s)"
	)
	with large_site(site, host, punches):
		user = make_desk_user(host, "HR Manager", "System Manager")
		be_employee(site, host, user)
		desk = Desk(host, user)
		for place in places():
			figures = desk.measure(place)
			print(
				f"           {figures.seconds:7.3f} s {figures.queries:3} queries  {place.name}", flush=True
			)

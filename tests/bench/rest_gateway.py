"""A simulated gateway that Settings name."""

from collections.abc import Iterator
from contextlib import contextmanager

from simulator import Simulator
from tests.contract.host import SETTINGS, TOKEN, Host


@contextmanager
def rest_gateway(host: Host) -> Iterator[Simulator]:
	"""It speaks REST v3. At the end Settings name none."""
	with Simulator(token=TOKEN) as gateway:
		host.update(SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url=gateway.rest_url)
		try:
			yield gateway
		finally:
			host.update(SETTINGS, SETTINGS, base_url="")

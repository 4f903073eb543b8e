"""The simulator of tests/gateway with a callback URL, and what its tests ask of queues and callbacks."""

import pytest

from navari_cams_biometric.gateway.callback import parse_callback
from tests.gateway.conftest import GATE, make_client, naps, receiver, rest, simulator, web

__all__ = ["make_client", "naps", "receiver", "rest", "simulator", "web"]


@pytest.fixture
def gateway(simulator, receiver):
	"""The simulator with a callback URL."""
	simulator.world.callback_url = receiver.url
	return simulator


def user_ids(receiver) -> list[str]:
	return [punch.user_id for body in receiver.bodies for punch in parse_callback(body).punches]


def waiting(simulator, tag: str = GATE) -> list[str]:
	return [event.kind for event in simulator.world.queues[tag].events]

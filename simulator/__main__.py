"""`python -m simulator`: the simulator by itself, its clock running.

Control it over HTTP, see `control`.
"""

import argparse
import signal
import sys
import threading
import time
from datetime import date

from . import DEMO_TOKEN, Simulator
from .days import populate

STEP_SECONDS = 0.2


def main(arguments: list[str] | None = None) -> int:
	options = _parser().parse_args(arguments)
	stopped = threading.Event()
	for number in (signal.SIGINT, signal.SIGTERM):
		signal.signal(number, lambda *_: stopped.set())
	simulator = Simulator(options.token, options.callback_url, port=options.port, seed=options.seed)
	with simulator:
		_fill(simulator, options)
		sys.stdout.write(f"gateway simulator ready on {simulator.url}\n")
		sys.stdout.flush()
		_run(simulator, options.speed, stopped)
	return 0


def _parser() -> argparse.ArgumentParser:
	parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
	parser.add_argument("--port", type=int, default=8090, help="on 127.0.0.1; 0 takes a free one")
	parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same day")
	parser.add_argument("--token", default=DEMO_TOKEN, help="the account's AuthToken, 32 characters")
	parser.add_argument("--callback-url", default="", help="where events go; without it they wait")
	parser.add_argument("--day", choices=["morning"], help="a day to play")
	parser.add_argument("--date", type=date.fromisoformat, help="of that day, YYYY-MM-DD; today if missing")
	parser.add_argument("--people", type=int, default=200)
	parser.add_argument("--devices", type=int, default=4)
	parser.add_argument("--history-days", type=int, default=0, help="days of history that the gateway has")
	parser.add_argument("--speed", type=float, default=1.0, help="seconds of the clock for one real second")
	return parser


def _fill(simulator: Simulator, options: argparse.Namespace) -> None:
	populate(simulator.world, options.people, options.devices)
	if options.history_days:
		simulator.history(options.people, options.devices, options.history_days, options.date)
	if options.day:
		simulator.day(options.day, options.people, options.devices, options.date)


def _run(simulator: Simulator, speed: float, stopped: threading.Event) -> None:
	"""Let the clock run until a signal. With speed 0 only the control API moves it."""
	before = time.monotonic()
	while not stopped.wait(STEP_SECONDS):
		now = time.monotonic()
		if speed:
			simulator.tick((now - before) * speed)
		before = now


if __name__ == "__main__":
	sys.exit(main())

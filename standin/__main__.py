"""`python -m standin serve`: keep the stand-in running. Not Frappe: see README.md beside this file."""

import argparse

from standin.server import serve


def main() -> None:
	parser = argparse.ArgumentParser(prog="python -m standin", description=__doc__)
	commands = parser.add_subparsers(dest="command", required=True)
	command = commands.add_parser("serve", help="serve the app over HTTP on 127.0.0.1")
	command.add_argument("--port", type=int, default=8000, help="0 takes any free port")
	command.add_argument(
		"--database", help="folder that keeps the data; without it they end with the process"
	)
	command.add_argument("--sweep-seconds", type=float, default=20, help="how often scheduled methods run")
	command.add_argument(
		"--expect-history",
		action=argparse.BooleanOptionalAction,
		default=True,
		help="press that button on the documented device: its batches carry no token",
	)
	arguments = parser.parse_args()
	serve(arguments.port, arguments.database, arguments.sweep_seconds, arguments.expect_history)


if __name__ == "__main__":
	main()

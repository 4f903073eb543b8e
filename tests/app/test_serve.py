"""`make serve`: the lines that it prints are the documented bodies, and work in a shell as they are."""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from tests.contract.host import CALLBACK

ROOT = Path(__file__).parents[2]
BODIES = [
	{
		"RealTime": {
			"OperationID": "9nu1wak5616p",
			"LabelName": "Main Gate",
			"SerialNumber": "ZHM1100000001",
			"PunchLog": {
				"Type": "CheckIn",
				"Temperature": "36.8",
				"FaceMask": False,
				"InputType": "Fingerprint",
				"UserId": "EMP-0001",
				"LogTime": "2024-09-17 08:00:00 GMT +0300",
			},
			"AuthToken": "demo-auth-token-0123456789abcdef",
			"Time": "2024-09-17 05:01:00 GMT +0000",
		}
	},
	{
		"PunchLog": {
			"ReturnRowCount": "3",
			"Log": [
				{"Type": "CheckIn", "UserID": "EMP-0001", "LogTime": "2024-09-17 08:00:00 GMT +0300"},
				{"Type": "CheckOut", "UserID": "EMP-0001", "LogTime": "2024-09-17 17:30:00 GMT +0300"},
				{"Type": "CheckIn", "UserID": "EMP-0002", "LogTime": "2024-09-17 08:15:00 GMT +0300"},
			],
		}
	},
]


@pytest.fixture
def serve() -> Iterator:
	"""Start `standin serve` on a free port, with more options; tell its URL and the lines to paste."""
	processes = []

	def start(*options: str) -> tuple[str, list[str]]:
		command = [sys.executable, "-m", "standin", "serve", "--port", "0", "--sweep-seconds", "2", *options]
		process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
		processes.append(process)
		url = process.stdout.readline().split("ready on ")[1].split()[0]
		printed = [] if options else takewhile("Ctrl+C stops it.\n".__ne__, process.stdout)
		return url, [line.strip() for line in printed if line.startswith("curl ")]

	yield start
	for process in processes:
		process.terminate()
		process.stdout.close()
		process.wait()


def paste(line: str) -> dict:
	environment = {**os.environ, "no_proxy": "127.0.0.1"}
	done = subprocess.run(line, shell=True, env=environment, capture_output=True, text=True, timeout=30)
	assert done.returncode == 0, done.stderr
	return json.loads(done.stdout)


def paste_until(line: str, are_there: Callable[[list[dict]], bool]) -> list[dict]:
	"""Paste it again until its rows are as expected, or half a minute is over."""
	deadline = time.monotonic() + 30
	while not are_there(rows := paste(line)["data"]) and time.monotonic() < deadline:
		time.sleep(0.2)
	return rows


def test_the_printed_bodies_are_the_documented_ones(serve):
	url, lines = serve()
	commands = [shlex.split(line) for line in lines[:2]]

	assert [json.loads(command[command.index("-d") + 1]) for command in commands] == BODIES
	assert all(url + CALLBACK in command for command in commands)


def test_the_printed_lines_work_as_they_are(serve):
	_url, (punch, batch, checkins, *_desk) = serve()

	assert paste(punch) == {"status": "done"}
	assert paste(batch) == {"status": "done"}
	made = paste_until(checkins, lambda rows: len(rows) == 3)
	assert [(each["log_type"], each["time"], each["custom_original_time"]) for each in made] == [
		("IN", "2024-09-17 08:00:00", "2024-09-17 08:00:00 GMT +0300"),
		("IN", "2024-09-17 08:15:00", "2024-09-17 08:15:00 GMT +0300"),
		("OUT", "2024-09-17 17:30:00", "2024-09-17 17:30:00 GMT +0300"),
	]
	assert [each["employee_name"] for each in made] == ["Employee One", "Employee Two", "Employee One"]


def test_the_lines_of_hr_settle_what_is_held(serve):
	_url, (*_gateway, sent, punches, link, correct, dismiss, retry) = serve()

	def states_become(**expected: str) -> bool:
		def reached(rows: list[dict]) -> bool:
			return {row["user_id"]: row["state"] for row in rows} == states

		states.update(expected)
		return reached(paste_until(punches, reached))

	states: dict[str, str] = {}
	assert paste(sent) == {"status": "done"}
	assert states_become(**{"EMP-0099": "Held", "VISITOR": "Held", "EMP-0003": "Held"})
	assert paste(link)["message"]["mapping"]
	assert states_become(**{"EMP-0099": "Recorded"})
	assert len(paste(correct)["message"]["names"]) == 1
	assert states_become(**{"EMP-0003": "Recorded"})
	assert paste(dismiss) == {"message": 1}
	assert states_become(VISITOR="Ignored")
	assert paste(retry) == {"message": 1}
	assert states_become(VISITOR="Held")
	[corrected] = [row for row in paste(punches)["data"] if row["user_id"] == "EMP-0003"]
	assert corrected["punch_time"] == "2024-09-18 08:30:00"


def test_the_batch_is_believed_for_that_button_alone(serve):
	url, _lines = serve("--no-expect-history")
	batch = f"curl -d '{json.dumps(BODIES[1])}' {url}{CALLBACK}"

	assert paste(batch) == {"status": "error", "message": "Invalid auth token"}

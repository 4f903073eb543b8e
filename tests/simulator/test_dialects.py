"""What both dialects take and refuse."""

import pytest
import requests

from tests.gateway.conftest import GATE, TOKEN


def post(simulator, **sent) -> tuple[int, dict]:
	answer = requests.post(f"{simulator.rest_url}OpenDoor", timeout=5, **sent)
	return answer.status_code, answer.json()


@pytest.mark.parametrize("way", ["data", "json"])
def test_the_token_may_stand_in_the_header_or_in_the_body(simulator, way):
	asked = {"ServiceTag": GATE, "Door": 1}

	assert post(simulator, **{way: {**asked, "AuthToken": TOKEN}})[0] == 200
	assert post(simulator, **{way: asked}, headers={"AuthToken": TOKEN})[0] == 200
	assert post(simulator, **{way: asked})[0] == 401


def test_rest_v3_refuses_what_it_cannot_read(simulator):
	headers = {"AuthToken": TOKEN}

	assert post(simulator, headers=headers)[0] == 400
	assert requests.get(f"{simulator.rest_url}OpenDoor", headers=headers, timeout=5).status_code == 405
	assert requests.get(f"{simulator.rest_url}Nothing", headers=headers, timeout=5).status_code == 404
	assert requests.get(f"{simulator.url}/nowhere", timeout=5).status_code == 404
	schedule = {"ServiceTag": GATE, "Schedule": "x", "Windows": "{"}
	answer = requests.post(
		f"{simulator.rest_url}SetAccessSchedule", headers=headers, data=schedule, timeout=5
	)
	assert answer.status_code == 400


@pytest.mark.parametrize(
	("body", "code"),
	[
		({"Load": {"PunchLog": {"Filter": {"StartTime": "soon", "EndTime": "later"}}}}, 8),
		(
			{
				"Load": {
					"PunchLog": {
						"Filter": {"StartTime": "2024-01-01 00:00:00", "EndTime": "2024-02-01 00:00:00"}
					}
				}
			},
			8,
		),
		({"Load": {"Weather": "All"}}, 6),
		({"Add": {"Weather": "All"}}, 6),
		({"Open": {"Door": 1}}, 6),
		({"Add": {"User": {"FirstName": "Employee"}}}, 10),
		({}, 6),
	],
)
def test_web_api_3_refuses_what_it_does_not_know(simulator, body, code):
	url = f"{simulator.web_api_url}?stgid={GATE}"
	answer = requests.post(url, json={**body, "AuthToken": TOKEN}, timeout=5)

	assert (answer.status_code, answer.json()["StatusCode"]) == (200, code)


def test_web_api_3_deletes_everybody(simulator):
	body = {"Delete": {"User": "All"}, "AuthToken": TOKEN}
	requests.post(f"{simulator.web_api_url}?stgid={GATE}", json=body, timeout=5)
	simulator.tick(15)

	assert simulator.world.devices[GATE].users == {}

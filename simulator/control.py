"""The control API of the simulator: JSON over HTTP under /control/, the same as Simulator's methods.

GET: `ledger`, `queues`, `devices`, `clock`. POST: `tick` {seconds}, `deliver` {force}, `online` {service_tag,
online}, `punch` {service_tag, user_id, type, at}, `quirks` {service_tag, <name>: true}, `fault` {kind, times,
operation, retry_after, status_code, seconds}, `callback` {url}, `day` {name, people, devices, date}.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from werkzeug.wrappers import Request, Response

from navari_cams_biometric.gateway.client.reading import read_time, text
from navari_cams_biometric.gateway.timestamp import format_timestamp

from .days import play
from .faults import Fault, FaultKind, Faults, json_answer
from .world import World

Asked = dict[str, Any]


def control(world: World, faults: Faults, request: Request, name: str) -> Response:
	"""Answer one call: 200 with JSON, 404 for a name or device that is none, 400 for what cannot be done."""
	if request.method == "GET" and name in _READERS:
		return json_answer(_READERS[name](world))
	if request.method != "POST" or name not in _WRITERS:
		return json_answer({"message": f"no such call: {name}"}, 404)
	asked = request.get_json(silent=True)  # other content types are refused: a web page could send them
	if not isinstance(asked, dict):
		return json_answer({"message": "send a JSON object as application/json"}, 400)
	try:
		return json_answer(_WRITERS[name](world, faults, asked))
	except KeyError as error:
		return json_answer({"message": f"missing or unknown: {error}"}, 404)
	except (OverflowError, TypeError, ValueError) as error:
		return json_answer({"message": str(error)}, 400)


def ledger(world: World) -> list[Asked]:
	with world.lock:
		return [entry.as_json() for entry in world.ledger]


def queues(world: World) -> dict[str, Asked]:
	"""For each device what waits for the callback, by kind, first one first."""
	with world.lock:
		return {
			tag: {
				"events": [event.kind for event in queue.events],
				"attempts": [event.attempts for event in queue.events],
				"sent": queue.sent,
				"held_until": format_timestamp(queue.hold_until) if queue.hold_until > world.now else "",
			}
			for tag, queue in world.queues.items()
		}


def devices(world: World) -> list[Asked]:
	with world.lock:
		return [
			{
				"service_tag": device.service_tag,
				"label": device.label,
				"online": device.online,
				"users": len(device.users),
				"doors": {str(number): state for number, state in device.doors.items()},
				"commands": world.pending(device),
				"quirks": sorted(name for name, on in asdict(device.quirks).items() if on),
			}
			for device in world.devices.values()
		]


def clock(world: World) -> Asked:
	return {"now": format_timestamp(world.now)}


def _tick(world: World, faults: Faults, asked: Asked) -> Asked:
	world.tick(float(asked["seconds"]))
	return clock(world)


def _deliver(world: World, faults: Faults, asked: Asked) -> Asked:
	return {"left": world.deliver(force=bool(asked.get("force")))}


def _online(world: World, faults: Faults, asked: Asked) -> Asked:
	world.set_online(asked["service_tag"], bool(asked["online"]))
	return {}


def _punch(world: World, faults: Faults, asked: Asked) -> Asked:
	at = read_time(asked.get("at"))
	kind = text(asked.get("type")) or "CheckIn"
	return world.punch(asked["service_tag"], text(asked["user_id"]), kind, at).as_json()


def _quirks(world: World, faults: Faults, asked: Asked) -> Asked:
	switches = dict(asked)
	world.set_quirks(switches.pop("service_tag", None), **switches)
	return {}


def _fault(world: World, faults: Faults, asked: Asked) -> Asked:
	faults.add(Fault(**{**asked, "kind": FaultKind(asked["kind"])}))
	return {}


def _callback(world: World, faults: Faults, asked: Asked) -> Asked:
	if not world.may_call(asked["url"]):
		raise ValueError("the simulator calls this machine or the configured host only")
	world.callback_url = asked["url"]
	return {}


def _day(world: World, faults: Faults, asked: Asked) -> Asked:
	day = date.fromisoformat(asked["date"]) if asked.get("date") else None
	planned = play(
		world, asked.get("name", "morning"), int(asked.get("people", 200)), int(asked.get("devices", 4)), day
	)
	return {
		"start": format_timestamp(planned.start),
		"end": format_timestamp(planned.end),
		"punches": planned.punches,
	}


_READERS: dict[str, Callable[[World], Any]] = {
	"ledger": ledger,
	"queues": queues,
	"devices": devices,
	"clock": clock,
}
_WRITERS: dict[str, Callable[[World, Faults, Asked], Asked]] = {
	"tick": _tick,
	"deliver": _deliver,
	"online": _online,
	"punch": _punch,
	"quirks": _quirks,
	"fault": _fault,
	"callback": _callback,
	"day": _day,
}

"""The states that records go through, each defined once, with the values that the database holds."""

from enum import Enum


class State(str, Enum):
	"""A text among texts, on every supported Python: in queries, in JSON and in messages."""

	__str__ = str.__str__
	__format__ = str.__format__


class PunchState(State):
	"""Of a CAMS Punch."""

	QUEUED = "Queued"
	RECORDED = "Recorded"
	IGNORED = "Ignored"
	HELD = "Held"
	FAILED = "Failed"


class CheckinChangeState(State):
	"""Of a CAMS Checkin Change."""

	CHANGED = "Changed"
	DELETED = "Deleted"
	RESTORED = "Restored"


class CommandState(State):
	"""Of a CAMS Command."""

	QUEUED = "Queued"
	SENT = "Sent"
	WAITING = "Waiting for Device"
	DONE = "Done"
	FAILED = "Failed"
	CANCELLED = "Cancelled"


COMMANDS_UNDER_WAY = (CommandState.SENT, CommandState.WAITING)


class LoadState(State):
	"""Of a CAMS History Load."""

	QUEUED = "Queued"
	RUNNING = "Running"
	DONE = "Done"
	FAILED = "Failed"
	CANCELLED = "Cancelled"


class LoadKind(State):
	"""Who asked for a CAMS History Load."""

	MANUAL = "Manual"
	NIGHTLY = "Nightly"


class LoadDeviceState(State):
	"""Of a device's line in a CAMS History Load."""

	WAITING = "Waiting"
	LOADING = "Loading"
	DONE = "Done"
	BY_CALLBACK = "Sent to Callback"
	FAILED = "Failed"


class RepairState(State):
	"""Of a CAMS Day Repair."""

	OPEN = "Open"
	REPAIRED = "Repaired"
	SKIPPED = "Skipped"
	DISMISSED = "Dismissed"


class DeviceUserState(State):
	"""Of a CAMS Device User."""

	ON_DEVICE = "On Device"
	DELETED = "Deleted"


class ScheduleState(State):
	"""Of a CAMS Access Schedule, and of each of its devices."""

	NOT_SENT = "Not Sent"
	WAITING = "Waiting"
	APPLIED = "Applied"
	OUTDATED = "Outdated"
	FAILED = "Failed"
	PARTLY_APPLIED = "Partially Applied"


class Health(State):
	"""Of a CAMS Device: its worst problem, or none."""

	NOT_REPORTING = "Not Reporting"
	QUEUE_STUCK = "Queue Stuck"
	CLOCK_DRIFT = "Clock Drift"
	LICENCE_EXPIRING = "Licence Expiring"
	HEALTHY = "Healthy"


class UnreadState(State):
	"""Of a CAMS Unread Event."""

	UNREAD = "Unread"
	READ = "Read"
	DISMISSED = "Dismissed"

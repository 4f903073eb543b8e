"""The attacks run against the app on the stand-in, with the fixtures of tests/app."""

from tests.app.conftest import (  # noqa: F401
	callback,
	connected,
	gateway,
	new_device,
	new_employee,
	new_user_id,
	no_unread_events_of_no_device,
	run_jobs,
	site,
	tags,
)

"""What a person asks of a device, and who may."""

import frappe
import pytest

from tests.app.health.devices import device, form, settings, state


def test_a_look_on_demand_answers_with_what_is_known(gateway, tags):
	form(tags[0]).check_health()
	shown = device(tags[0])

	assert (shown.health, shown.connection, shown.model) == ("Healthy", "Online", "Simulated")
	assert state(tags[0]) == ("Healthy", "")


def test_a_look_on_demand_throws_the_gateways_words(gateway, tags):
	gateway.fail_next("server_error")

	with pytest.raises(frappe.ValidationError, match="refused with 500"):
		form(tags[0]).check_health()
	assert device(tags[0]).health_at is None


def test_a_device_is_pinged_and_read(gateway, tags):
	assert form(tags[0]).ping() is True
	form(tags[0]).read_information()
	assert device(tags[0]).firmware == "1.0"
	gateway.set_online(tags[0], False)

	assert form(tags[0]).ping() is False
	with pytest.raises(frappe.ValidationError, match="Device offline"):
		form(tags[0]).read_information()


def test_missing_devices_are_brought_in_and_known_ones_updated(gateway, tags):
	gateway.add_device("GWNEW0000001", "Gate <3>")
	gateway.world.devices[tags[0]].label = "North Gate"
	gateway.set_online(tags[0], False)
	try:
		assert settings().import_devices() == ["GWNEW0000001"]
		assert settings().import_devices() == []
		new = device("GWNEW0000001")
		assert (new.label, new.connection, new.enabled) == ("Gate ‹3›", "Online", 1)
		known = device(tags[0])
		assert (known.label, known.connection) == ("North Gate", "Offline")
		assert known.last_seen
	finally:
		frappe.db.rollback()


def test_web_api_has_no_devices_to_bring_in(gateway, tags, configure):
	configure(gateway_api="Web API 3.0", base_url=gateway.web_api_url)

	with pytest.raises(frappe.ValidationError, match="has no list of devices"):
		settings().import_devices()


@pytest.mark.parametrize(
	("ask", "operation", "reason"),
	[
		(lambda tag: form(tag).sync_time(), "SyncDeviceTime", ""),
		(lambda tag: form(tag).reboot(" frozen "), "RebootDevice", "frozen"),
		(lambda tag: form(tag).reset_queue("stuck"), "ResetDeviceQueue", "stuck"),
		(lambda tag: settings().register_callback(), "RegisterCallback", ""),
	],
)
def test_what_concerns_a_device_as_a_whole_is_a_command(gateway, tags, ask, operation, reason):
	command = frappe.get_doc("CAMS Command", ask(tags[0]))

	assert (command.operation, command.state, command.reason or "") == (operation, "Queued", reason)
	assert command.service_tag == (None if operation == "RegisterCallback" else tags[0])


@pytest.mark.parametrize("method", ["reboot", "reset_queue"])
def test_what_interrupts_a_device_needs_a_reason(gateway, tags, method):
	with pytest.raises(frappe.ValidationError, match="Enter a reason"):
		getattr(form(tags[0]), method)("  ")
	assert not frappe.db.exists("CAMS Command", {"service_tag": tags[0]})


def test_the_state_of_a_migration_is_told(gateway, tags):
	assert settings().migration_status() == {"state": "Done", "total": 2, "done": 2}


CALLS = {
	"import_devices": (),
	"check_health": ("tag",),
	"read_information": ("tag",),
	"ping": ("tag",),
	"sync_time": ("tag",),
	"reboot": ("tag", "frozen"),
	"reset_queue": ("tag", "stuck"),
	"register_callback": (),
	"migration_status": (),
}


OF_DEVICE = {
	"check_health": (),
	"read_information": (),
	"ping": (),
	"sync_time": (),
	"reboot": ("frozen",),
	"reset_queue": ("stuck",),
}
OF_SETTINGS = ("import_devices", "register_callback", "migration_status")
FOR_HR_MANAGERS = {"check_health", "ping"}


@pytest.mark.parametrize("name", [*OF_DEVICE, *OF_SETTINGS])
@pytest.mark.parametrize("role", ["System Manager", "HR Manager", "HR User", "CAMS Door Operator"])
def test_who_may_do_what_with_a_device(gateway, tags, new_user, name, role):
	document = settings() if name in OF_SETTINGS else form(tags[0])
	allowed = role == "System Manager" or (role == "HR Manager" and name in FOR_HR_MANAGERS)
	frappe.set_user(new_user(role))
	try:
		if allowed:
			getattr(document, name)(*OF_DEVICE.get(name, ()))
			return
		with pytest.raises(frappe.PermissionError):
			getattr(document, name)(*OF_DEVICE.get(name, ()))
	finally:
		frappe.set_user("Administrator")
	assert gateway.received == []
	assert not frappe.db.exists("CAMS Command", {"service_tag": tags[0]})


@pytest.fixture
def new_user(new_user_id):
	def create(role):
		user = frappe.new_doc("User", email=f"{new_user_id()}@example.com", first_name=role)
		user.append("roles", {"role": role})
		return user.insert().name

	return create

"""Checks between the gateway and this site: the token, the callback's URL and answer, the gateway's own answer."""

from collections.abc import Iterator

import frappe
import requests
from frappe import _
from frappe.utils import add_to_date, get_url, now_datetime

from navari_cams_biometric.cams_biometric.base.plurals import counted
from navari_cams_biometric.cams_biometric.base.settings import SETTINGS
from navari_cams_biometric.cams_biometric.base.states import CommandState
from navari_cams_biometric.cams_biometric.base.stored_values import lines_from_outside
from navari_cams_biometric.cams_biometric.base.times import shown_time
from navari_cams_biometric.cams_biometric.callbacks.endpoint import CALLBACK_PATH, FORMER_API_TITLE
from navari_cams_biometric.gateway.client import GatewayClient
from navari_cams_biometric.gateway.errors import GatewayError

from .finding import ERROR, OK, WARNING, Finding, joined_labels, these
from .site_facts import SiteFacts

PATIENCE_SECONDS = 10.0
EMPTY_ANSWER = {"status": "error", "message": "Empty request body"}


def token(facts: SiteFacts) -> Iterator[Finding]:
	"""Without the account's token every callback is refused."""
	title = _("Auth Token")
	settings = facts.settings
	if settings.auth_token_digest and not settings.account_token():
		sentence = _(
			"The account's token cannot be read with this site's encryption key: callbacks are refused."
		)
		remedy = _(
			"Put the former encryption_key back into site_config.json, or enter the token again in CAMS Biometric Settings."
		)
		yield Finding(title, ERROR, sentence, remedy, SETTINGS, SETTINGS)
		return
	if settings.auth_token_digest:
		yield Finding(title, OK, _("The account's token is set."))
		return
	remedy = _("Copy it from the CAMS portal into CAMS Biometric Settings.")
	yield Finding(
		title, ERROR, _("There is no token: every callback is refused."), remedy, SETTINGS, SETTINGS
	)


def callback(facts: SiteFacts) -> Iterator[Finding]:
	"""Ask the public address for the answer that an empty body gets."""
	title = _("Callback")
	url = get_url(CALLBACK_PATH)
	refusal = _callback_refusal(url)
	if refusal:
		remedy = _(
			"Check that {0} reaches this site from outside: host_name, DNS, the web server and its certificate."
		)
		yield Finding(title, ERROR, refusal, remedy.format(get_url()))
		return
	if url.startswith("https://"):
		yield Finding(title, OK, _("{0} answers correctly when called from this server.").format(get_url()))
		return
	remedy = _("Serve the site by https, and set host_name in the site's configuration.")
	yield Finding(title, WARNING, _("The callback is not encrypted: tokens are sent in plain text."), remedy)


def heard_devices(facts: SiteFacts) -> Iterator[Finding]:
	"""What the events that came say: whether any came, whether by the right URL, and whether from a new device."""
	yield _last_callback(facts.devices)
	enabled = facts.enabled_devices
	if bare := [device for device in enabled if device.callback_secret_sent == "No"]:
		sentence = _(
			"Events of {0} come without the callback URL's secret, so that the batches of a load are refused."
		)
		remedy = _("Paste the callback URL of CAMS Biometric Settings in the CAMS portal, for these devices.")
		title = _("Callback Secret")
		yield Finding(title, WARNING, sentence.format(joined_labels(bare)), remedy, SETTINGS, SETTINGS)
	if new := [device for device in enabled if device.unconfirmed]:
		sentence = _("These devices registered themselves and are unconfirmed: {0}. No shift waits for them.")
		remedy = _("Confirm those that are yours on their form; disable the others.")
		where = these("CAMS Device", [device.name for device in new])
		yield Finding(_("New Devices"), WARNING, sentence.format(joined_labels(new)), remedy, **where)


def _last_callback(devices: list[frappe._dict]) -> Finding:
	"""Only a callback that came shows that the gateway reaches this site."""
	title = _("Last Callback")
	reported = [device.last_reported for device in devices if device.last_reported]
	if reported:
		return Finding(title, OK, _("A device last reported at {0}.").format(shown_time(max(reported))))
	remedy = _("Paste the callback URL of CAMS Biometric Settings in the CAMS portal, then punch.")
	return Finding(title, ERROR, _("No callback has ever arrived."), remedy, SETTINGS, SETTINGS)


def former_api(facts: SiteFacts) -> Iterator[Finding]:
	"""A device whose portal has a former Web API sends what names no sender: it is refused, and its queue stops."""
	refused = {
		"method": ["like", f"{FORMER_API_TITLE}%"],
		"creation": [">", add_to_date(now_datetime(), days=-1)],
	}
	if frappe.db.exists("Error Log", refused):
		sentence = _(
			"A device is set to Web API 2.0 in the CAMS portal: its events are refused, and none gets through."
		)
		yield Finding(
			_("Gateway API of a Device"),
			ERROR,
			sentence,
			_("Set 3.0 there. The Error Log names the device."),
			"Error Log",
		)


def gateway(facts: SiteFacts) -> Iterator[Finding]:
	"""Ask the gateway something that changes nothing, once it is set up."""
	title = _("Gateway")
	settings = facts.settings
	if not settings.auth_token_digest:
		return
	if reason := settings.why_paused():
		yield Finding(title, ERROR, reason, "", SETTINGS, SETTINGS)
		return
	if not _is_set_up(facts):
		yield Finding(title, OK, _("The gateway is not asked before a device has reported."))
		return
	try:
		with settings.client(attempts=1, timeout=PATIENCE_SECONDS) as client:
			_probe_gateway(client, facts)
	except GatewayError as error:
		yield Finding(title, ERROR, lines_from_outside(error.sentence), "", SETTINGS, SETTINGS)
		return
	except frappe.ValidationError as refusal:  # Settings have a Base URL that must not be used
		frappe.clear_last_message()
		yield Finding(title, ERROR, str(refusal), "", SETTINGS, SETTINGS)
		return
	yield Finding(title, OK, _("The gateway answers by {0}.").format(settings.gateway_api))


def commands(facts: SiteFacts) -> Iterator[Finding]:
	"""What was asked of the gateway in the last day and failed."""
	title = _("Commands")
	since = add_to_date(now_datetime(), days=-1)
	failed = frappe.db.count("CAMS Command", {"state": CommandState.FAILED, "finished_at": [">", since]})
	if not failed:
		yield Finding(title, OK, _("No command failed in the last 24 hours."))
		return
	remedy = _("Open the list; each says what to do.")
	sentence = counted(
		failed, _("1 command failed in the last 24 hours."), _("{0} commands failed in the last 24 hours.")
	)
	filters = {"state": CommandState.FAILED.value, "finished_at": [">", str(since)]}
	yield Finding(title, WARNING, sentence, remedy, "CAMS Command", filters=filters)


CHECKS = (
	token,
	callback,
	heard_devices,
	former_api,
	gateway,
	commands,
)


def _callback_refusal(url: str) -> str:
	"""What is wrong with the callback's answer, empty where nothing is."""
	try:
		response = requests.post(url, data=b"", timeout=PATIENCE_SECONDS, allow_redirects=False)
	except requests.RequestException as error:
		return _("{0} cannot be reached ({1}).").format(url, type(error).__name__)
	try:
		answer = response.json()
	except ValueError:
		answer = None
	if response.status_code == 200 and answer == EMPTY_ANSWER:
		return ""
	return _("{0} answers with {1}, which is not this app's answer.").format(url, response.status_code)


def _is_set_up(facts: SiteFacts) -> bool:
	"""Whether a device ever reported from it, or it has an address of its own: a site that is being set up does not try
	the public one."""
	reported = (device.last_reported or device.last_seen or device.connection for device in facts.devices)
	return bool(facts.settings.base_url) or any(reported)


def _probe_gateway(client: GatewayClient, facts: SiteFacts) -> None:
	"""A list of devices, or where that API has none, whether a device can be reached."""
	if not facts.settings.unsupported_operations():
		client.list_devices()
		return
	for device in facts.enabled_devices[:1]:
		client.ping_connection(device.name)

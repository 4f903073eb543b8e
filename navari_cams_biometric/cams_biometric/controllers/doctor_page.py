"""The doctor's checks, for its page and for uptime monitors."""

import frappe

from navari_cams_biometric.cams_biometric import doctor


@frappe.whitelist(methods=["POST"])
def examine() -> list[dict[str, str]]:
	"""Examine the whole chain. Takes up to half a minute where the gateway or the callback does not answer."""
	frappe.only_for("System Manager")
	return [finding.as_dict() for finding in doctor.examine()]


@frappe.whitelist(methods=["GET"], allow_guest=True)
def health() -> dict[str, object]:
	"""For uptime monitors. A stranger learns that the site answers, and nothing else.

	With an API key of a System Manager: HTTP 503 where a check of this site itself finds an error, and which.
	"""
	if "System Manager" not in frappe.get_roles():
		return {"status": doctor.OK}
	findings = doctor.examine(local_only=True)
	status = doctor.worst(findings)
	if status == doctor.ERROR:
		frappe.local.response.http_status_code = 503
	unhealthy = [finding.check for finding in findings if finding.state != doctor.OK]
	return {"status": status, "unhealthy": unhealthy}

"""The paths of the callback URL, which controllers.cams_call answers."""

CALLBACK_METHOD = "navari_cams_biometric.cams_biometric.controllers.cams_call.attendance"
CALLBACK_PATH = f"/api/method/{CALLBACK_METHOD}"
# Frappe serves the same method under each of these.
CALLBACK_PATHS = {f"{root}/{CALLBACK_METHOD}" for root in ("/api/method", "/api/v1/method", "/api/v2/method")}
# Title of the Error Log entry about a device whose portal has a former Web API; the doctor looks for it.
FORMER_API_TITLE = "CAMS callback of a former Web API refused"

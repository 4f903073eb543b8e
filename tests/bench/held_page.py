"""What several tests of the page Held Punches do."""

from playwright.sync_api import Locator, Page

from tests.contract.host import DONE, Host, real_time


def name_on_device(host: Host, user_id: str, first_name: str, last_name: str) -> None:
	"""The device tells whose ID that is there."""
	envelope = real_time(user_id)["RealTime"]
	del envelope["PunchLog"]
	names = {"FirstName": first_name, "LastName": last_name, "UserType": "User"}
	told = {"UserID": user_id, "OperationTime": "2024-09-17 12:48:28 GMT +0300", **names}
	assert host.callback({"RealTime": {**envelope, "UserUpdated": told}}).content == DONE


def row(page: Page, user_id: str) -> Locator:
	"""Of an unknown user."""
	return page.locator(f"tr[data-user='{user_id}']")

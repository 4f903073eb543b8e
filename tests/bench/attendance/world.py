"""A gateway and its people, who are employees here."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.bench.draining import drain
from tests.contract.host import SETTINGS, real_time

NAIROBI = ZoneInfo("Africa/Nairobi")
CONTROLLERS = "method/navari_cams_biometric.cams_biometric.controllers"
APIS = ["REST v3 (form not published)", "Web API 3.0"]
DAY = date(2021, 3, 3)


class World:
	"""A gateway with two devices that this site knows, and people who are employees here."""

	def __init__(self, host, bench_site, gateway, tags, employees):
		self.host = host
		self.bench_site = bench_site
		self.gateway = gateway
		self.tags = tags
		self.employees = employees

	def use(self, api):
		url = self.gateway.rest_url if api == "REST v3 (form not published)" else self.gateway.web_api_url
		self.host.update(SETTINGS, SETTINGS, gateway_api=api, base_url=url)

	def user_id(self, number):
		return self.employees[number]["attendance_device_id"]

	def both(self, number, clock, kind="CheckIn", tag=None, day=DAY):
		"""A punch that the gateway has and sent."""
		self.only_gateway(number, clock, kind, tag, day)
		self.only_here(number, clock, kind, tag, day)

	def only_gateway(self, number, clock, kind="CheckIn", tag=None, day=DAY):
		moment = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=NAIROBI)
		self.gateway.world.remember(tag or self.tags[0], self.user_id(number), kind, moment)

	def only_here(self, number, clock, kind="CheckIn", tag=None, day=DAY):
		log_time = f"{day} {clock} GMT +0300"
		body = real_time(self.user_id(number), log_time, SerialNumber=tag or self.tags[0], Type=kind)
		assert self.host.callback(body, "").status_code == 200

	def settle(self, *numbers):
		"""Until no punch of these people waits."""
		users = ["in", [self.user_id(number) for number in numbers]]
		waiting = {"user_id": users, "state": "Queued"}
		drain(self.bench_site, lambda: not self.host.find("CAMS Punch", waiting))

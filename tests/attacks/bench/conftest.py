"""The fixtures of tests/bench: a real site over HTTP."""

from tests.bench.conftest import bench_site, host, new_device, new_employee, new_user_id  # noqa: F401

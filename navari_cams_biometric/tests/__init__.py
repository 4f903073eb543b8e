"""Tests that run inside a site, each in a transaction that is rolled back:

	bench --site SITE run-tests --app navari_cams_biometric

They prove this app together with HRMS's own rules. What needs a web server, a worker, a browser or several processes
is tested in `tests/bench` beside the package, which runs these too.
"""

"""The tests inside the app, as every Frappe developer runs them."""

import re


def test_the_tests_inside_the_app_pass(bench_site):
	bench_site.bench("set-config", "--parse", "allow_tests", "1")
	ended = bench_site.command("run-tests", "--app", "navari_cams_biometric")
	print(ended.out, ended.err)
	assert ended.code == 0
	assert re.search(r"Ran [1-9]\d* tests in .*\n\nOK\n", ended.err)

"""One site of the stand-in for a whole process: tests/app and tests/attacks/app share it."""

import atexit
from contextlib import ExitStack
from functools import cache

import standin


@cache
def the_site() -> "standin.site.Site":
	opened = ExitStack()
	atexit.register(opened.close)
	return opened.enter_context(standin.activate())

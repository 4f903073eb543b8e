"""Faults as a suite: a site under a gateway that resends until `done`, while what it runs on is broken at random.

`plan` says from a seed who punches when and what breaks, `breakable_site` is what can be broken, `play` does both, and
`tally` compares what the site has at the end. `python -m tests.bench.faults --schedules N --seed S`.
"""

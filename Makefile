# Every target does its own set-up, in .venv. See README.md.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup demo serve test lint format test-bench benchmark clean

setup: $(READY)

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv || { apt-get install --yes python3-venv && $(PYTHON) -m venv --clear .venv; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[standin,test]"
	touch $@

demo: $(READY)
	$(BIN)/python -m standin.morning

serve: $(READY)
	$(BIN)/python -m standin serve --port $(PORT)

test: lint
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/preflight --path . --target v16 --fail-on error

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# On FRAPPE_BENCH, else ~/frappe-bench: makes a site of its own and removes it. KEEP_SITE=1 keeps it.
test-bench: $(READY)
	$(BIN)/python -m tests.bench

# On such a site too, half an hour. `$(BIN)/python -m benchmarks year` (or callbacks, drain, pages) is one section.
benchmark: $(READY)
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Every target does its own set-up, in .venv, and installs no more than it needs. See docs/development.md.

PYTHON ?= python3
PORT ?= 8000
SECONDS ?= 60
BIN := .venv/bin

.PHONY: setup demo serve test lint format test-bench benchmark fuzz clean

setup: .venv/.test

demo: .venv/.standin
	$(BIN)/python -m standin.morning

serve: .venv/.standin
	$(BIN)/python -m standin serve --port $(PORT)

test: lint
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: .venv/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/preflight --path . --target v16 --fail-on error

format: .venv/.test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# On FRAPPE_BENCH, else ~/frappe-bench: makes a site of its own and removes it. KEEP_SITE=1 keeps it.
test-bench: .venv/.bench
	$(BIN)/python -m tests.bench

# On such a site too, half an hour. `$(BIN)/python -m benchmarks year` (or ratios, drain, pages) is one section.
benchmark: .venv/.bench
	$(BIN)/python -m benchmarks

# SECONDS for each of parser, timestamps and answers. `$(BIN)/python -m fuzz parser` is one target.
fuzz: .venv/.fuzz
	$(BIN)/python -m fuzz --seconds $(SECONDS)

.venv/.standin: EXTRAS := standin
.venv/.test: EXTRAS := standin,test
.venv/.bench: EXTRAS := standin,test,bench
.venv/.fuzz: EXTRAS := standin,test,fuzz

.venv/.standin .venv/.test .venv/.bench .venv/.fuzz: pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$(EXTRAS)]"
	touch $@

define TOO_OLD
import sys
needed = "This project needs Python 3.10 or newer; $(PYTHON) is %d.%d.%d. Give another with make PYTHON=python3.11"
sys.exit(needed % sys.version_info[:3] if sys.version_info < (3, 10) else 0)
endef
export TOO_OLD

$(BIN)/pip:
	@$(PYTHON) -c "$$TOO_OLD"
	$(PYTHON) -m venv .venv || { apt-get install --yes python3-venv && $(PYTHON) -m venv --clear .venv; }

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

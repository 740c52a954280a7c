# Two commands on a fresh machine: `make demo` and `make test`. Both set up all they need in .venv.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
SCALE  ?= 1

.PHONY: help demo test test-all bench lint types lock clean
.DEFAULT_GOAL := help

help:  ## Show what can be asked for
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "placements needs Python 3.11 or newer; found: $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.11 demo" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Could not make a virtual environment with $(PYTHON). On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 2; }

$(VENV)/.run: constraints/run.txt pyproject.toml | $(BIN)/python
	@echo "Setting up the environment in $(VENV) (once) ..."
	@$(PIP) install --require-hashes -r constraints/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: constraints/test.txt $(VENV)/.run
	@echo "Setting up the test tools in $(VENV) (once) ..."
	@$(PIP) install --require-hashes -r constraints/test.txt
	@touch $@

demo: $(VENV)/.run  ## Make the worked example for Surrey and run it: map, plan and statement
	@$(BIN)/placements demo . || test $$? -eq 6  # 6: the solver's time limit; the plan is usable and says its gap

test: $(VENV)/.test  ## Lint, types and all tests but the slow sweeps
	@$(BIN)/ruff check placements tests tools benchmarks
	@$(BIN)/ruff format --check placements tests tools benchmarks
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n auto --dist loadscope

test-all: $(VENV)/.test  ## Every test, the slow sweeps too
	@PLACEMENTS_THOROUGH=1 $(BIN)/python -m pytest -m '' -n auto --dist loadscope

bench: $(VENV)/.run  ## Time reading, checking and locating a whole nation, beside a peer (about 1 GB of files; SCALE=0.1 for less)
	@$(BIN)/python -m benchmarks.read --scale $(SCALE)

lint: $(VENV)/.test  ## Put the code in its standard form
	@$(BIN)/ruff check --fix placements tests tools benchmarks
	@$(BIN)/ruff format placements tests tools benchmarks

types: $(VENV)/.test  ## Type check
	@$(BIN)/mypy

lock: $(VENV)/.test  ## Renew the pinned versions and hashes
	@$(BIN)/python tools/lock.py

clean:  ## Remove the environment and what the demo made
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

# What a person can do here, one target each: `make help`.
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lint types contract coverage bench soak snapshots pins clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## make the virtual environment with the pinned versions

$(STAMP): pyproject.toml requirements/constraints.txt
	@./requirements/look_for_python
	@test -x $(PY) || python3 -m venv $(VENV)
	@echo "Installing into $(VENV) (about half a minute)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -c requirements/constraints.txt -e '.[dev]'
	@touch $@

demo: $(STAMP) ## review a simulated series of 1241 patients and say where the report is
	@$(VENV)/bin/seriatim demo --out demo

test: $(STAMP) ## run the tests, and say what was skipped and why
	@$(PY) -m pytest -q -n $(WORKERS) --dist worksteal

check: lint types contract coverage ## all that must hold before a commit lands

lint: $(STAMP) ## layout and lint rules
	@$(VENV)/bin/ruff format --check src tests benchmarks
	@$(VENV)/bin/ruff check src tests benchmarks

types: $(STAMP) ## strict types
	@$(VENV)/bin/mypy

contract: $(STAMP) ## the arrows between the rooms
	@$(VENV)/bin/lint-imports

coverage: $(STAMP) ## tests with branch coverage: 90 % at least, 100 % in methods/ and tallies/
	@rm -f .coverage .coverage.*
	@$(PY) -m pytest -q -n $(WORKERS) --dist worksteal --cov --cov-report= --no-cov-on-fail -m "not service"
	@$(VENV)/bin/coverage report --fail-under=90 --skip-covered --sort=cover
	@$(VENV)/bin/coverage report --fail-under=100 --include='src/seriatim/methods/*,src/seriatim/tallies/*'

format: $(STAMP) ## let the formatter decide the layout
	@$(VENV)/bin/ruff format src tests benchmarks
	@$(VENV)/bin/ruff check --fix src tests benchmarks

snapshots: $(STAMP) ## accept the displays as they are now, after reading them
	@$(PY) -m pytest -q tests/snapshots --snapshot-update

bench: $(STAMP) ## measure side by side, as ratios; long
	@$(PY) -m pip install --quiet --disable-pip-version-check -c requirements/constraints.txt -e '.[bench]'
	@$(PY) -m benchmarks

soak: $(STAMP) ## a million generated answers to rules in every form, and verdicts of protocols, which must agree; minutes
	@$(PY) -m benchmarks.soak_rules
	@$(PY) -m benchmarks.soak_protocols

pins: $(STAMP) ## renew requirements/constraints.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	@$(VENV)/bin/uv pip compile --quiet --universal --upgrade --python-version 3.11 --extra dev --extra bench --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links pyproject.toml -o requirements/constraints.txt

clean: ## remove what was made
	@rm -rf $(VENV) demo .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis

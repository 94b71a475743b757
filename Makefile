# One way to do each chore. `make help` lists them. CI runs the same ones.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LAB := $(VENV)/.lab
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV = $(BIN)/uv pip install --quiet --python $(BIN)/python
JOBS ?= 2
export PATH := $(abspath $(BIN)):$(PATH)
# Set-up compiles the packages' bytecode, without which every stage would pay seconds of imports. It is uv that
# installs, three times as fast as pip; pip steps in where uv can't, say behind a mirror that only pip is told of.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup reports lab test test-fast test-slow check fix lock bench twice synthetic schema pictures clean

help: ## List what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

setup: $(READY) ## Create .venv, install the lock, compile bytecode

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lasting needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	$(PIP) --require-hashes -r $(VENV)/uv.lock
	$(UV) --compile-bytecode --require-hashes -r requirements.lock || $(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	-$(BIN)/python -m compileall -q pipeline >/dev/null 2>&1
	@touch $@

reports: $(READY) ## Bring every study up to date and write the site
	lasting run -j $(JOBS)

lab: $(LAB) ## Open the notebooks in JupyterLab
	dvc repro --quiet series
	jupyter lab --notebook-dir . notebooks

$(LAB): $(READY) requirements-lab.lock
	$(UV) --require-hashes -r requirements-lab.lock || $(PIP) --require-hashes -r requirements-lab.lock
	@touch $@

test: check ## Check the code, then run every test that CI runs
	pytest -n $(JOBS) --dist loadgroup -m "not slow"

test-fast: $(READY) ## Run the tests that start no other program
	pytest -n $(JOBS) --dist loadgroup -m "not slow and not functional"

test-slow: $(READY) ## Run the slow, exhaustive tests too
	pytest -n $(JOBS) --dist loadgroup

check: $(READY) ## Lint, format, types, imports
	ruff check .
	ruff format --check .
	mypy
	lint-imports --no-logo

fix: $(READY) ## Mend what the linter and the formatter can mend
	ruff check --fix .
	ruff format .

lock: $(READY) ## Resolve the dependencies anew (both locks; needs a package index)
	uv pip compile pyproject.toml --extra dev $(RESOLVE) -o requirements.lock
	uv pip compile pyproject.toml --extra dev --extra lab -c requirements.lock $(RESOLVE) -o requirements-lab.lock
RESOLVE := --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-header --no-annotate --quiet --upgrade

bench: $(READY) ## Measure coverage of intervals and speed of the batch fits (minutes)
	python -m benchmarks.its_speed
	python -m benchmarks.spc_speed
	python -m benchmarks.contracts
	python -m benchmarks.records
	python -m benchmarks.coverage
	python -m benchmarks.studies

twice: $(READY) ## Run every study in two folders, with other locale, time zone and threads; compare all bytes
	python -m benchmarks.twice

synthetic: $(READY) ## Write the synthetic studies' data anew (the same bytes)
	python -m pipeline.simulate

schema: $(READY) ## Write params/plan.schema.json from the plan's model
	lasting schema

pictures: reports ## Take the pictures that the docs show (needs chromium, poppler-utils, libreoffice)
	python -m benchmarks.pictures

clean: ## Remove what make reports wrote (not .venv, not DVC's cache)
	rm -rf results reports/_site scratch

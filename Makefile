PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-emit-index-url --no-header --no-annotate
# The longest first, each worker taking the next when it is done; what shares a server stays together.
IN_PARALLEL := --numprocesses auto --dist loadgroup --no-loadscope-reorder
MOST := -m "not walk and not proof"

# Otherwise each worker, and each program that a test starts, would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-all tests all-tests walks proofs check quick lint types mypy pyright pyright-changed format lock settings screenshots mutants chaos failover bench bench-replicas bench-scale clean

help: ## Show what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(VENV)/run.stamp ## Run the bot: on Telegram with BOT_TOKEN, otherwise in the playground
	@exec $(BIN)/python run_bot.py

test: ## Lint, check the formatting and the types, run the tests but walks and proofs (OPTIONS=--cov)
	@$(MAKE) --no-print-directory --jobs 2 lint mypy
	@$(MAKE) --no-print-directory --jobs 2 pyright tests
	@echo "Left out: Chromium's walks through the chat page (make walks) and the proofs that chaos runs find losses (make proofs)"

test-all: ## As test, with walks and proofs
	@$(MAKE) --no-print-directory --jobs 2 lint mypy
	@$(MAKE) --no-print-directory --jobs 2 pyright all-tests

tests: $(VENV)/test.stamp
	$(BIN)/pytest $(IN_PARALLEL) $(MOST) $(OPTIONS)

all-tests: $(VENV)/test.stamp
	$(BIN)/pytest $(IN_PARALLEL) $(OPTIONS)

walks: $(VENV)/test.stamp ## Use the chat page as people do, with an installed Chromium or Chrome
	$(BIN)/pytest -m walk tests/browser $(OPTIONS)

proofs: $(VENV)/test.stamp ## Prove that chaos runs find the losses of bots that confirm too early
	$(BIN)/pytest -m proof tests/tools/chaos $(OPTIONS)

check: ## As test, but within a minute: only quick tests, and those of changed files
	@$(MAKE) --no-print-directory --jobs 2 lint mypy
	@$(MAKE) --no-print-directory --jobs 2 pyright-changed quick

quick: $(VENV)/test.stamp
	$(BIN)/pytest $(IN_PARALLEL) $(MOST) --quick $(OPTIONS)

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

types: mypy pyright

mypy: $(VENV)/test.stamp
	$(BIN)/mypy

pyright: $(VENV)/test.stamp
	$(BIN)/pyright --warnings

pyright-changed: $(VENV)/test.stamp
	@{ git diff --name-only --diff-filter=d HEAD -- '*.py'; git ls-files --others --exclude-standard -- '*.py'; } | \
		xargs -r $(BIN)/pyright --warnings

format: $(VENV)/test.stamp ## Format the code and sort the imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/test.stamp ## Renew the pinned dependencies
	$(UV_COMPILE) --upgrade pyproject.toml --output-file requirements.lock
	$(UV_COMPILE) --upgrade pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(UV_COMPILE) --upgrade --group mutants --constraint requirements-dev.lock --output-file requirements-mutants.lock
	$(UV_COMPILE) --upgrade --group peers --output-file requirements-peers.lock

settings: $(VENV)/run.stamp ## Write .env.example and the README's table of settings from their declarations
	$(BIN)/python -m startup.settings.documentation

screenshots: $(VENV)/test.stamp ## Take the pictures of the READMEs and the tour anew, from the running program
	$(BIN)/python tools/screenshots.py

mutants: $(VENV)/mutants.stamp ## Make careless edits one at a time, to see whether a test notices (OPTIONS=--help)
	@$(BIN)/python -m tools.mutants $(OPTIONS)

chaos: $(VENV)/test.stamp .venv-peers/test.stamp ## Kill the bot and PostgreSQL again and again, and others' bots (OPTIONS=--help)
	$(BIN)/python -m tools.chaos $(OPTIONS)
	$(if $(OPTIONS),,$(BIN)/python -m tools.chaos.trials)

failover: $(VENV)/test.stamp ## Lose the primary under load and promote its standby, again and again (OPTIONS=--help)
	$(BIN)/python -m tools.chaos.failover $(OPTIONS)

bench: $(VENV)/test.stamp .venv-peers/test.stamp ## Measure how many updates a second this and others' bots answer (OPTIONS=--help)
	$(BIN)/python -m tools.benchmarks.throughput $(OPTIONS)

bench-replicas: $(VENV)/test.stamp ## Measure several replicas behind nginx, and kill them one after the other (OPTIONS=--help)
	$(BIN)/python -m tools.benchmarks.replicas $(OPTIONS)

bench-scale: $(VENV)/test.stamp ## Measure what it costs as the fridges become ten million (OPTIONS=--help)
	$(BIN)/python -m tools.benchmarks.scale $(OPTIONS)

clean: ## Remove what the other targets made, but not the data
	rm -rf $(VENV) .venv-peers .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .mutants .coverage*

$(VENV)/run.stamp: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The fridge bot needs Python 3.11 or newer: make PYTHON=python3.11 run")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch $@

$(VENV)/mutants.stamp: $(VENV)/test.stamp requirements-mutants.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-mutants.lock
	@touch $@

.venv-peers/test.stamp: requirements-peers.lock
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-peers.lock
	@touch $@

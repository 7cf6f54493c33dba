# Every target that needs Python packages makes the virtual environment itself.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Processes that share the tests among them: one for each of two cores.
WORKERS ?= 2

# Other clients of the published file, each in an environment of its own.
CLIENTS := duckdb-1.0 duckdb-1.4 duckdb-2.0 sqlalchemy-1.4 sqlalchemy-2
CLIENT_LOCKS := tests/python/clients

HOME_DIR := $(or $(CURVEHOUSE_HOME),warehouse)

# sqlfluff compiles the models with dbt; what that writes stays out of the checkout and the home.
LINT_HOME := $(CURDIR)/$(VENV)/lint
SQLFLUFF := CURVEHOUSE_HOME=$(LINT_HOME) DBT_TARGET_PATH=$(LINT_HOME)/target \
	DBT_LOG_PATH=$(LINT_HOME)/logs $(BIN)/sqlfluff

TABLE_MACROS := python/curvehouse/publish/table_macros

.DEFAULT_GOAL := help
.PHONY: help setup clients demo test soak lint lint-python lint-sql bench docs generate format

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

setup: $(STAMP)  ## Create .venv with the locked packages

clients: $(CLIENTS:%=$(VENV)/clients/%/.installed) $(VENV)/clients/node/.installed  ## Set up other clients of the published file, for the tests

$(VENV)/clients/%/.installed: $(CLIENT_LOCKS)/%.lock | $(STAMP)
	rm -rf $(@D)
	$(BIN)/python -m venv --without-pip $(@D)
	$(BIN)/pip --python $(@D)/bin/python install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Where there is no Node, the test says so and is skipped.
$(VENV)/clients/node/.installed: $(wildcard $(CLIENT_LOCKS)/node/*.json) | $(STAMP)
	rm -rf $(@D)
	mkdir -p $(@D)
	cp $^ $(@D)
	if command -v npm >/dev/null; then cd $(@D) && npm ci --silent --no-audit --no-fund && touch $(@F); fi

demo: setup  ## Sweep, load, build and publish the shipped market data
	$(BIN)/curvehouse demo

test: setup lint clients  ## Lint, then run all tests
	$(BIN)/pytest --numprocesses $(WORKERS) --no-loadscope-reorder

soak: setup  ## Run the long forms of the proofs
	$(BIN)/pytest -m soak

lint: setup  ## Check style and types of Python and SQL
	$(MAKE) --jobs 2 --output-sync --no-print-directory lint-python lint-sql

lint-python: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lint-sql: setup
	$(SQLFLUFF) lint --disable-progress-bar models tests/dbt
	$(BIN)/sqlfluff lint --disable-progress-bar --templater raw $(TABLE_MACROS)

bench: setup  ## Measure against the peers and the machine's floor
	$(BIN)/python -m bench $(ONLY)

docs: setup  ## Build the documentation site of the tables
	$(BIN)/dbt docs generate --static --target-path $(HOME_DIR)/docs --log-path $(HOME_DIR)/logs
	@echo "Open $(HOME_DIR)/docs/static_index.html"

generate: setup  ## Write the pages and the bundle that are made of the tables' definitions
	$(BIN)/python -m generate

format: setup  ## Rewrite Python and SQL in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(SQLFLUFF) fix --disable-progress-bar models tests/dbt
	$(BIN)/sqlfluff fix --disable-progress-bar --templater raw $(TABLE_MACROS)

# Needs Python 3.11+ and make; everything else is installed by `make setup` (into .venv, and a few system libraries).
BIN := .venv/bin
PYTHONS := $(wildcard caseflow workers tests tools bench)
# What `make check` runs: the pure parts, without the long walks.
UNIT := tests/states tests/unit tests/test_architecture.py --ignore=tests/states/test_walks.py -m "not servers and not slow"

# Compiled files make every tool start several times faster, whatever the shell says about them.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check bench fmt lock lint types contracts

help:  ## this list
	@awk -F ':.*  ## ' '/^[a-z]+:.*  ## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## .venv from the lock and the system libraries; quick when nothing is missing
	@tools/python tools/set_up.py

demo: setup  ## the product with demonstration data; prints the address and the log-ins (ARGS="--port 9000")
	@$(BIN)/caseflow demo $(ARGS)

run: setup  ## the product with your own data (CASEFLOW_* settings)
	@$(BIN)/caseflow serve $(ARGS)

test:  ## everything CI runs: format, lint, types, import contracts, every test on real servers
	@tools/python tools/set_up.py --tests
	@$(MAKE) --no-print-directory lint types contracts
	$(BIN)/pytest --numprocesses auto $(ARGS)

check: setup lint types contracts  ## the fast part of test, under a minute: run it before a commit
	$(BIN)/pytest $(UNIT) -q --numprocesses auto $(ARGS)

bench:  ## the benchmarks, each figure with its goal, other engines beside ours (ARGS="NAME --quick --json")
	@tools/python tools/set_up.py --bench
	@$(BIN)/python -m bench $(ARGS)

fmt: setup  ## format, and repair what the linter can
	@$(BIN)/ruff format $(PYTHONS)
	@$(BIN)/ruff check --fix $(PYTHONS)

lock: setup  ## new locks of the product, the pages and the benchmark's peers, with hashes and without addresses
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --upgrade --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --group peers --upgrade --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" --output-file requirements-bench.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --group npm --upgrade --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" --output-file requirements-npm.lock
	@npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

lint:
	$(BIN)/ruff format --check $(PYTHONS)
	$(BIN)/ruff check $(PYTHONS)

types:
	$(BIN)/mypy $(PYTHONS)

contracts:
	$(BIN)/lint-imports

# What can be made; `make` alone prints this list. Everything happens in .venv, made once from
# pyproject.toml and constraints.txt, and again when one of them changes.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help run test browser lint bench fuzz clients pins clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) ## build the warehouse from seeds/ and print what is in it
	@$(BIN)/parcferme build

test: lint browser ## run all checks and tests
	@$(BIN)/pytest -q -n 2 --dist loadscope

# The tests of the explorer need Chromium; without one they are skipped, and say so.
browser: ## install Chromium, where apt-get can and there is none
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || [ "$$(id -u)" != 0 ] || \
	  ! command -v apt-get >/dev/null || { echo "Installing Chromium ..."; apt-get update -qq && \
	  apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || true

lint: $(READY) ## check style and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

bench: $(READY) ## measure time and memory against other ways to do the same (minutes); SHEETS=20000 for more
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]' || \
	  echo "dlt cannot be had here; the bench goes on without it."
	@$(BIN)/python -m tests.bench $(if $(SHEETS),--sheets $(SHEETS))

fuzz: $(READY) ## break sheets and builds at random and see that every promise holds (minutes)
	@$(BIN)/python -m tests.fuzz
	@$(BIN)/pytest -q -n 2 -m fuzz
	@$(BIN)/pytest -q -n 2 -m hypothesis --hypothesis-profile=fuzz

clients: $(READY) ## read a built warehouse with every client of note (installs them; minutes)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[clients]'
	@$(BIN)/pytest -q -m clients

pins: ## write constraints.txt anew, with the newest versions that pyproject.toml allows
	@rm -rf .venv-pins && $(PYTHON) -m venv .venv-pins
	@.venv-pins/bin/python -m pip install -q --disable-pip-version-check -e '.[dev,bench]'
	@.venv-pins/bin/python -m pip freeze --exclude-editable | LC_ALL=C sort -f > constraints.txt
	@rm -rf .venv-pins

clean: ## remove the warehouse's data and what tools leave behind; seeds stay
	@rm -rf warehouse/snapshots warehouse/parquet warehouse/results.db* warehouse/history.jsonl warehouse/.[a-z]*
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info
	@find flows transforms warehouse tests -name __pycache__ -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	@echo "Setting up .venv (once; about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -m venv .venv || \
	  { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 2; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# Two commands matter: `make demo` and `make test`. Everything they need is installed by them.
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python
PIP := $(BIN)/pip --disable-pip-version-check install --quiet --progress-bar off
WORKERS ?= 2
# What cannot differ between the two databases is run on one of them.
ONCE := -m "not (browser or spark or node or once)" --ignore src/tenure/engine --ignore src/tenure/demo

.PHONY: demo up test lint types imports migrations assets sqlite postgres browser clean lock \
  messages languages \
  bench-intake bench-metrics bench-pages bench-load bench-scores bench-forecast \
  bench-panel bench-hidden_states bench-advice bench-plays screenshots

demo: .venv/base assets
	TENURE_HOME=var/demo $(BIN)/tenure demo

up: .venv/base assets
	$(BIN)/tenure up

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Tenure needs Python 3.11 or newer; set PYTHON=python3.12, say."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/base: requirements/base.txt pyproject.toml | .venv/bin/python
	@echo "Installing Python packages (once, about a minute) …"
	$(PIP) --require-hashes -r requirements/base.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@$(RUN) tools/openmp.py
	@touch $@

.venv/dev: requirements/dev.txt .venv/base
	@echo "Installing what the tests need (once) …"
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

.venv/node: requirements/node.txt | .venv/bin/python
	@node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))' 2>/dev/null || \
	  { echo "No Node.js 20 or newer: installing one from the package index …"; \
	    $(PIP) --require-hashes -r requirements/node.txt; }
	@touch $@

.venv/chromium: .venv/dev tools/chromium.py
	$(RUN) tools/chromium.py install
	@touch $@

assets: .venv/base .venv/node
	$(RUN) -m tenure.web.build

# What only reads runs side by side: checking types alone keeps one processor busy.
test: .venv/dev .venv/chromium assets
	$(MAKE) --jobs $(WORKERS) types lint imports migrations languages
	$(MAKE) sqlite postgres

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev assets
	$(BIN)/mypy src tools bench
	$(RUN) -m tenure.web.build --check-types

imports: .venv/dev
	$(BIN)/lint-imports

migrations: .venv/dev
	TENURE_HOME=$$(mktemp -d) $(BIN)/django-admin makemigrations --check --dry-run \
	  --settings tenure.config.settings

# Brings src/tenure/locale up to date with the words of the source; translations stay.
messages: .venv/base
	$(RUN) tools/messages.py extract

languages: .venv/base
	$(RUN) tools/messages.py check --languages de,nl,it,zh_Hans

sqlite: .venv/dev .venv/chromium assets
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --db sqlite

postgres: .venv/dev assets
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --db postgres $(ONCE)

browser: .venv/chromium assets
	$(BIN)/pytest -m browser

bench-intake bench-metrics bench-pages bench-load bench-scores bench-forecast bench-panel \
  bench-hidden_states bench-advice bench-plays: bench-%: .venv/dev assets
	$(RUN) bench/$*.py

# Pictures for the README, from a running `make demo`.
screenshots: .venv/chromium assets
	$(RUN) tools/screenshots.py $(or $(HOST),http://127.0.0.1:8000) $(or $(DEMO),var/demo)

lock:
	tools/lock.sh

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache src/tenure/web/assets/node_modules \
	  src/tenure/web/static/build

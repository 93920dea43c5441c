# make         builds .venv, which holds .venv/bin/triage
# make demo    sets everything up and shows the product on an invented national feed (DEMO_ARGS=--no-window)
# make test    sets everything up and runs the tests
# make lint    ruff, mypy and the import contracts
# make lock    writes constraints.txt anew from what this machine would install today
#
# Needs Python 3.11 or newer, and on Debian nothing else: missing system libraries are installed when root runs this, and
# otherwise named in one line.

PYTHON ?= python3
DEMO_ARGS ?=
JOBS ?= auto
BIN := .venv/bin
# Wheels only: nothing is compiled here. bagit (tests only, pure Python) is published as source alone.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
INSTALL := $(PIP) install --only-binary=:all: --no-binary=bagit --constraint constraints.txt
PYTEST := $(BIN)/python -m pytest -p no:cacheprovider -q

.PHONY: all demo test lint lock clean
.DELETE_ON_ERROR:

all: $(BIN)/.ready

$(BIN)/.ready: pyproject.toml constraints.txt .ci/system
	@sh .ci/system "$(PYTHON)" base
	@[ -x $(BIN)/python ] || "$(PYTHON)" -m venv .venv
	@echo "Installing the packages into .venv ..."
	@$(INSTALL) --editable '.[ui]'
	@$(BIN)/python -m compileall -q triage  # the programs beside the host write nothing, and would compile at every start
	@touch $@

$(BIN)/.ready-test: $(BIN)/.ready
	@sh .ci/system "$(PYTHON)" test
	@echo "Installing what the tests need ..."
	@$(INSTALL) --editable '.[ui,test,packet]'
	@touch $@

demo: $(BIN)/.ready
	@$(BIN)/triage demo $(DEMO_ARGS)

# First everything that must stand without a desktop, with PySide6 made unimportable; then the desktop, without a display.
test: $(BIN)/.ready-test
	@$(PYTEST) -p tests.no_qt -p no:pytest-qt -n $(JOBS) --dist worksteal
	@QT_QPA_PLATFORM=offscreen $(PYTEST) -n $(JOBS) --dist worksteal $(wildcard tests/ui tests/e2e)

lint: $(BIN)/.ready-test
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

lock: $(BIN)/.ready-test
	@sh .ci/lock $(BIN)/python > constraints.txt.new && mv constraints.txt.new constraints.txt

clean:
	rm -rf .venv build dist

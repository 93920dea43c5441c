# make         builds .venv, which holds .venv/bin/triage
# make demo    sets everything up and shows the product on an invented national feed (DEMO_ARGS=--no-window)
# make test    sets everything up and runs the tests
# make thorough  the same tests in their long forms: each case of a product, of which make test tries a part
# make fuzz    sends mutants of all kinds of input through the program (FUZZ_ARGS='--seconds 3600')
# make mutants changes the source in one place at a time and asks whether a test notices (MUTANTS_ARGS='triage.priority*')
# make coverage  runs all tests and fails when they reach less than 85 % of the lines that changed (COVERAGE_BASE=origin/main)
# make bench   measures speed beside limits and peers, and writes docs/benchmarks.md (BENCH_ARGS='serving --sizes 100000')
# make bench-quick  the same at small sizes, in some minutes
# make keys    writes the quick card of keys of the guide anew from the key tables
# make validation  runs all tests and writes the validation report for courts and auditors into build/validation
# make docs    builds the docs site in build/site: it is read without a network, from the file index.html
# make lint    ruff, mypy and the import contracts
# make bundle  makes the archive from which a workstation is installed (BUNDLE_ARGS='--key FILE'; see docs/decisions/21-bundle.md)
# make try-bundle  tries that archive in bare root file systems without a network
# make lock    writes requirements/ anew from pyproject.toml (LOCK_ARGS=--upgrade takes newer versions)
#
# Needs Python 3.11 or newer, and on Debian nothing else: missing system libraries are installed when root runs this, and
# otherwise named in one line.

PYTHON ?= python3
DEMO_ARGS ?=
LOCK_ARGS ?=
FUZZ_ARGS ?=
BENCH_ARGS ?=
MUTANTS_ARGS ?=
COVERAGE_ARGS ?=
COVERAGE_BASE ?= origin/main
BUNDLE_ARGS ?=
JOBS ?= auto
DESKTOP_JOBS ?= $(shell echo $$((($$(nproc 2>/dev/null || echo 2) + 1) / 2)))
BIN := .venv/bin
MAN := .venv/share/man/man1
# Every package has its version and its hashes in requirements/. Wheels only: of theirs nothing is compiled here. Of ours two C
# files are, where there is a compiler (docs/decisions/23-compiled-kernels.md). bagit (tests only, pure
# Python) is published as source alone. Nothing is fetched for a build either: requirements/build.txt is installed before it.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
INSTALL := sh .ci/install $(BIN)
# Here is compiled what the program may import. What only the tests need compiles itself where it is imported, and
# so would what is left out: places of telephone numbers (a third of all source), lexers and examples, which nothing here imports.
COMPILE := $(BIN)/python -m compileall -qq \
    -x '/(tests|pip|setuptools|PySide6/scripts|phonenumbers/(geo|carrier)data|pygments/lexers|Cryptodome/SelfTest|pyqtgraph/examples)/'
unexport PYTHONDONTWRITEBYTECODE  # or each program that a test starts would compile all it imports
PYTEST := $(BIN)/python -m pytest -p no:cacheprovider -q

.PHONY: all demo test test-core test-desktop thorough fuzz mutants coverage bench bench-quick keys validation docs lint bundle try-bundle lock clean
.DELETE_ON_ERROR:

all: $(BIN)/.ready $(MAN)/triage.1

$(BIN)/.installed: pyproject.toml requirements/build.txt requirements/base.txt .ci/system
	@sh .ci/system "$(PYTHON)" base
	@[ -x $(BIN)/python ] || "$(PYTHON)" -m venv .venv
	@echo "Installing the packages into .venv ..."
	@$(INSTALL) -r requirements/build.txt -r requirements/base.txt
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/.kernel: $(BIN)/.installed triage/hashing/digest_kernel.c triage/hashing/image_kernel.c delivery/build_kernel.py
	@$(BIN)/python -m delivery.build_kernel
	@touch $@

$(BIN)/.ready: $(BIN)/.installed $(BIN)/.kernel
	@$(COMPILE) -j 0 .venv/lib triage || true  # the programs beside the host write nothing, and would compile at every start
	@touch $@

# Beside the installation what is there already is compiled, and nothing that is still being written; then the tests are.
$(BIN)/.ready-test: $(BIN)/.installed $(BIN)/.kernel requirements/test.txt
	@sh .ci/system "$(PYTHON)" test
	@echo "Installing what the tests need ..."
	@set -- .venv/lib/python*/site-packages/*; $(COMPILE) "$$@" triage & compiling=$$!; \
	    $(INSTALL) -r requirements/test.txt && $(BIN)/python -m tests.rewrite_ahead; code=$$?; wait $$compiling; exit $$code
	@touch $(BIN)/.ready $@

$(MAN)/triage.1: $(BIN)/.ready $(wildcard triage/cli/*.py) bench/man_pages.py
	@mkdir -p $(MAN)
	@rm -f $(MAN)/triage*.1
	@$(BIN)/python -m bench.man_pages >/dev/null
	@cp build/man/*.1 $(MAN)

demo: $(BIN)/.ready $(MAN)/triage.1
	@$(BIN)/triage demo $(DEMO_ARGS)

# Everything that must stand without a desktop, with PySide6 made unimportable; and beside it the desktop, without a display, whose
# tests wait for half of their time. Both run to their end, whatever the other finds.
test: $(BIN)/.ready-test $(MAN)/triage.1
	@$(BIN)/python -m compileall -q triage  # of what changed since: the programs beside the host would compile it at every start
	@$(MAKE) --no-print-directory --keep-going --jobs=2 test-core test-desktop

test-core:
	@$(PYTEST) -p tests.no_qt -p no:pytest-qt -n $(JOBS) --dist worksteal

# What it says is shown in one piece, once it has ended.
test-desktop:
	@mkdir -p build
	@QT_QPA_PLATFORM=offscreen $(PYTEST) -n $(DESKTOP_JOBS) --dist worksteal $(wildcard tests/ui tests/e2e) >build/desktop-tests.txt 2>&1; \
	    code=$$?; cat build/desktop-tests.txt; exit $$code

thorough:
	@TRIAGE_TEST_THOROUGH=1 $(MAKE) test

fuzz: $(BIN)/.ready-test
	@$(BIN)/python -m bench.fuzz $(FUZZ_ARGS)

$(BIN)/.ready-quality: $(BIN)/.ready-test requirements/quality.txt
	@$(INSTALL) -r requirements/quality.txt
	@touch $@

mutants: $(BIN)/.ready-quality
	@$(BIN)/mutmut run $(MUTANTS_ARGS)
	@$(BIN)/mutmut results

# Failures of tests do not end the run: `make test` tells of them. What only decoders in the sandbox reach is not counted.
coverage: $(BIN)/.ready-quality $(MAN)/triage.1
	@mkdir -p build
	-@$(PYTEST) -p tests.no_qt -p no:pytest-qt -n $(JOBS) --dist worksteal --cov --cov-report=
	-@QT_QPA_PLATFORM=offscreen $(PYTEST) -n $(JOBS) --dist worksteal --cov --cov-append --cov-report=xml:build/coverage.xml $(wildcard tests/ui tests/e2e)
	@$(BIN)/diff-cover build/coverage.xml --compare-branch=$(COVERAGE_BASE) --fail-under=85 $(COVERAGE_ARGS)

bench: $(BIN)/.ready-test
	@$(BIN)/python -m compileall -q triage  # as it is installed: a start compiles nothing
	@$(BIN)/python -m bench $(BENCH_ARGS)

bench-quick: $(BIN)/.ready-test
	@$(BIN)/python -m compileall -q triage
	@$(BIN)/python -m bench --quick $(BENCH_ARGS)

# Failures do not end the run: they stand in the report, and its exit code says so.
validation: $(BIN)/.ready-test $(MAN)/triage.1
	@mkdir -p build/validation
	-@$(PYTEST) -p tests.no_qt -p no:pytest-qt -n $(JOBS) --dist worksteal --junitxml=build/validation/tests.xml
	-@QT_QPA_PLATFORM=offscreen $(PYTEST) -n $(JOBS) --dist worksteal --junitxml=build/validation/desktop.xml $(wildcard tests/ui tests/e2e)
	@$(BIN)/python -m bench.validation --junit build/validation/tests.xml build/validation/desktop.xml

# Sphinx brings libraries that speak HTTP: it gets an environment of its own, and nothing of it lies beside the product.
build/docs-venv/.ready: requirements/docs.txt
	@"$(PYTHON)" -m venv build/docs-venv
	@echo "Installing what the docs site needs into build/docs-venv ..."
	@sh .ci/install build/docs-venv/bin -r requirements/docs.txt
	@touch $@

docs: build/docs-venv/.ready $(MAN)/triage.1
	@build/docs-venv/bin/python -B -m bench.docs_site

keys: $(BIN)/.ready
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m bench.key_card

lint: $(BIN)/.ready-test
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bundle: $(BIN)/.ready $(MAN)/triage.1
	@sh .ci/bundle $(BIN)/python $(BUNDLE_ARGS)

# What lies in dist/ is tried. It stands by itself, since a bundle is not made twice without need.
try-bundle: $(BIN)/.ready-test
	@sh .ci/try-bundle $(BIN)/python

lock: $(BIN)/.ready
	@$(INSTALL) -r requirements/lock.txt
	@sh .ci/lock $(BIN)/uv $(LOCK_ARGS)

clean:
	rm -rf .venv build dist

#!/bin/sh
# Runs inside the root file system of Debian 12, without a network (.ci/bundle starts it): freezes the program and lays the
# bundle's folder out.
set -eu
cd /made/source
python3 -m venv /made/venv
install() { /made/venv/bin/python -m pip --disable-pip-version-check --no-input --quiet install --no-index "$@"; }
install --require-hashes --find-links /made/wheels/build --no-build-isolation -r requirements/build.txt
install --require-hashes --find-links /made/wheels/build --no-build-isolation -r requirements/freeze.txt
install --no-deps --no-build-isolation .
/made/venv/bin/python -m delivery.build_kernel --required
/made/venv/bin/pyinstaller --log-level ERROR --clean --noconfirm build.spec
# Sphinx brings libraries that speak HTTP: it gets an environment of its own, as in the Makefile.
python3 -m venv /made/docs-venv
/made/docs-venv/bin/python -m pip --disable-pip-version-check --no-input --quiet install --no-index --require-hashes --no-build-isolation \
    --find-links /made/wheels/docs -r requirements/docs.txt
/made/docs-venv/bin/python -B -m bench.docs_site
/made/venv/bin/python -m delivery.assemble --docs build/site --wheels /made/wheels/offline --program dist/triage --out dist

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
/made/venv/bin/pyinstaller --log-level ERROR --clean --noconfirm build.spec
/made/venv/bin/python -m delivery.assemble --wheels /made/wheels/offline --program dist/triage --out dist

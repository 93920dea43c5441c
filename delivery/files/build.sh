#!/bin/sh
# Runs inside the root file system of Debian 12, without a network (.ci/bundle starts it): freezes the program and lays the
# bundle's folder out.
set -eu
cd /work/source
python3 -m venv /work/venv
install() { /work/venv/bin/python -m pip --disable-pip-version-check --no-input --quiet install --no-index "$@"; }
install --require-hashes --find-links /work/wheels/build --no-build-isolation -r requirements/build.txt
install --require-hashes --find-links /work/wheels/build --no-build-isolation -r requirements/freeze.txt
install --no-deps --no-build-isolation .
/work/venv/bin/pyinstaller --log-level ERROR --clean --noconfirm build.spec
/work/venv/bin/python -m delivery.assemble --wheels /work/wheels/offline --program dist/triage --out dist

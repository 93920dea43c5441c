# What has to run on Windows before a bundle for it is released. NOT RUN YET: no Windows machine was at hand.
#   powershell -ExecutionPolicy Bypass -File .ci\windows.ps1 [-Offline WHEELS]
# 1. tests, with those that only Windows can run; 2. the frozen program; 3. it starts, makes a demo store and checks it.
# tests\decode\test_app_container.py is the proof that the sandbox needs; media stay closed on Windows until it passed.
param([string] $Offline = "")
$ErrorActionPreference = "Stop"
Set-Location (Split-Path $PSScriptRoot)
if ($Offline) { $env:PIP_NO_INDEX = "1"; $env:PIP_FIND_LINKS = $Offline }

function Invoke-Checked {
    $program, $arguments = $args
    & $program @arguments
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

Invoke-Checked powershell -ExecutionPolicy Bypass -File make.ps1 test
$python = ".venv\Scripts\python.exe"
Invoke-Checked $python -m pytest -p no:cacheprovider -q tests\decode\test_app_container.py
Invoke-Checked $python -m pip --disable-pip-version-check --no-input --quiet `
    install --require-hashes --only-binary=:all: --no-build-isolation -r requirements\freeze.txt
$env:PYTHONHASHSEED = "0"
$env:SOURCE_DATE_EPOCH = (git log -1 --format=%ct)
Invoke-Checked .venv\Scripts\pyinstaller.exe --clean --noconfirm build.spec
Invoke-Checked dist\triage\triage.exe --version
Invoke-Checked dist\triage\triage.exe demo build\demo --no-window
Invoke-Checked dist\triage\triage.exe check --store build\demo\store --user demo --passphrase-file build\demo\passphrase.txt

# What has to run on Windows before a bundle for it is released. NOT RUN YET: no Windows machine was at hand.
#   powershell -ExecutionPolicy Bypass -File .ci\windows.ps1 [-Offline WHEELS] [-Key FILE]
# 1. lint and tests, with those that only Windows can run; 2. the frozen program; 3. it starts, makes a demo store and checks it;
# 4. the bundle is laid out, listed, packed, and signed with a key; 5. it is installed, refused when it was changed, and removed.
# tests\decode\test_app_container.py is the proof that the sandbox needs; media stay closed on Windows until it passed.
param([string] $Offline = "", [string] $Key = "")
$ErrorActionPreference = "Stop"
Set-Location -LiteralPath (Split-Path -Parent $PSScriptRoot)
if ($Offline) { $env:PIP_NO_INDEX = "1"; $env:PIP_FIND_LINKS = $Offline }
$python = ".venv\Scripts\python.exe"

function Invoke-Checked([string] $program, [string[]] $arguments) {
    & $program @arguments
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

# Starts a script of PowerShell as a person would. Returns its exit code.
function Invoke-Script([string] $script, [string[]] $arguments) {
    & powershell.exe -NoProfile -ExecutionPolicy Bypass -File $script @arguments | Out-Host
    return $LASTEXITCODE
}

function Assert-Code([int] $code, [int] $wanted, [string] $what) {
    if ($code -eq $wanted) { return }
    [Console]::Error.WriteLine("$what ended with $code; $wanted was expected.")
    exit 1
}

# 1. Lint and tests. The sandbox's own test runs once more by itself, so that a run in which it was skipped is seen.
foreach ($target in @("lint", "test", "docs")) { Assert-Code (Invoke-Script "make.ps1" @($target)) 0 "make.ps1 $target" }
$said = & $python -m pytest -p no:cacheprovider -q tests\decode\test_app_container.py
Write-Output $said
Assert-Code $LASTEXITCODE 0 "The sandbox's test"
if ("$said" -match "skipped") { Assert-Code 1 0 "The sandbox's test was skipped in part; it" }

# 2. The frozen program. The tests' environment gets what freezes; the lock is the same.
Invoke-Checked $python ("-m pip --disable-pip-version-check --no-input --quiet install --require-hashes --only-binary=:all: --no-build-isolation -r requirements\freeze.txt".Split(" "))
$env:PYTHONHASHSEED = "0"
$env:SOURCE_DATE_EPOCH = (& git log -1 --format=%ct)
Invoke-Checked ".venv\Scripts\pyinstaller.exe" @("--clean", "--noconfirm", "build.spec")

# 3. It starts, makes a demo store and checks it.
$program = "dist\triage\triage.exe"
if (Test-Path -LiteralPath "build\demo") { Remove-Item -LiteralPath "build\demo" -Recurse -Force }
Invoke-Checked $program @("--version")
& $program doctor
if ($LASTEXITCODE -gt 1) { Assert-Code $LASTEXITCODE 1 "triage doctor" }
Invoke-Checked $program @("demo", "build\demo", "--no-window")
Invoke-Checked $program @("check", "--store", "build\demo\store", "--user", "demo", "--passphrase-file", "build\demo\passphrase.txt")

# 4. The bundle.
Invoke-Checked $python @("-m", "delivery.assemble", "--program", "dist\triage", "--docs", "build\site", "--out", "dist")
$version = [IO.File]::ReadAllLines((Join-Path (Get-Location) "triage\__init__.py")) -match "^__version__" -replace "^.*?""(.*)"".*$", '$1'
$bundle = "dist\triage-$version"
$sign = @("-m", "delivery.sign", $bundle, "--windows")
if ($Key) { $sign += @("--key", $Key) }
Invoke-Checked $python $sign

# 5. It is installed in a folder of its own, a changed one is refused, the same one again is refused, and it is removed.
$digest = (Get-FileHash -Algorithm SHA256 -LiteralPath "$bundle\SHA256SUMS").Hash
$place = Join-Path (Get-Location) "build\installed"
if (Test-Path -LiteralPath $place) { Remove-Item -LiteralPath $place -Recurse -Force }
Add-Content -LiteralPath "$bundle\README.txt" -Value "x"
Assert-Code (Invoke-Script "$bundle\install.ps1" @("-Digest", $digest, "-Prefix", $place)) 1 "install.ps1 of a changed bundle"
Copy-Item -LiteralPath "delivery\files\README-windows.txt" -Destination "$bundle\README.txt" -Force
Assert-Code (Invoke-Script "$bundle\install.ps1" @("-Digest", ("0" * 64), "-Prefix", $place)) 1 "install.ps1 with another digest"
Assert-Code (Invoke-Script "$bundle\install.ps1" @("-Digest", $digest, "-Prefix", $place, "-CheckOnly")) 0 "install.ps1 -CheckOnly"
if (Test-Path -LiteralPath $place) { Assert-Code 1 0 "install.ps1 -CheckOnly made $place and" }
Assert-Code (Invoke-Script "$bundle\install.ps1" @("-Digest", $digest, "-Prefix", $place)) 0 "install.ps1"
if (-not (Test-Path -LiteralPath "$place\versions\$version\licences\GPL-3.txt")) { Assert-Code 1 0 "install.ps1 left the licences out and" }
Invoke-Checked "$place\versions\$version\app\triage.exe" @("--version")
Assert-Code (Invoke-Script "$bundle\install.ps1" @("-Digest", $digest, "-Prefix", $place)) 1 "install.ps1 of the same version again"
Assert-Code (Invoke-Script "$place\remove.ps1" @()) 0 "remove.ps1"
if (Test-Path -LiteralPath $place) { Assert-Code 1 0 "remove.ps1 left $place and" }
Write-Output "All passed. The bundle lies in dist."

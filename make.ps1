# The Makefile's pair for Windows. Not run there yet: no Windows machine was at hand when it was written.
#   .\make.ps1            builds .venv, which holds .venv\Scripts\triage.exe
#   .\make.ps1 demo ...   sets everything up and shows the product; what follows is passed on (--no-window)
#   .\make.ps1 test       sets everything up and runs the tests
param(
    [ValidateSet("all", "demo", "test")] [string] $Target = "all",
    [Parameter(ValueFromRemainingArguments = $true)] [string[]] $Rest = @()
)
$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot
$bin = ".venv\Scripts"

function Invoke-Checked {
    $program, $arguments = $args
    & $program @arguments
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

# Every package has its version and its hashes in requirements\. Wheels only; what builds the project and bagit is installed first.
function Install-Locked([string] $name) {
    Invoke-Checked "$bin\python.exe" -m pip --disable-pip-version-check --no-input --quiet `
        install --require-hashes --only-binary=:all: --no-binary=bagit --no-build-isolation -r "requirements\$name.txt"
}

function Install-Packages([string] $name) {
    $stamp = "$bin\.ready-$name"
    $newest = (Get-Item pyproject.toml, requirements\build.txt, "requirements\$name.txt" | Sort-Object LastWriteTime)[-1].LastWriteTime
    if ((Test-Path $stamp) -and (Get-Item $stamp).LastWriteTime -ge $newest) { return }
    if (-not (Test-Path "$bin\python.exe")) { Invoke-Checked py -3 -m venv .venv }
    Write-Output "Installing the packages into .venv ..."
    Install-Locked "build"
    Install-Locked $name
    Invoke-Checked "$bin\python.exe" -m pip --disable-pip-version-check --no-input --quiet `
        install --no-index --no-deps --no-build-isolation --editable .
    New-Item -Force $stamp | Out-Null
}

switch ($Target) {
    "all" { Install-Packages "base" }
    "demo" {
        Install-Packages "base"
        Invoke-Checked "$bin\triage.exe" demo @Rest
    }
    "test" {
        Install-Packages "test"
        Invoke-Checked "$bin\python.exe" -m compileall -q triage  # as in the Makefile
        $pytest = @("-m", "pytest", "-p", "no:cacheprovider", "-q")
        Invoke-Checked "$bin\python.exe" @pytest -p tests.no_qt -p no:pytest-qt -n auto --dist worksteal
        $env:QT_QPA_PLATFORM = "offscreen"
        Invoke-Checked "$bin\python.exe" @pytest tests\ui
    }
}

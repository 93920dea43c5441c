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

function Install-Extras([string] $extras) {
    $stamp = "$bin\.ready-$($extras -replace ',', '-')"
    $newest = (Get-Item pyproject.toml, constraints.txt | Sort-Object LastWriteTime)[-1].LastWriteTime
    if ((Test-Path $stamp) -and (Get-Item $stamp).LastWriteTime -ge $newest) { return }
    if (-not (Test-Path "$bin\python.exe")) { Invoke-Checked py -3 -m venv .venv }
    Write-Output "Installing the packages into .venv ..."
    Invoke-Checked "$bin\python.exe" -m pip --disable-pip-version-check --no-input --quiet `
        install --only-binary=:all: --no-binary=bagit --constraint constraints.txt --editable ".[$extras]"
    New-Item -Force $stamp | Out-Null
}

switch ($Target) {
    "all" { Install-Extras "ui" }
    "demo" {
        Install-Extras "ui"
        Invoke-Checked "$bin\triage.exe" demo @Rest
    }
    "test" {
        Install-Extras "ui,test,packet"
        $pytest = @("-m", "pytest", "-p", "no:cacheprovider", "-q")
        Invoke-Checked "$bin\python.exe" @pytest -p tests.no_qt -p no:pytest-qt -n auto --dist worksteal
        $env:QT_QPA_PLATFORM = "offscreen"
        Invoke-Checked "$bin\python.exe" @pytest tests\ui
    }
}

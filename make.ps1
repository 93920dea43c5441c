# The Makefile's pair for Windows. Not run there yet: no Windows machine was at hand when it was written.
#   powershell -ExecutionPolicy Bypass -File make.ps1 [TARGET] [ARGUMENT ...]
#   all          builds .venv, which holds .venv\Scripts\triage.exe
#   demo         sets everything up and shows the product on an invented national feed (--no-window)
#   test         sets everything up and runs the tests
#   test-core    the part of them that stands without a desktop
#   test-desktop the desktop's part
#   thorough     the same tests in their long forms
#   fuzz         sends mutants of all kinds of input through the program (--seconds 3600)
#   mutants      changes the source in one place at a time and asks whether a test notices (--package priority)
#   coverage     runs all tests and fails when they reach less of a file than before (--renew)
#   bench        measures speed beside limits and peers, and writes docs\benchmarks.md
#   bench-quick  the same at small sizes
#   man          writes the manual pages in docs\man anew from the commands
#   keys         writes the quick card of keys of the guide anew from the key tables
#   validation   runs all tests and writes the validation report into build\validation
#   docs         builds the docs site in build\site
#   lint         ruff, mypy and the import contracts
# The bundle for Windows is made by .ci\windows.ps1. What stands behind a target is passed on to its program.
param(
    [ValidateSet("all", "demo", "test", "test-core", "test-desktop", "thorough", "fuzz", "bench", "bench-quick", "keys", "validation", "docs", "lint")]
    [string] $Target = "all",
    [Parameter(ValueFromRemainingArguments = $true)] [string[]] $Rest = @()
)
$ErrorActionPreference = "Stop"
Set-Location -LiteralPath $PSScriptRoot
$bin = ".venv\Scripts"
$python = "$bin\python.exe"
$pytest = @("-m", "pytest", "-p", "no:cacheprovider", "-q", "-n", "auto", "--dist", "worksteal")
$host_tests = @("-p", "tests.no_qt", "-p", "no:pytest-qt")
$desktop_tests = @("tests\ui", "tests\e2e")

# Runs a program with a list of arguments, and ends with its exit code unless it is 0.
function Invoke-Checked([string] $program, [string[]] $arguments) {
    & $program @arguments
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

# Runs tests whose failures do not end the run: a report follows that tells of them.
function Invoke-Tests([string[]] $host_more, [string[]] $desktop_more) {
    & $python @pytest @host_tests @host_more
    $env:QT_QPA_PLATFORM = "offscreen"
    & $python @pytest @desktop_more @desktop_tests
}

function Test-Older([string] $stamp, [string[]] $sources) {
    if (-not (Test-Path -LiteralPath $stamp)) { return $true }
    $newest = (Get-Item -LiteralPath $sources | Sort-Object LastWriteTime)[-1].LastWriteTime
    return (Get-Item -LiteralPath $stamp).LastWriteTime -lt $newest
}

# Every package has its version and its hashes in requirements\. Wheels only; what builds the project and bagit is installed first.
# The line is split here: PowerShell itself would split a word that begins with a dash and holds a colon.
function Install-Locked([string] $into, [string] $name) {
    Invoke-Checked $into ("-m pip --disable-pip-version-check --no-input --quiet install --require-hashes --only-binary=:all: --no-binary=bagit --no-build-isolation -r requirements\$name.txt".Split(" "))
}

function Install-Packages([string] $name) {
    $stamp = "$bin\.ready-$name"
    if (-not (Test-Older $stamp @("pyproject.toml", "requirements\build.txt", "requirements\$name.txt", "triage\hashing\digest_kernel.c", "triage\hashing\image_kernel.c", "delivery\build_kernel.py"))) { return }
    if (-not (Test-Path -LiteralPath $python)) { Invoke-Checked "py" @("-3", "-m", "venv", ".venv") }
    Write-Output "Installing the packages into .venv ..."
    Install-Locked $python "build"
    Install-Locked $python $name
    Invoke-Checked $python ("-m pip --disable-pip-version-check --no-input --quiet install --no-index --no-deps --no-build-isolation --editable .".Split(" "))
    Invoke-Checked $python @("-m", "delivery.build_kernel")
    Invoke-Checked $python @("-m", "compileall", "-q", "triage")
    New-Item -ItemType File -Force -Path $stamp | Out-Null
}

# Sphinx brings libraries that speak HTTP: it gets an environment of its own, and nothing of it lies beside the product.
function Install-Docs {
    $stamp = "build\docs-venv\.ready"
    if (-not (Test-Older $stamp @("requirements\docs.txt"))) { return }
    Invoke-Checked "py" @("-3", "-m", "venv", "build\docs-venv")
    Write-Output "Installing what the docs site needs into build\docs-venv ..."
    Install-Locked "build\docs-venv\Scripts\python.exe" "docs"
    New-Item -ItemType File -Force -Path $stamp | Out-Null
}

if ($Target -eq "docs") { Install-Docs }
elseif ($Target -in @("all", "demo", "keys")) { Install-Packages "base" }
else { Install-Packages "test" }

switch ($Target) {
    "demo" { Invoke-Checked "$bin\triage.exe" (@("demo") + $Rest) }
    { $_ -in "test", "test-core", "test-desktop", "thorough" } {
        if ($Target -eq "thorough") { $env:TRIAGE_TEST_THOROUGH = "1" }
        Invoke-Checked $python @("-m", "compileall", "-q", "triage") # of what changed since
        if ($Target -ne "test-desktop") { Invoke-Checked $python ($pytest + $host_tests + $Rest) }
        if ($Target -ne "test-core") {
            $env:QT_QPA_PLATFORM = "offscreen"
            Invoke-Checked $python ($pytest + $desktop_tests + $Rest)
        }
    }
    "fuzz" { Invoke-Checked $python (@("-m", "bench.fuzz") + $Rest) }
    "bench" { Invoke-Checked $python (@("-m", "bench") + $Rest) }
    "bench-quick" { Invoke-Checked $python (@("-m", "bench", "--quick") + $Rest) }
    "keys" {
        $env:QT_QPA_PLATFORM = "offscreen"
        Invoke-Checked $python @("-m", "bench.key_card")
    }
    "validation" {
        New-Item -ItemType Directory -Force -Path "build\validation" | Out-Null
        $reports = @("build\validation\tests.xml", "build\validation\desktop.xml")
        Invoke-Tests @("--junitxml=$($reports[0])") @("--junitxml=$($reports[1])")
        Invoke-Checked $python (@("-m", "bench.validation", "--junit") + $reports)
    }
    "docs" { Invoke-Checked "build\docs-venv\Scripts\python.exe" @("-B", "-m", "bench.docs_site") }
    "lint" {
        Invoke-Checked "$bin\ruff.exe" @("check", ".")
        Invoke-Checked "$bin\mypy.exe" @()
        Invoke-Checked "$bin\lint-imports.exe" @("--no-logo")
    }
}

# Installs Triage on Windows from this folder. NOT RUN YET: written and reviewed without a Windows machine.
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Digest "THE DIGEST ON THE PAPER"
# Without a network. As administrator it installs for everybody in Program Files, else for yourself. Media stay closed on Windows
# until the sandbox was proven there (docs/installing.md).
param(
    [Parameter(Mandatory = $true)] [string] $Digest,
    [string] $Prefix = ""
)
$ErrorActionPreference = "Stop"
Set-StrictMode -Version Latest
$here = $PSScriptRoot

function Stop-With([string] $sentence) {
    [Console]::Error.WriteLine($sentence)
    exit 1
}

# 1. The list of files is the one on the paper.
$sums = Join-Path $here "SHA256SUMS"
if (-not (Test-Path -LiteralPath $sums -PathType Leaf)) { Stop-With "There is no list SHA256SUMS here; the bundle is not whole. Copy it again." }
$wanted = ($Digest -replace "[\s:]", "").ToLowerInvariant()
$found = (Get-FileHash -Algorithm SHA256 -LiteralPath $sums).Hash.ToLowerInvariant()
if ($found -ne $wanted) { Stop-With "The digest is not the one of this bundle ($found). Compare it with the paper again." }

# 2. Every file is as listed, and none is there besides.
$listed = @{}
foreach ($line in [IO.File]::ReadAllLines($sums)) {
    if ($line -notmatch "^([0-9a-f]{64})  ([^/\\:][^\\:]*)$" -or $Matches[2] -match "(^|/)\.\.(/|$)") {
        Stop-With "SHA256SUMS has a line of another form; this bundle was changed. Do not install it."
    }
    $listed[$Matches[2]] = $Matches[1]
}
$root = (Get-Item -LiteralPath $here).FullName.TrimEnd("\")
foreach ($file in Get-ChildItem -LiteralPath $root -Recurse -Force) {
    if ($file.Attributes -band [IO.FileAttributes]::ReparsePoint) { Stop-With "$($file.FullName) is a link; this bundle was changed. Do not install it." }
    if ($file.PSIsContainer) { continue }
    $name = $file.FullName.Substring($root.Length + 1).Replace("\", "/")
    if ($name -eq "SHA256SUMS" -or $name -eq "SHA256SUMS.sig") { continue }
    if (-not $listed.ContainsKey($name)) { Stop-With "$name was added to this bundle. Do not install it." }
    if ((Get-FileHash -Algorithm SHA256 -LiteralPath $file.FullName).Hash.ToLowerInvariant() -ne $listed[$name]) {
        Stop-With "$name was changed since the bundle was made. Do not install it."
    }
    $listed.Remove($name)
}
if ($listed.Count -gt 0) { Stop-With "$(@($listed.Keys)[0]) is missing; the bundle is not whole. Copy it again." }

# 3. Install beside other versions, and switch only when the new one starts.
$version = [IO.File]::ReadAllLines((Join-Path $root "VERSION"))[0]
if ($version -notmatch "^\d+(\.\d+)*$") { Stop-With "VERSION holds no version; this bundle was changed. Do not install it." }
$identity = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
$everybody = $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
if (-not $Prefix) { $Prefix = if ($everybody) { Join-Path $env:ProgramFiles "Triage" } else { Join-Path $env:LOCALAPPDATA "Programs\Triage" } }
$current = Join-Path $Prefix "VERSION"
if (Test-Path -LiteralPath $current) {
    $there = [IO.File]::ReadAllLines($current)[0]
    if ([Version] "$there.0" -ge [Version] "$version.0") { Stop-With "Triage $there is installed; $version is not newer. Nothing was changed." }
}
$target = Join-Path $Prefix "versions\$version"
$new = "$target.new"
if (Test-Path -LiteralPath $new) { Remove-Item -LiteralPath $new -Recurse -Force }
New-Item -ItemType Directory -Force -Path $new | Out-Null
Copy-Item -Path (Join-Path $root "app") -Destination $new -Recurse
$said = & (Join-Path $new "app\triage.exe") --version
if ($LASTEXITCODE -ne 0 -or "$said" -notmatch [regex]::Escape($version)) {
    Remove-Item -LiteralPath $new -Recurse -Force
    Stop-With "Triage does not start on this machine. It needs 64-bit Windows 10 or newer. Nothing was changed."
}
if (Test-Path -LiteralPath $target) { Remove-Item -LiteralPath $target -Recurse -Force }
Rename-Item -LiteralPath $new -NewName $version
# Decoders run in an AppContainer, which may read only what is granted to it: the program's own folder.
& icacls.exe $target /grant "*S-1-15-2-1:(OI)(CI)RX" "*S-1-15-2-2:(OI)(CI)RX" /T /Q | Out-Null
[IO.File]::WriteAllText($current, "$version`n")
$menu = [Environment]::GetFolderPath($(if ($everybody) { "CommonPrograms" } else { "Programs" }))
$link = (New-Object -ComObject WScript.Shell).CreateShortcut((Join-Path $menu "Triage.lnk"))
$link.TargetPath = Join-Path $target "app\triage.exe"
$link.Save()
Write-Output "Triage $version is installed in $Prefix. Back a store up before you open it with a newer version: triage backup."

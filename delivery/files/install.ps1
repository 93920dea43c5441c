# Installs or upgrades Triage on Windows from this folder. NOT RUN YET: written and reviewed without a Windows machine.
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Digest "THE DIGEST ON THE PAPER" [-Prefix DIR]
#   where an older version is installed also: (-Store DIR -User NAME -Backup DIR | -NoStore)
#   -CheckOnly compares this folder with the digest, and installs nothing
# Without a network. As administrator it installs for everybody in Program Files, else for yourself. Media stay closed on Windows
# until the sandbox was proven there (docs/installing.md).
param(
    [Parameter(Mandatory = $true)] [string] $Digest,
    [string] $Prefix = "",
    [string] $Store = "",
    [string] $User = "",
    [string] $Backup = "",
    [switch] $NoStore,
    [switch] $CheckOnly
)
$ErrorActionPreference = "Stop"
Set-StrictMode -Version Latest

function Stop-With([string] $sentence) {
    [Console]::Error.WriteLine($sentence)
    exit 1
}

# Compares a folder with the list on the paper: every file is as listed, none is missing, none is there besides.
function Assert-Bundle([string] $folder, [string] $digest) {
    $root = (Get-Item -LiteralPath $folder).FullName.TrimEnd("\")
    $sums = Join-Path $root "SHA256SUMS"
    if (-not (Test-Path -LiteralPath $sums -PathType Leaf)) { Stop-With "There is no list SHA256SUMS in $root; the bundle is not whole. Copy it again." }
    $wanted = ($digest -replace "[\s:]", "").ToLowerInvariant()
    $found = (Get-FileHash -Algorithm SHA256 -LiteralPath $sums).Hash.ToLowerInvariant()
    if ($found -ne $wanted) { Stop-With "The digest is not the one of this bundle. Compare it with the paper again; if it is the same there, do not install this." }
    $listed = @{}
    foreach ($line in [IO.File]::ReadAllLines($sums)) {
        if ($line -notmatch "^([0-9a-f]{64})  ([^/\\:][^\\:]*)$") { Stop-With "SHA256SUMS has a line of another form; this bundle was changed. Do not install it." }
        $digest_of_file, $name = $Matches[1], $Matches[2]
        if ($name -match "(^|/)\.\.(/|$)") { Stop-With "SHA256SUMS names a file outside; this bundle was changed. Do not install it." }
        $listed[$name] = $digest_of_file
    }
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
}

# 1. The bundle is the one on the paper.
$root = (Get-Item -LiteralPath $PSScriptRoot).FullName.TrimEnd("\")
Assert-Bundle $root $Digest
if ($CheckOnly) {
    Write-Output "The bundle is whole, and its digest is the one that you gave. Nothing was installed."
    exit 0
}

# 2. It is newer than what is installed, and the store is backed up before anything changes.
$version = [IO.File]::ReadAllLines((Join-Path $root "VERSION"))[0]
if ($version -notmatch "^\d+\.\d+(\.\d+)?$") { Stop-With "VERSION holds no version; this bundle was changed. Do not install it." }
$identity = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
$everybody = $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
if (-not $Prefix) { $Prefix = if ($everybody) { Join-Path $env:ProgramFiles "Triage" } else { Join-Path $env:LOCALAPPDATA "Programs\Triage" } }
# A path such as C:folder depends on where one stands, and \\machine\folder is a network.
if ($Prefix -notmatch "^[A-Za-z]:\\") { Stop-With "Give the folder to install into with its whole path, such as D:\Triage." }
# What administrators install, others may not change. A folder of somebody else stays theirs, whatever its rights say now.
if ($everybody -and (Test-Path -LiteralPath $Prefix)) {
    $owner = (Get-Acl -LiteralPath $Prefix).GetOwner([Security.Principal.SecurityIdentifier]).Value
    if (@("S-1-5-32-544", "S-1-5-18") -notcontains $owner) {
        Stop-With "$Prefix exists and does not belong to the administrators; name a folder that does not exist. Nothing was changed."
    }
}
$current = Join-Path $Prefix "VERSION"
$there = ""
if (Test-Path -LiteralPath $current) {
    $there = [IO.File]::ReadAllLines($current)[0]
    if ($there -notmatch "^\d+\.\d+(\.\d+)?$") { Stop-With "$current holds no version; remove Triage first. Nothing was changed." }
    if ([Version] $there -ge [Version] $version) { Stop-With "Triage $there is installed; $version is not newer. Nothing was changed." }
    if (-not $NoStore) {
        if (-not ($Store -and $User -and $Backup)) {
            Stop-With "Give the store to back up first: -Store DIR -User NAME -Backup DIR; or -NoStore when this machine has none. Nothing was changed."
        }
        Write-Output "Backing $Store up to $Backup ..."
        # A backslash before the quote that PowerShell adds would take the quote into the name.
        $Store, $Backup = @($Store, $Backup) | ForEach-Object { $_ -replace "(?<=[^:\\])\\+$", "" }
        & (Join-Path $Prefix "versions\$there\app\triage.exe") backup $Backup --store $Store --user $User
        if ($LASTEXITCODE -ne 0) { Stop-With "The backup was not made, so nothing was changed." }
    }
}

# 3. All of it is copied beside other versions. The copy is checked by the paper too: what lies on the carrier can change in between.
$versions = Join-Path $Prefix "versions"
$target = Join-Path $versions $version
$new = "$target.new"
if (Test-Path -LiteralPath $new) { Remove-Item -LiteralPath $new -Recurse -Force }
if ($everybody -and -not (Test-Path -LiteralPath $Prefix)) {
    # On another disk a new folder may be written by everybody. Here only administrators may: users read and run.
    New-Item -ItemType Directory -Force -Path $Prefix | Out-Null
    & icacls.exe $Prefix /inheritance:r /grant "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F" "*S-1-5-32-545:(OI)(CI)RX" /Q | Out-Null
    if ($LASTEXITCODE -ne 0) { Stop-With "Windows refuses to protect $Prefix. Nothing was installed." }
    & icacls.exe $Prefix /setowner "*S-1-5-32-544" /Q | Out-Null
    if ($LASTEXITCODE -ne 0) { Stop-With "Windows refuses to give $Prefix to the administrators. Nothing was installed." }
}
New-Item -ItemType Directory -Force -Path $new | Out-Null

# Takes the copy away and says why.
function Stop-Copy([string] $sentence) {
    Remove-Item -LiteralPath $new -Recurse -Force
    Stop-With $sentence
}

foreach ($part in Get-ChildItem -LiteralPath $root -Force) { Copy-Item -LiteralPath $part.FullName -Destination $new -Recurse -Force }
Assert-Bundle $new $Digest
try { $said = & (Join-Path $new "app\triage.exe") --version } catch { $said = "" }
if ("$said" -notmatch [regex]::Escape($version)) {
    Stop-Copy "Triage does not start on this machine. It needs 64-bit Windows 10 or newer. Nothing was changed."
}
# Decoders run in an AppContainer, which may read only what is granted to it: the program's own folder.
& icacls.exe $new /grant "*S-1-15-2-1:(OI)(CI)RX" "*S-1-15-2-2:(OI)(CI)RX" /T /Q | Out-Null
if ($LASTEXITCODE -ne 0) { Stop-Copy "Windows refuses to let decoders read $new. Nothing was changed." }

# 4. Only now it becomes the one that is started. VERSION comes last: a run that was cut off before is repeated whole.
if (Test-Path -LiteralPath $target) { Remove-Item -LiteralPath $target -Recurse -Force }
Rename-Item -LiteralPath $new -NewName $version
foreach ($name in @("remove.ps1", "README.txt", "guide.pdf", "guide-ur.pdf")) { Copy-Item -LiteralPath (Join-Path $target $name) -Destination $Prefix -Force }
$menu = [Environment]::GetFolderPath($(if ($everybody) { "CommonPrograms" } else { "Programs" }))
$link = (New-Object -ComObject WScript.Shell).CreateShortcut((Join-Path $menu "Triage.lnk"))
$link.TargetPath = Join-Path $target "app\triage.exe"
$link.Save()
[IO.File]::WriteAllText("$current.new", "$version`n")
Move-Item -LiteralPath "$current.new" -Destination $current -Force
# The version before stays: a window of it may still be open. One that is older still and in use goes at the next upgrade.
foreach ($old in Get-ChildItem -LiteralPath $versions -Directory) {
    if ($old.Name -match "^[\d.]+(\.new)?$" -and $old.Name -ne $version -and $old.Name -ne $there) { Remove-Item -LiteralPath $old.FullName -Recurse -Force -ErrorAction SilentlyContinue }
}
Write-Output "Triage $version is installed in $Prefix."

# Removes Triage from Windows. NOT RUN YET: written and reviewed without a Windows machine.
#   powershell -ExecutionPolicy Bypass -File remove.ps1
# It removes the folder in which it lies, and the menu entry. Stores, backups and settings of people stay where they are.
$ErrorActionPreference = "Stop"
Set-StrictMode -Version Latest
$prefix = (Get-Item -LiteralPath $PSScriptRoot).FullName.TrimEnd("\")
$versions = Join-Path $prefix "versions"
$gone = "$versions.removed"
# The unpacked bundle holds a VERSION and this script too, and so does each copy below versions: only an installation has this folder.
$there = (Test-Path -LiteralPath $versions -PathType Container) -or (Test-Path -LiteralPath $gone -PathType Container)
if (-not ($there -and (Test-Path -LiteralPath (Join-Path $prefix "VERSION")))) {
    [Console]::Error.WriteLine("Triage is not installed in $prefix; nothing was removed.")
    exit 1
}
# A folder of which a file is in use can't be renamed, and nobody without rights can: then nothing was changed yet.
try {
    if ((Test-Path -LiteralPath $versions) -and (Test-Path -LiteralPath $gone)) { Remove-Item -LiteralPath $gone -Recurse -Force } # cut off
    if (Test-Path -LiteralPath $versions) { Rename-Item -LiteralPath $versions -NewName (Split-Path -Leaf $gone) }
} catch {
    [Console]::Error.WriteLine("Nothing was removed. Close the windows of Triage, and run this as whoever installed it. $($_.Exception.Message)")
    exit 1
}
$shell = New-Object -ComObject WScript.Shell
foreach ($place in @("CommonPrograms", "Programs")) {
    $link = Join-Path ([Environment]::GetFolderPath($place)) "Triage.lnk"
    if (-not (Test-Path -LiteralPath $link)) { continue }
    $ours = $shell.CreateShortcut($link).TargetPath.StartsWith("$versions\", [StringComparison]::OrdinalIgnoreCase)
    if ($ours) { Remove-Item -LiteralPath $link -Force }
}
if (Test-Path -LiteralPath $gone) { Remove-Item -LiteralPath $gone -Recurse -Force }
foreach ($name in @("VERSION", "README.txt", "guide.pdf", "guide-ur.pdf", "remove.ps1")) {
    $file = Join-Path $prefix $name
    if (Test-Path -LiteralPath $file) { Remove-Item -LiteralPath $file -Force }
}
if (-not (Get-ChildItem -LiteralPath $prefix -Force)) {
    Set-Location -LiteralPath (Split-Path -Parent $prefix)
    Remove-Item -LiteralPath $prefix
}
Write-Output "Triage is removed. Stores and backups were not touched."

#!/bin/sh
# Usage: sh remove.sh [--prefix DIR]
# Removes the program. Stores, backups and settings of people stay where they are.
set -eu
unset CDPATH # else cd may go to another folder
here=$(cd -- "$(dirname -- "$0")" && pwd)
. "$here/common.sh"
prefix=
while [ $# -gt 0 ]; do
    case $1 in
        --prefix) [ $# -gt 1 ] || stop "--prefix needs a value behind it."; prefix=$2; shift ;;
        *) stop "There is no option $1; see README.txt." ;;
    esac
    shift
done
find_places
there=$(installed_version 2>/dev/null) || there=
# Without a version: an installation that was cut off, or a removal. What is left goes.
[ -n "$there" ] || [ -L "$prefix/current" ] || [ -d "$prefix/versions" ] || stop "Triage is not installed in $prefix; nothing was removed."
cd /
for page in "$prefix"/versions/*/share/man/*.1; do rm -f "$share/man/man1/${page##*/}"; done
if [ "$(readlink "$commands/triage" 2>/dev/null)" = "$prefix/current/app/triage" ]; then rm -f "$commands/triage"; fi
rm -f "$share/applications/triage.desktop" "$share/icons/hicolor/scalable/apps/triage.svg" "$prefix/issuer.pem"
for old in "$prefix"/versions/* "$prefix"/versions/.[0-9]*.new; do
    name=${old##*/}
    case ${name%.new} in "" | *[!0-9.]*) ;; *) rm -rf "$old" ;; esac # nothing that is no version of ours
done
rm -f "$prefix/current"
for folder in "$commands" "$share/applications" "$share/icons/hicolor/scalable/apps" "$share/icons/hicolor/scalable" \
    "$share/icons/hicolor" "$share/icons" "$share/man/man1" "$share/man" "$share" "$prefix/versions" "$prefix"; do
    case $folder in "$prefix"*) rmdir "$folder" 2>/dev/null || true ;; esac # only what is empty, and only below the own folder
done
printf 'Triage%s is removed. Stores and backups were not touched; the default store is ~/.local/share/triage/store.\n' "${there:+ $there}"

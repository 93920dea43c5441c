#!/bin/sh
# Usage: sh install.sh (--digest HEX | --fingerprint HEX) [--prefix DIR]
# Installs Triage from this folder: for everybody (/opt/triage) when root runs it, else for yourself (~/.local/opt/triage). The
# digest or the issuer's fingerprint come from the paper that came with the bundle. No network is used.
set -eu
unset CDPATH # else cd may go to another folder
here=$(cd -- "$(dirname -- "$0")" && pwd)
. "$here/common.sh"
prefix= digest= fingerprint=
while [ $# -gt 0 ]; do
    case $1 in
        --digest | --fingerprint | --prefix) [ $# -gt 1 ] || stop "$1 needs a value behind it." ;;
    esac
    case $1 in
        --digest) digest=$2; shift ;;
        --fingerprint) fingerprint=$2; shift ;;
        --prefix) prefix=$2; shift ;;
        *) stop "There is no option $1; see README.txt." ;;
    esac
    shift
done
find_places
version=$(read_version "$here")
there=$(installed_version)
if [ "$there" = "$version" ]; then # an installation that was cut off behind its last copy is finished
    require_own_command
    link_command
    printf 'Triage %s is installed in %s already; its command and menu entry are in place.\n' "$there" "$prefix"
    exit 0
fi
[ -z "$there" ] || stop "Triage $there is installed in $prefix; use upgrade.sh. Nothing was changed."
[ -n "$digest$fingerprint" ] || { check_bundle "$here" || true; stop "Nothing was installed."; }
check_bundle "$here"
require_own_command
put_version "$here" "$version"
link_command
printf 'Triage %s is installed in %s. Start it from the menu, or with: %s\n' "$version" "$prefix" "$commands/triage"
case ":${PATH:-}:" in *":$commands:"*) ;; *) printf '%s is not in your PATH; sign in again, or use the whole name.\n' "$commands" ;; esac
printf 'What this machine lacks: %s doctor\n' "$commands/triage"

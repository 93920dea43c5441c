#!/bin/sh
# Usage: sh upgrade.sh [FOLDER] (--store DIR --user NAME --backup DIR [--passphrase-file FILE] | --no-store) [--fingerprint HEX | --digest HEX] [--prefix DIR]
# Installs a newer version beside the one in use, after a backup of the store. Run the upgrade.sh of the INSTALLED version and
# name the folder of the new bundle: then a script that you trust already checks the new one. The store is not touched. An older
# version is refused, since it could not read a store that a newer one wrote.
set -eu
unset CDPATH # else cd may go to another folder
here=$(cd -- "$(dirname -- "$0")" && pwd)
. "$here/common.sh"
prefix= digest= fingerprint= folder=$here store= user= backup= none= secret=
while [ $# -gt 0 ]; do
    case $1 in
        --digest | --fingerprint | --prefix | --store | --user | --backup | --passphrase-file) [ $# -gt 1 ] || stop "$1 needs a value behind it." ;;
    esac
    case $1 in
        --digest) digest=$2; shift ;;
        --fingerprint) fingerprint=$2; shift ;;
        --prefix) prefix=$2; shift ;;
        --store) store=$2; shift ;;
        --user) user=$2; shift ;;
        --backup) backup=$2; shift ;;
        --passphrase-file) secret=$2; shift ;;
        --no-store) none=yes ;;
        -*) stop "There is no option $1; see README.txt." ;;
        *) folder=$(cd -- "$1" 2>/dev/null && pwd) || stop "There is no folder $1." ;;
    esac
    shift
done
find_places
version=$(read_version "$folder")
there=$(installed_version)
[ -n "$there" ] || stop "Triage is not installed in $prefix; use install.sh."
[ "$version" != "$there" ] || stop "Triage $version is installed already; nothing was changed."
newest=$(printf '%s\n%s\n' "$version" "$there" | sort -V | tail -n 1)
[ "$newest" = "$version" ] || stop "Triage $there is installed; $version is older and is refused, since it could not read a store of the newer one."
if [ -z "$digest" ] && [ -z "$fingerprint" ]; then
    [ -f "$prefix/issuer.pem" ] || stop "No issuer was compared when Triage was installed; give --fingerprint or --digest from the paper."
    fingerprint=$(fingerprint_of "$prefix/issuer.pem")
    [ -n "$fingerprint" ] || stop "$prefix/issuer.pem is damaged; give --fingerprint or --digest from the paper. Nothing was changed."
fi
check_bundle "$folder"
if [ -z "$none" ]; then
    [ -n "$store" ] && [ -n "$user" ] && [ -n "$backup" ] ||
        stop "Give the store to back up first: --store DIR --user NAME --backup DIR; or --no-store when this machine has none. Nothing was changed."
    printf 'Backing %s up to %s ...\n' "$store" "$backup"
    "$prefix/current/app/triage" backup "$backup" --store "$store" --user "$user" ${secret:+--passphrase-file "$secret"} ||
        stop "The backup was not made, so nothing was changed."
fi
require_own_command
put_version "$folder" "$version"
link_command
for page in "$prefix/versions/$there"/share/man/*.1; do # pages of commands that are no more
    [ -e "$prefix/current/share/man/${page##*/}" ] || rm -f "$share/man/man1/${page##*/}"
done
for old in "$prefix"/versions/*; do # the version before stays: a window of it may still be open
    case ${old##*/} in "$version" | "$there" | *[!0-9.]*) ;; *) rm -rf "$old" ;; esac # nothing that is no version of ours
done
printf 'Triage %s is installed in %s, after %s. Close windows of the old version and start it anew.\n' "$version" "$prefix" "$there"

#!/bin/sh
# Usage: sh verify.sh [--digest HEX] [--fingerprint HEX] [FOLDER]
# Checks a bundle: every file is as it was made, none is missing, none was added; then its digest or its signature. It changes
# nothing. Exit code 0: whole and trusted; 1: do not install it; 3: whole, but who made it is not checked.
set -eu
unset CDPATH # else cd may go to another folder
here=$(cd -- "$(dirname -- "$0")" && pwd)
. "$here/common.sh"
prefix= digest= fingerprint= folder=$here
while [ $# -gt 0 ]; do
    case $1 in
        --digest | --fingerprint | --prefix) [ $# -gt 1 ] || stop "$1 needs a value behind it." ;;
    esac
    case $1 in
        --digest) digest=$2; shift ;;
        --fingerprint) fingerprint=$2; shift ;;
        --prefix) prefix=$2; shift ;;
        -*) stop "There is no option $1; see README.txt." ;;
        *) folder=$1 ;;
    esac
    shift
done
prefix=$(find_places 2>/dev/null && printf '%s\n' "$prefix") || prefix= # an installed program may check the signature; none has to
check_bundle "$folder"

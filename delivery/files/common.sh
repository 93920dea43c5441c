# What the scripts of the bundle share: words for people, where things are installed, and how a bundle is checked. POSIX sh.
# It needs coreutils, findutils, grep and sed, which every Debian has. It opens no network connection.
LC_ALL=C
export LC_ALL
unset CDPATH TAR_OPTIONS
umask 022

stop() { # sentence
    printf '%s\n' "$1" >&2
    exit 1
}

own_prefix() { # prints the installation in which this script lies, or nothing
    case $here in
        */current) own=${here%/current} ;;
        */versions/*) own=${here%/versions/*} ;;
        *) return 0 ;;
    esac
    [ ! -L "$own/current" ] || printf '%s\n' "$own"
}

find_places() { # sets prefix, commands and share
    own=$(own_prefix)
    while :; do case $prefix in */) prefix=${prefix%/} ;; *) break ;; esac; done
    if [ -z "$prefix" ]; then
        if [ "$(id -u)" = 0 ]; then
            prefix=/opt/triage commands=/usr/local/bin share=/usr/local/share
        elif [ -n "${HOME:-}" ]; then
            prefix=$HOME/.local/opt/triage commands=$HOME/.local/bin share=$HOME/.local/share
        fi
        if [ -n "$own" ] && [ ! "$own" -ef "$prefix" ]; then # a script of another installation means that one
            [ -L "$own/bin/triage" ] || stop "Run this as whoever installed $own: root, or the user in whose folder it lies. Or give --prefix DIR."
            prefix=$own commands=$own/bin share=$own/share
        fi
        [ -n "$prefix" ] || stop "HOME is not set; give the folder to install into with --prefix DIR."
    else
        commands=$prefix/bin share=$prefix/share
    fi
    case $prefix in
        /*) ;;
        *) stop "Give the folder to install into with its whole path, beginning with / (--prefix DIR, else HOME)." ;;
    esac
    case $prefix in
        *[\"\'\`\$\\%,\&\;]* | *"
"*) stop "The name of the folder to install into has a sign that menu entries can't hold; give another one with --prefix DIR." ;;
    esac
}

read_version() { # folder; prints the version of the bundle or of the installation in it
    version=$(head -n 1 "$1/VERSION" 2>/dev/null) || version=
    case $version in
        "" | *[!0-9.]* | .* | *.) stop "$1 is not a bundle of Triage: it has no file VERSION with a version in it." ;;
    esac
    printf '%s\n' "$version"
}

installed_version() { # prints the installed version, or nothing
    [ -e "$prefix/current/VERSION" ] || return 0
    read_version "$prefix/current"
}

clean_hex() { printf '%s' "$1" | tr -d ' :\t\n' | tr 'A-F' 'a-f'; }

fingerprint_of() { # PEM file; prints the SHA-256 of the key, as the papers of Triage have it; nothing if it holds anything but one Ed25519 key
    key=$(sed -n 2p "$1" 2>/dev/null) || return 0
    # Byte by byte the file that a bundle has. Else it could show one key here and hold another one, which openssl would use.
    whole=$(printf -- '-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n' "$key" | sha256sum)
    [ "$whole" = "$(sha256sum <"$1")" ] && [ ${#key} = 60 ] || return 0
    printf '%s\n' "$key" | base64 -d 2>/dev/null | sha256sum | cut -d ' ' -f 1
}

check_contents() { # folder, "no wheels" for a copy without them; every file is as listed, none is missing, none is there besides
    [ -f "$1/SHA256SUMS" ] && [ ! -L "$1/SHA256SUMS" ] || stop "$1 has no list SHA256SUMS; it is no whole bundle. Copy it again."
    for script in "$1"/*.sh; do [ ! -L "$script" ] || stop "$script is a link; this bundle was changed. Do not install it."; done
    (
        cd "$1" || exit 1
        if grep -q -v -E '^[0-9a-f]{64}  []A-Za-z0-9_+@%,=() ./~[-]+$' SHA256SUMS || grep -q -E '  (/|.*(^|/| )\.\.(/|$))' SHA256SUMS; then
            stop "SHA256SUMS has a line of another form; this bundle was changed. Do not install it."
        fi
        sums=$(cat SHA256SUMS)
        [ -z "${2:-}" ] || sums=$(printf '%s\n' "$sums" | grep -v '^[0-9a-f]*  wheels/')
        listed=$(printf '%s\n' "$sums" | cut -c 67- | sort)
        there=$(find . -type f ! -path './SHA256SUMS' ! -path './SHA256SUMS.sig' | sed 's,^\./,,' | sort)
        links=$(find . -type l -printf '%P -> %l\n' | sort)
        other=$(find . ! -type f ! -type l ! -type d | head -n 1)
        [ "$links" = "$(cat LINKS 2>/dev/null)" ] || stop "A link was added, removed or changed in this bundle. Do not install it."
        [ -z "$other" ] || stop "$other is neither a file nor a folder; this bundle was changed. Do not install it."
        if [ "$listed" != "$there" ]; then
            stop "A file is missing, or one was added that is not listed; this bundle is not whole. Copy it again."
        fi
        wrong=$(printf '%s\n' "$sums" | sha256sum --check --quiet --strict 2>/dev/null) ||
            stop "$(printf '%s\n' "$wrong" | sed 's/: FAILED.*//' | head -n 1) was changed since the bundle was made. Do not install it."
    ) || exit 1
}

signature_holds() { # folder; by its SHA256SUMS.pem; 0 it holds, 1 it does not, 2 nothing here can check it
    if command -v openssl >/dev/null 2>&1 && openssl pkeyutl -help 2>&1 | grep -q -e -rawin; then
        openssl pkeyutl -verify -pubin -inkey "$1/SHA256SUMS.pem" -rawin -in "$1/SHA256SUMS" -sigfile "$1/SHA256SUMS.sig" >/dev/null 2>&1
        return
    fi
    [ -x "$prefix/current/app/triage" ] || return 2
    "$prefix/current/app/triage" verify "$1/SHA256SUMS" >/dev/null 2>&1
}

check_bundle() { # folder, "no wheels" for a copy without them; uses digest and fingerprint (each may be empty); stops unless the bundle is trusted
    bundle=$1
    check_contents "$bundle" "${2:-}"
    found=$(sha256sum <"$bundle/SHA256SUMS" | cut -d ' ' -f 1)
    if [ -n "$digest" ]; then
        [ "$(clean_hex "$digest")" = "$found" ] ||
            stop "The digest is not the one of this bundle. Compare it with the paper again; if it is the same there, do not install this."
        [ -z "$fingerprint" ] || [ "$(clean_hex "$fingerprint")" = "$(fingerprint_of "$bundle/SHA256SUMS.pem" 2>/dev/null)" ] ||
            stop "The digest is that of this bundle, but the fingerprint is not that of its key. Compare both with the paper again."
        if [ -f "$bundle/SHA256SUMS.pem" ]; then # it is signed too: where that can be checked, it has to fit
            signature_holds "$bundle" && code=0 || code=$?
            [ "$code" != 1 ] || stop "The signature is missing or does not fit; this bundle was changed. Do not install it."
        fi
        printf 'The bundle is whole, and its digest is the one that you gave.\n'
        return 0
    fi
    [ -f "$bundle/SHA256SUMS.sig" ] && [ -f "$bundle/SHA256SUMS.pem" ] || stop "This bundle is not signed. Install it only with --digest, from the paper."
    [ ! -L "$bundle/SHA256SUMS.sig" ] && [ ! -L "$bundle/SHA256SUMS.pem" ] || stop "The signature is a link; this bundle was changed. Do not install it."
    issuer=$(fingerprint_of "$bundle/SHA256SUMS.pem")
    [ -n "$issuer" ] || stop "SHA256SUMS.pem holds no key, or something beside it; this bundle was changed. Do not install it."
    if [ -z "$fingerprint" ]; then
        # The values stay unsaid, here and above: who copied them from the screen would compare the bundle with itself.
        printf 'The bundle is whole. Who made it is not checked: give --digest or --fingerprint from the paper.\n'
        return 3
    fi
    [ "$(clean_hex "$fingerprint")" = "$issuer" ] ||
        stop "The bundle is signed by another key. Compare the fingerprint with the paper; if it is the same there, do not install this."
    signature_holds "$bundle" && code=0 || code=$?
    [ "$code" != 1 ] || stop "The signature does not fit; this bundle was changed. Do not install it."
    if [ "$code" != 0 ]; then
        stop "Nothing here can check the signature: neither openssl nor an installed Triage. Give --digest from the paper instead."
    fi
    printf 'The bundle is whole, and signed by the key whose fingerprint you gave.\n'
}

require_own_command() { # stops when a file or link of somebody else stands where the command belongs
    [ ! -e "$commands/triage" ] && [ ! -L "$commands/triage" ] && return
    [ "$(readlink "$commands/triage")" = "$prefix/current/app/triage" ] ||
        stop "$commands/triage exists and is not of this installation; move it away and run this again. Nothing was changed."
}

put_version() { # folder of the bundle, version; copies it beside other versions and checks the copy
    version=$2
    mkdir -p "$prefix/versions" || stop "Can't write to $prefix; run this as root, or give --prefix DIR."
    new=$prefix/versions/.$version.new
    rm -rf "$prefix"/versions/.[0-9]*.new # also copies of other versions that were cut off
    need=$(du -sk "$1/app" | cut -f 1)
    free=$(df -Pk "$prefix" | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4)
    [ "${free:-0}" -gt $((need + 51200)) ] || stop "The disk of $prefix is too full: $((need / 1024 + 50)) MB are needed. Nothing was changed."
    # The list says nothing of rights: the archive itself holds none by which a file runs as its owner, and nobody else enters the
    # copy before it was checked.
    mkdir -m 700 "$new"
    (cd "$1" && tar --create --exclude=./wheels --mode=u+rwX,go+rX,go-w,a-s,a-t .) |
        tar --extract --no-same-owner --no-overwrite-dir --directory "$new" || {
        rm -rf "$new"
        stop "The bundle can't be copied to $prefix; see whether its disk is full. Nothing was changed."
    }
    # The copy is checked by the paper, not only the bundle: what lies on the carrier can change in between.
    (check_bundle "$new" "no wheels") >/dev/null 2>&1 || { rm -rf "$new"; stop "The copy on $prefix is not the same as the bundle; its disk or this carrier is failing. Nothing was changed."; }
    said=$("$new/app/triage" --version 2>&1) || { rm -rf "$new"; stop "Triage does not start on this machine: $said. It needs glibc $(sed -n 2p "$1/VERSION") or newer on x86-64. Nothing was changed."; }
    case $said in *"$version"*) ;; *) rm -rf "$new"; stop "The program says that it is $said, the bundle that it is $version. Nothing was changed." ;; esac
    rm -rf "${prefix:?}/versions/$version"
    chmod 755 "$new"
    mv "$new" "$prefix/versions/$version"
    # The issuer of later bundles. The digest covers this key too.
    if [ -f "$prefix/versions/$version/SHA256SUMS.pem" ]; then cp "$prefix/versions/$version/SHA256SUMS.pem" "$prefix/issuer.pem"; fi
    sync
    ln -sfn "versions/$version" "$prefix/.current.new"
    mv -T "$prefix/.current.new" "$prefix/current"
}

link_command() { # puts the command, the menu entry, the icon and the manual pages where the system looks
    mkdir -p "$commands" "$share/applications" "$share/icons/hicolor/scalable/apps" "$share/man/man1"
    ln -sfn "$prefix/current/app/triage" "$commands/triage"
    sed "s,^Exec=.*,Exec=\"$prefix/current/app/triage\"," "$prefix/current/share/triage.desktop" >"$share/applications/triage.desktop"
    cp "$prefix/current/share/triage.svg" "$share/icons/hicolor/scalable/apps/triage.svg"
    for page in "$prefix"/current/share/man/*.1; do [ ! -e "$page" ] || cp "$page" "$share/man/man1/"; done
}

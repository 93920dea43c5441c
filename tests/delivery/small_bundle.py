"""A small bundle with a shell script in the program's place: the scripts of the bundle can't tell the difference."""

from __future__ import annotations

import shutil
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from delivery.assemble import FILES, SCRIPTS
from delivery.sign import fingerprint_of, sign_bundle

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
FINGERPRINT = fingerprint_of(KEY)
PROGRAM = """#!/bin/sh
[ "$1" = --version ] && echo "triage, version {version}"
[ "$1" != backup ] || {{ echo "$@" >"$2/asked"; exit {backup}; }}
"""


def make_bundle(folder: Path, version: str = "1.2.0", key: Ed25519PrivateKey | None = KEY, backup: int = 0) -> str:
    """Lays a small bundle out and signs it. Returns the digest that its paper has."""
    (folder / "app/_internal").mkdir(parents=True)
    (folder / "wheels").mkdir()
    (folder / "share/man").mkdir(parents=True)
    program = folder / "app/triage"
    program.write_text(PROGRAM.format(version=version, backup=backup))
    program.chmod(0o755)
    (folder / "app/_internal/a [1].so").write_text("library\n")
    (folder / "app/_internal/b.so").symlink_to("a [1].so")
    (folder / "wheels/x.whl").write_text("wheel\n")
    (folder / "share/man/triage.1").write_text("manual\n")
    (folder / "VERSION").write_text(f"{version}\n2.36\n")
    for name in SCRIPTS:
        shutil.copyfile(FILES / name, folder / name)
    for name in ("triage.desktop", "triage.svg"):
        shutil.copyfile(FILES / name, folder / "share" / name)
    return sign_bundle(folder, key)

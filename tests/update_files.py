"""Signed updates for tests, made by the tool of the issuer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from delivery.make_update import sign_update
from delivery.sign import fingerprint_of
from triage.importers.update_file import UpdateContent
from triage.resources import find_root

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
ISSUER = fingerprint_of(KEY)
OFFICES = "offices.toml"


def shipped(name: str) -> bytes:
    """Returns a shipped table."""
    return find_root().joinpath(*name.split("/")).read_bytes()


def make_update(number: int = 1, key: Ed25519PrivateKey = KEY, **changed: Any) -> bytes:
    """Returns an update of the offices in which Lahore has another name, unless told otherwise."""
    stated = {
        "kind": "offices",
        "number": number,
        "issued": "2026-11-01",
        "files": {OFFICES: shipped(OFFICES).replace(b'"Lahore"', b'"Lahore %d"' % number)},
    }
    return sign_update(UpdateContent(**(stated | changed)), key)


def write_update(path: Path, **changed: Any) -> Path:
    """Writes an update to a file and returns its path."""
    path.write_bytes(make_update(**changed))
    return path

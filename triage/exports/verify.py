"""Verifies signed exports, without a store."""

from __future__ import annotations

from pathlib import Path

from triage import limits
from triage.errors import InputError
from triage.exports.bag_check import check_bag
from triage.exports.signature import fingerprint_of, path_beside, read_pem, signature_holds
from triage.exports.untrusted_folder import format_path, read_regular
from triage.model.verification import VerifyResult


def verify_packet(path: Path) -> VerifyResult:
    """Verifies an evidence packet's folder.

    The caller finds out whose key signed it.
    """
    if not path.is_dir():
        return _refuse(f"{format_path(path.name)} is not a packet (a folder). For a single file use: triage verify FILE")
    found = check_bag(path)
    return VerifyResult(
        valid=not found.problems,
        problems=found.sentences,
        checked={"files": found.files, "bytes": found.size},
        signature_key=found.key,
    )


def verify_file(path: Path) -> VerifyResult:
    """Verifies any other signed export: the file with its .sig and .pem beside it."""
    signature, key_file = path_beside(path, ".sig"), path_beside(path, ".pem")
    if path.suffix in (".sig", ".pem") and path.with_suffix("").is_file():
        return _refuse(f"Name the file itself ({format_path(path.stem)}), not its signature or key.")
    if not signature.is_file() and not key_file.is_file():
        return _refuse(
            f"There is no signature beside {format_path(path.name)} "
            f"({format_path(signature.name)}, {format_path(key_file.name)})."
        )
    if missing := [f"{format_path(p.name)} is missing." for p in (path, signature, key_file) if not p.is_file()]:
        return _refuse(*missing)
    try:
        key = read_pem(read_regular(key_file, limits.MAX_KEY_FILE))
        signed = read_regular(signature, limits.MAX_KEY_FILE)
        data = read_regular(path, limits.MAX_SIGNED_FILE)
    except InputError as error:
        return _refuse(str(error))
    holds = signature_holds(key, signed, data)
    return VerifyResult(
        valid=holds,
        problems=() if holds else ("The signature does not hold: the file was changed, or another key signed it.",),
        checked={"files": 1, "bytes": len(data)},
        signature_key=fingerprint_of(key),
    )


def _refuse(*sentences: str) -> VerifyResult:
    """Returns the result of an export that can't be verified."""
    return VerifyResult(valid=False, problems=sentences, checked={}, signature_key=None)

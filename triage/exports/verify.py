"""Is an export as it was signed? By anyone, without a store, and by openssl and sha256sum alone as README.txt says."""

from __future__ import annotations

from pathlib import Path

from triage import limits
from triage.errors import InputError
from triage.exports.bag_check import check_bag
from triage.exports.signature import beside, fingerprint, read_pem, signature_holds
from triage.exports.untrusted_folder import read_regular, shown
from triage.model.views import VerifyResult


def verify_packet(path: Path) -> VerifyResult:
    """Verifies an evidence packet's folder. Whose key signed it, the caller says."""
    if not path.is_dir():
        return _bad("A packet is a folder; this is none.")
    found = check_bag(path)
    return VerifyResult(
        valid=not found.problems,
        problems=found.sentences,
        checked={"files": found.files, "bytes": found.size},
        signature_key=found.key,
    )


def verify_file(path: Path) -> VerifyResult:
    """Verifies any other signed export: the file with its .sig and .pem beside it."""
    signature, key_file = beside(path, ".sig"), beside(path, ".pem")
    missing = [f"{shown(p.name)} is missing." for p in (path, signature, key_file) if not p.is_file()]
    if missing:
        return _bad(*missing)
    try:
        key = read_pem(read_regular(key_file, limits.MAX_KEY_FILE))
        signed = read_regular(signature, limits.MAX_KEY_FILE)
        data = read_regular(path, limits.MAX_SIGNED_FILE)
    except InputError as error:
        return _bad(str(error))
    holds = signature_holds(key, signed, data)
    return VerifyResult(
        valid=holds,
        problems=() if holds else ("The signature does not hold: the file was changed, or another key signed it.",),
        checked={"files": 1, "bytes": len(data)},
        signature_key=fingerprint(key),
    )


def _bad(*sentences: str) -> VerifyResult:
    return VerifyResult(valid=False, problems=sentences, checked={}, signature_key=None)

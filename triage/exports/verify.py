"""Is an export as it was signed? By anyone, without a store, and by openssl and sha256sum alone as README.txt says."""

from __future__ import annotations

from pathlib import Path

from triage.errors import InputError
from triage.exports import bag
from triage.exports.signature import beside, fingerprint, read_pem, signature_holds
from triage.model.views import VerifyResult


def verify_packet(path: Path) -> VerifyResult:
    """An evidence packet's folder."""
    if not path.is_dir():
        return _bad("A packet is a folder; this is none.")
    found = bag.verify(path)
    return VerifyResult(
        valid=not found.problems,
        problems=tuple(found.problems),
        checked={"files": found.files, "bytes": found.size},
        signature_key=found.key,
    )


def verify_file(path: Path) -> VerifyResult:
    """Any other signed export: the file with its .sig and .pem beside it."""
    signature, key_file = beside(path, ".sig"), beside(path, ".pem")
    missing = [f"{p.name} is missing." for p in (path, signature, key_file) if not p.is_file()]
    if missing:
        return VerifyResult(valid=False, problems=tuple(missing), checked={}, signature_key=None)
    try:
        key = read_pem(key_file.read_bytes())
        data, signed = path.read_bytes(), signature.read_bytes()
    except InputError as error:
        return _bad(str(error))
    except OSError as error:
        return _bad(f"{path.name} can't be read: {error.strerror}.")
    holds = signature_holds(key, signed, data)
    return VerifyResult(
        valid=holds,
        problems=() if holds else ("The signature does not hold: the file was changed, or another key signed it.",),
        checked={"files": 1, "bytes": len(data)},
        signature_key=fingerprint(key),
    )


def _bad(sentence: str) -> VerifyResult:
    return VerifyResult(valid=False, problems=(sentence,), checked={}, signature_key=None)

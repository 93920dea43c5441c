"""Verifies packets and signed exports without a store, and says whose key signed as far as that is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from triage.exports import verify as exports
from triage.exports.packet_parts import find_part_problems
from triage.exports.verify import verify_file
from triage.jobs.leaving.packet_record import find_log_problems
from triage.jobs.session import Session
from triage.jobs.trusted_keys import find_signer
from triage.model.verification import KeyOwner, VerifyResult

__all__ = ["name_signer", "verify", "verify_file", "verify_packet"]


def verify(path: Path) -> VerifyResult:
    """Verifies a folder as a packet, anything else as a signed file."""
    return verify_packet(path) if path.is_dir() else verify_file(path)


def verify_packet(path: Path) -> VerifyResult:
    """Verifies an evidence packet: unchanged since it was signed, and all parts of one key and one state of the audit log."""
    result = exports.verify_packet(path)
    if not result.valid:
        return result
    problems = (*find_log_problems(path), *find_part_problems(path, result.signature_key))
    return replace(result, valid=not problems, problems=problems)


def name_signer(result: VerifyResult, session: Session | None, fingerprint: str | None = None) -> VerifyResult:
    """Adds whose key signed: by a store's known keys, or by the `fingerprint` on paper, which decides alone."""
    key = result.signature_key
    if key is None or (session is None and fingerprint is None):
        return result
    name = None if session is None else find_signer(session, key)
    known = name is not None if fingerprint is None else key == fingerprint
    return replace(result, signer=KeyOwner(known=known, name=name))

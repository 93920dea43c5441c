"""Runs the checks that the examiner's statement of a packet names, and says which were not run."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from triage.jobs.session import Session, now
from triage.message import Message, join
from triage.model.packet import PacketReport, StatedCheck


def run_stated_checks(session: Session, found: Sequence[PacketReport]) -> tuple[StatedCheck, ...]:
    """Verifies the audit log and the bytes of the source documents. Other checks are named as not run."""
    return (
        _check_log(session),
        _check_sources(found),
        StatedCheck(
            what=Message("Whole store (triage check)"),
            result=Message("Nobody ran it for this packet. Each part was authenticated when it was read."),
        ),
    )


def _check_log(session: Session) -> StatedCheck:
    """Verifies the audit log up to its newest entry."""
    found = session.store.verify_log(None)
    if found.valid:
        result = Message(
            "whole: {n} entry, head {head}" if found.entries == 1 else "whole: {n} entries, head {head}",
            n=found.entries,
            head=found.head,
        )
    else:
        result = Message("NOT whole: {problems}", problems=join(*found.problems))
    return StatedCheck(what=Message("Audit log (triage audit verify)"), result=result, when=now())


def _check_sources(found: Sequence[PacketReport]) -> StatedCheck:
    """Compares the bytes of each source document with the hash taken at receipt."""
    sources = {(s.exhibit, s.sha256): s.data for report in found for s in report.sources}
    wrong = [exhibit for (exhibit, digest), data in sources.items() if sha256(data).hexdigest() != digest]
    result = Message("all have the SHA-256 taken at receipt; documents: {n}", n=len(sources))
    if wrong:
        result = Message("these differ from the SHA-256 taken at receipt: {exhibits}", exhibits=tuple(wrong))
    return StatedCheck(what=Message("Bytes of the source documents"), result=result, when=now())

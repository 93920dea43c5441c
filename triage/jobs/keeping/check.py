"""Do database, vault and record agree, does every byte authenticate, and does the head stand?"""

from __future__ import annotations

from pathlib import Path

from triage.jobs.leaving.outgoing import write_out
from triage.jobs.session import Session
from triage.message import Message
from triage.model.people import Right
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.views import AuditResult, CheckResult
from triage.store.database import Reader
from triage.store.queries import bundles, media, references, reports


def check(
    session: Session,
    *,
    subset: tuple[int, int] | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> CheckResult:
    """`subset` (n, t) reads only the n-th of t slices of the vault; everything else is always looked at."""
    session.require(Right.RECORD)
    return session.store.check(subset, on_progress, cancel, (_references,))


def _references(db: Reader) -> tuple[list[Message], dict[str, int]]:
    counts = {"reports": reports.count(db), "media": media.count(db), "set_aside": bundles.count_set_aside(db)}
    return references.find_problems(db), counts


def verify_record(session: Session, head: Path | None = None) -> AuditResult:
    """The record is whole, its head is signed and, with an exported head, nothing is missing since then."""
    session.require(Right.RECORD)
    return session.store.verify_record(head)


def export_head(session: Session, out: Path) -> None:
    """Writes the signed head, to be kept outside this machine. It is the head of just before this export is entered."""
    session.require(Right.RECORD)
    with session.store.locked():
        head = session.store.head()
    write_out(session, ((out, head.encode()),), kind="head")

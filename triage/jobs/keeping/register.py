"""The register of destructions, and the store that was restored from a backup: before its media are revealed or
anything leaves it, what was destroyed since is destroyed in it too, or an administrator says, on the record, that nothing was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from triage.errors import Refused
from triage.jobs.intake.imports import LOCK
from triage.jobs.judging.assess import assess
from triage.jobs.keeping.destruction import IMPORT_RUNS, take_away
from triage.jobs.leaving.outgoing import write_out
from triage.jobs.session import Session, now
from triage.model.progress import OnProgress, ignore_progress
from triage.model.users import Right
from triage.store import register
from triage.store.batch import Batch
from triage.store.lock import WriterLock
from triage.store.queries import destruction, reports, restored
from triage.store.register import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """`made` is the register's time: what was destroyed after it is not known here, and not destroyed."""

    made: str
    destroyed: int
    """Reports of this store that the register named, and that are gone now."""
    known: int
    """Destructions that this store knew of already."""
    elsewhere: int
    """Destructions of reports that this store never held; they are kept out from now on."""


def export_register(session: Session, out: Path) -> int:
    """Writes the register, to be kept away from this machine; returns how many destructions it names."""
    session.require(Right.RECORD)
    with session.reading() as db:
        made = register.make(session.store, db)
    write_out(session, ((out, made.encode()),), kind="register")
    return len(made.entries)


def apply_register(session: Session, path: Path, on_progress: OnProgress = ignore_progress) -> Applied:
    """Destroy here what a register of this store names. No second person is asked: two people ordered each of these, and the
    store's own signature says so. Raises StoreError for a register that is strange, changed, or older than the store."""
    session.require(Right.BACKUP)
    found = register.read(path)
    with WriterLock(session.store.directory / LOCK).hold(0, IMPORT_RUNS):
        with session.store.batch() as batch:
            register.check(session.store, batch, found)
            own = destruction.tombstones(batch)
            new = [entry for entry in found.entries if not own.issuperset(entry.marks)]
            numbers = {session.store.keyed(number): report for number, report in reports.all_aliases(batch)}
            gone = sum(_carry_out(session, batch, entry, numbers, found.time) for entry in new)
            restored.settle(batch, now(), found.time, session.user.id, None)
            batch.note("register applied", made=found.time, destroyed=gone, named=len(found.entries))
        assess(session, on_progress)
        session.store.forget_older_state()
    return Applied(made=found.time, destroyed=gone, known=len(found.entries) - len(new), elsewhere=len(new) - gone)


def _carry_out(session: Session, batch: Batch, entry: Entry, numbers: dict[str, int], made: str) -> bool:
    """Whether the report was here."""
    here = sorted({numbers[mark] for mark in entry.marks if mark in numbers})
    counted = destruction.add_registered(
        batch,
        here[0] if here else None,
        (
            entry.destroyed, entry.user, entry.second, entry.band, entry.status, entry.office, entry.month,
            entry.documents, entry.media,
        ),
    )  # fmt: skip
    for report_id in here:
        take_away(session, batch, report_id, reports.aliases(batch, report_id), destruction.plan(batch, report_id), counted)
        batch.note("report destroyed", report=report_id, register=made)
    destruction.add_tombstones(batch, counted, [(mark, None) for mark in entry.marks])
    return bool(here)


def no_register(session: Session, reason: str) -> None:
    """An administrator says that nothing was destroyed since the backup was made, or that no register is left."""
    session.require(Right.BACKUP)
    reason = " ".join(reason.split())
    if not reason:
        raise Refused("State why there is no register of destructions.")
    with session.store.batch() as batch:
        if restored.waits_since(batch) is None:
            raise Refused("This store is not waiting for a register of destructions.")
        restored.settle(batch, now(), None, session.user.id, reason)
        batch.note("no register of destructions", reason=session.store.keyed(reason))

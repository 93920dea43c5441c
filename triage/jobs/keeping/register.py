"""Applies the register of destructions in a store that was restored from a backup.

What was destroyed since the backup is destroyed in the restored store too, or an administrator states on record that nothing was.
Before that no media are revealed and nothing leaves the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from triage.errors import Refused, StoreError
from triage.exports.outgoing_file import must_not_exist
from triage.exports.signature import path_beside
from triage.jobs.intake.imports import LOCK, LOCK_WAIT
from triage.jobs.judging.assess import assess
from triage.jobs.keeping.destruction import IMPORT_RUNS, erase_report
from triage.jobs.keeping.register_volumes import write_register
from triage.jobs.keeping.survey import Survey, survey_reports
from triage.jobs.leaving.outgoing import NOT_SAID
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.handover import Handover
from triage.model.progress import OnProgress, Progress, ignore_progress
from triage.model.users import Right
from triage.safe_files import remove_file
from triage.store import register
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.files import explain_disk_errors
from triage.store.lock import WriterLock
from triage.store.queries import destruction, reports, restored
from triage.store.register import RegisterEntry
from triage.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterResult:
    """The result of applying a register. `made` is its time: what was destroyed later is not known here."""

    made: str
    destroyed: int
    """Reports of this store that the register named, and that are gone now."""
    known: int
    """Destructions that this store knew of already."""
    elsewhere: int
    """Destructions of reports that this store never held; they are kept out from now on."""


def export_register(session: Session, out: Path, *, handover: Handover = NOT_SAID, overwrite: bool = False) -> int:
    """Writes the register, which is kept away from this machine, with its volumes; returns how many destructions it names."""
    session.require(Right.RECORD)
    if not overwrite:
        must_not_exist(out)
    return write_register(session, out, handover, overwrite=overwrite)


def join_register(session: Session, folder: Path, handover: Handover) -> None:
    """Writes the register into the folder, then takes away its parts, which the register knows.

    Raises:
        WorldError: if the folder refuses; then the parts stay
    """
    write_register(session, folder / register.FILE, handover, overwrite=True)
    with explain_disk_errors(Message("taking parts of the register of destructions away")), session.reading() as db:
        for part in register.list_parts(folder):
            if _is_known_part(session.store, db, part):
                for path in (part, path_beside(part, ".sig"), path_beside(part, ".pem")):
                    remove_file(path)


def _is_known_part(store: Store, db: Reader, path: Path) -> bool:
    """Returns whether the file is a part of this store's register, and the store knows what it says."""
    try:
        part = register.read_one(path)
    except StoreError:
        return False
    marks = {mark for entry in part.entries for mark in entry.marks}
    return part.is_part and register.is_own(store, part) and len(destruction.find_tombstones(db, marks)) == len(marks)


def apply_register(session: Session, path: Path, on_progress: OnProgress = ignore_progress) -> RegisterResult:
    """Destroys here what a register of this store names.

    No second person is asked: two people ordered each destruction, and the store's own signature says so.

    Raises:
        StoreError: for a register of another store, a changed one, or one older than the store
    """
    session.require(Right.BACKUP)
    found = register.read_register(path)
    with WriterLock(session.store.directory / LOCK).hold(LOCK_WAIT, IMPORT_RUNS):
        with session.store.batch() as batch:
            unknown = register.check_register(session.store, batch, found)
            numbers = {
                mark: report
                for number, report in (reports.iter_numbers(batch) if unknown else ())
                if (mark := session.store.keyed(number)) in unknown
            }
            survey = survey_reports(batch, set(numbers.values())) if numbers else None
            new = gone = done = 0
            for entries in found.iter_entries():
                for entry in entries:
                    done += 1
                    if _is_known(batch, entry, unknown):
                        continue
                    on_progress(Progress(done=done, total=found.named, unit="reports", note=Message("destroying")))
                    new += 1
                    gone += _carry_out_destruction(session, batch, entry, numbers, found.time, survey)
            restored.settle_restored(batch, now(), found.time, session.user.id, None)
            batch.note("register applied", made=found.time, destroyed=gone, named=done)
        assess(session, on_progress)
        session.store.forget_older_state()
    return RegisterResult(made=found.time, destroyed=gone, known=done - new, elsewhere=new - gone)


def _is_known(db: Reader, entry: RegisterEntry, unknown: frozenset[str]) -> bool:
    """Returns whether the store has the destruction; `unknown` are the hashes that it lacked when the register was checked.

    Most destructions were known then. The others are looked for: they may stand in the register twice.
    """
    return unknown.isdisjoint(entry.marks) or len(destruction.find_tombstones(db, entry.marks)) == len(entry.marks)


def _carry_out_destruction(
    session: Session, batch: Batch, entry: RegisterEntry, numbers: dict[str, int], made: str, survey: Survey | None
) -> bool:
    """Carries out one destruction of the register; returns whether the report was here."""
    here = sorted({numbers[mark] for mark in entry.marks if mark in numbers})
    counted = destruction.add_registered_destruction(
        batch,
        here[0] if here else None,
        (
            entry.destroyed, entry.user, entry.second, entry.band, entry.status, entry.office, entry.month,
            entry.documents, entry.media,
        ),
    )  # fmt: skip
    for report_id in here:
        erase_report(
            session,
            batch,
            report_id,
            reports.list_numbers(batch, report_id),
            destruction.plan_destruction(batch, report_id),
            counted,
            survey,
        )
        batch.note("report destroyed", report=report_id, register=made)
    destruction.add_tombstones(batch, counted, [(mark, None) for mark in entry.marks])
    return bool(here)


def state_no_register(session: Session, reason: str) -> None:
    """Records an administrator's statement that nothing was destroyed since the backup, or that no register is left.

    Raises:
        Refused: without a reason, or when the store does not wait for a register
    """
    session.require(Right.BACKUP)
    reason = " ".join(reason.split())
    if not reason:
        raise Refused("State why there is no register of destructions.")
    with session.store.batch() as batch:
        if restored.find_unsettled_since(batch) is None:
            raise Refused("This store is not waiting for a register of destructions.")
        restored.settle_restored(batch, now(), None, session.user.id, reason)
        batch.note("no register of destructions", reason=session.store.keyed(reason))

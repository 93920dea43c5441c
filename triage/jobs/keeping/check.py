"""Checks that database, vault and audit log agree, that every byte authenticates, and that the head is valid."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from triage.errors import StoreError
from triage.jobs.codec import is_card_sound
from triage.jobs.faults import LOG
from triage.jobs.keeping.document_check import DocumentCheck
from triage.jobs.keeping.program_log import read_program_log
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.session import Session, now
from triage.jobs.state.open_grades import find_wrong_grades, keep_changed_grades
from triage.message import Message
from triage.model.casework import Grade
from triage.model.handover import Handover
from triage.model.judgement import BANDS
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right
from triage.model.verification import AuditResult, CheckResult
from triage.model.views import STATUSES
from triage.priority import NOT_JUDGED
from triage.safe_files import resolve_file
from triage.store.audit import VERSION, read_head
from triage.store.database import Reader
from triage.store.integrity import VaultPart
from triage.store.migrations import is_up_to_date
from triage.store.queries import (
    bundles,
    grades,
    judgement,
    media,
    references,
    reports,
    request_replies,
    requests,
    score_cards,
    upkeep,
    vault,
)
from triage.store.queries.upkeep import CheckRound

_MOST_NAMED = 20  # damaged reports that a problem names; all are counted


def check_store(
    session: Session,
    *,
    subset: tuple[int, int] | None = None,
    documents: bool = False,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> CheckResult:
    """Checks the whole store. `subset` (n, t) reads only slice n of t of the vault's bytes, counted from 1.

    `documents` decodes all stored documents of reports. Else a slice decodes its slice, and a whole check a share drawn by lot.
    """
    session.require(Right.RECORD)
    n, of = subset or (1, 1)
    result = session.store.check(
        VaultPart(n, of), on_progress, cancel, (_check_references, DocumentCheck((1, 1) if documents else subset, cancel))
    )
    result = _add_faults(session, result)
    if subset is None or not result.valid:  # a slice that is sound does not stand for the whole
        _record_upkeep(session, "check", len(result.problems), "store checked")
    if subset is None:
        return result
    with session.reading() as db:
        total = vault.count_kept_items(db, 0, vault.find_last_item(db))
    return _tell_unread(result, total - result.checked["vault_items"])


def check_next_part(
    session: Session, most: int, *, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> CheckResult:
    """Checks of the vault the next `most` bytes behind those that the last such check read, and the database with the first part.

    What was not read in this round counts as `vault_items_unread`: it is unknown. A later part compares the database's pages with
    the head, and counts them as `database_pages_unread`. Only the part that comes to the end of the vault counts as a check of
    the store, with the problems of all parts.

    Raises:
        Refused: if the store is opened to be read only
    """
    session.require(Right.RECORD)
    session.store.require_writable()
    with session.reading() as db:
        begun = upkeep.load_check_round(db)
    before, references = begun or CheckRound(now(), 0, 0), () if begun else (_check_references, DocumentCheck(cancel=cancel))
    part = VaultPart(after=before.up_to, most=most)
    result = _add_faults(session, session.store.check(part, on_progress, cancel, references, database=begun is None))
    with session.reading() as db:
        last, up_to = vault.find_last_item(db), max(before.up_to, result.read_up_to)
        unread = vault.count_kept_items(db, up_to, last)
    problems = before.problems + len(result.problems)
    if before.problems and not unread:  # the last part alone would say that everything agrees
        earlier = f"Earlier parts of this check found problems: {before.problems}. Run: triage check"
        result = replace(result, valid=False, problems=(*result.problems, earlier))
    if not session.store.problems:
        with session.store.batch() as batch:
            upkeep.save_check_round(batch, CheckRound(before.begun, up_to, problems) if unread else None)
    if not unread or not result.valid:
        _record_upkeep(session, "check", problems, "store checked")
    return _tell_unread(result, unread)


def _add_faults(session: Session, result: CheckResult) -> CheckResult:
    """Returns the result with the number of faults of ours in the program's log; without one where the log can't be read."""
    try:
        faults = sum(line.part == LOG for line in read_program_log(session, sys.maxsize))
    except StoreError:
        return result
    return replace(result, checked={**result.checked, "faults_logged": faults})


def _tell_unread(result: CheckResult, unread: int) -> CheckResult:
    """Returns the result with the number of items that were not read, where there are any."""
    return replace(result, checked={**result.checked, "vault_items_unread": unread}) if unread else result


def _record_upkeep(session: Session, what: str, problems: int, kind: str) -> None:
    """Records what was done and how many problems it found, as far as the store can be written."""
    store = session.store
    if store.read_only or store.problems:
        return
    with suppress(StoreError), store.batch() as batch:
        upkeep.save_upkeep(batch, what, now(), session.user.id, problems)
        batch.note(kind, problems=problems)


def rebuild_queue(session: Session) -> None:
    """Counts the lanes and casework anew, and writes the order of the queue and the holders of link keys anew, from the rows."""
    from triage.jobs.state.queue_planes import rebuild_planes
    from triage.store.queries.key_holders import rebuild_holders

    session.require(Right.RECORD)
    with session.store.batch() as batch:
        rebuild_planes(batch)
        keep_changed_grades(batch, sys.maxsize)
        rebuild_holders(batch)


def _check_references(db: Reader) -> tuple[list[Message], dict[str, int]]:
    """Checks that the rows of the store agree with one another, and counts them."""
    counts = {
        "reports": reports.count_reports(db),
        "media": media.count_media_items(db),
        "set_aside": bundles.count_set_aside(db),
        "requests": requests.count_requests(db),
        "replies": request_replies.count_reply_documents(db),
    }
    if not is_up_to_date(db):
        told = Message(
            "An older Triage made this store, and it is not updated while its head is in doubt: its rows were not compared."
        )
        return [told], counts
    counts["not_judged"] = judgement.count_reports_with_flag(db, NOT_JUDGED.flags[0])
    return [*references.find_problems(db), *_check_queue(db), *_check_cards(db), *_check_grades(db)], counts


def _check_cards(db: Reader) -> list[Message]:
    """Names the reports whose stored score card can't be read: everything else leaves them out, or holds them back."""
    damaged = [i for i, card in score_cards.iterate_cards(db) if not is_card_sound(card, i)]
    if not damaged:
        return []
    numbers = reports.load_numbers(db, damaged[:_MOST_NAMED])
    return [
        Message(
            "Reports with a damaged score card: {count}. They are left out of figures, and held back from what leaves: {reports}."
            " Restore the newest backup.",
            count=len(damaged),
            reports=tuple(numbers[i] for i in damaged[:_MOST_NAMED]),
        )
    ]


def _check_grades(db: Reader) -> list[Message]:
    """Counts the files with a grade that is none of ours. Their pages say so, and exports leave them out."""
    count = grades.count_media_with_other_words(db, tuple(Grade))
    if not count:
        return []
    return [
        Message(
            "Files with a stored grade that can't be read: {count}. What they are is not known, and exports leave them out."
            " Grade these files again.",
            count=count,
        )
    ]


def _check_queue(db: Reader) -> list[Message]:
    """Compares what is kept of the queue and of casework beside the rows with the rows."""
    from triage.jobs.state.queue_planes import find_wrong_planes, read_now
    from triage.store.queries.kept_counts import count_odd_rows, find_wrong_casework, find_wrong_counts
    from triage.store.queries.key_holders import find_wrong_holders

    rebuild = "triage check --rebuild-queue"
    problems = []
    if find_wrong_counts(db):
        problems.append(Message("The lane counts differ from the queue; count it anew with: {command}", command=rebuild))
    if find_wrong_planes(db, read_now()):
        problems.append(Message("The order of the queue differs from its reports; make it anew with: {command}", command=rebuild))
    if find_wrong_casework(db) or find_wrong_grades(db):
        problems.append(
            Message(
                "The lists of cases, requests and grades differ from their rows; make them anew with: {command}", command=rebuild
            )
        )
    if find_wrong_holders(db):
        problems.append(
            Message("The index of what reports share differs from their keys; make it anew with: {command}", command=rebuild)
        )
    if odd := count_odd_rows(db, len(BANDS), len(STATUSES)):
        problems.append(
            Message(
                "Reports whose band or status in the queue can't be read: {count}. They are listed in band A, or as new."
                " Restore the newest backup.",
                count=odd,
            )
        )
    return problems


def verify_record(
    session: Session,
    head: Path | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> AuditResult:
    """Checks that the audit log is whole and its head signed and, with an exported head, that nothing is missing since then.

    Others may write meanwhile.

    An exported head that is damaged or of another store is `head_problem`; then only the log itself was checked.
    """
    session.require(Right.RECORD)
    problem = None if head is None else _find_head_problem(session, head)
    result = session.store.verify_log(head if problem is None else None, on_progress, cancel)
    _record_upkeep(session, "log", len(result.problems), "audit log verified")
    return replace(result, head_problem=problem)


def _find_head_problem(session: Session, path: Path) -> Message | None:
    """Returns why an exported head can't be compared with the audit log, or None."""
    try:
        head = read_head(resolve_file(path))
    except StoreError:
        return Message("{name} can't be compared with the audit log: it is damaged, or is no exported log head.", name=path.name)
    if head.store != session.store.id:
        return Message("{name} can't be compared with the audit log: it is the log head of another store.", name=path.name)
    if head.version == VERSION and not head.is_signed_by(session.store.public_key):
        return Message("{name} can't be compared with the audit log: it was changed after it was signed.", name=path.name)
    return None


def export_head(session: Session, out: Path, *, handover: Handover = NOT_SAID, overwrite: bool = False) -> None:
    """Writes the signed head, which is kept outside this machine.

    It is the head from just before the audit log entry of this export.
    """
    session.require(Right.RECORD)
    with session.store.locked():
        head = session.store.read_head()
    write_out(session, ((out, head.encode()),), kind="head", handover=handover, overwrite=overwrite)
    with session.store.batch() as batch:
        upkeep.save_upkeep(batch, "head", now(), session.user.id, 0)

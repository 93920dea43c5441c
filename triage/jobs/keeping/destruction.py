"""Destruction by rule or court order, legal holds, and reports of people who were cleared.

One batch takes everything: keys, rows, tombstones and the record's entry. The certificate is written before it commits and
named after, so that neither is ever without the other for longer than a rename.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from triage.errors import NotFound, Refused, StoreError, WorldError
from triage.exports import certificate as certificate_export
from triage.exports.certificate import Certificate, Draft, StillHeld
from triage.jobs.casework.decisions import record_decision
from triage.jobs.consent import Consent, ask, describe_person
from triage.jobs.intake.imports import LOCK
from triage.jobs.judging import boilerplate
from triage.jobs.judging.assess import assess
from triage.jobs.leaving.outgoing import register as register_outgoing
from triage.jobs.leaving.signing import StoreSigner, about
from triage.jobs.load import find
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.people import Right
from triage.model.progress import OnProgress, ignore_progress
from triage.store import backup as store_backup
from triage.store import register
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.lock import WriterLock
from triage.store.queries import backups, bundles, compaction, destruction, judgement, record, reports
from triage.store.queries.destruction import Plan

_log = logging.getLogger(__name__)

IMPORT_RUNS = Message("An import is running in this store; destroy when it has ended.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    certificate: str
    """Path of the JSON; signature and key lie beside it."""
    pdf: str
    documents: int
    media: int
    shared_documents: int
    shared_media: int
    still_held: tuple[StillHeld, ...]
    entry: int
    register: str
    """Path of the register of destructions, beside the certificate: restoring an older backup asks for it."""
    backups: tuple[str, ...]
    """Backups that were brought up to date and no longer hold it."""
    backups_failed: dict[str, str]
    """Those that could not be, and why: they still hold it."""
    log_emptied: bool
    """Whether no page of the database holds what was erased; if not, the next opening sees to it."""


def destroy(
    session: Session,
    report_number: str,
    *,
    reason: str,
    order: str,
    second: Consent,
    certificate: Path,
    reachable: Sequence[Path] = (),
    on_progress: OnProgress = ignore_progress,
) -> Destroyed:
    """Destroy one report for good. Two people, a reason and an order are needed.

    `reachable` are folders of backups of this store: each is brought up to date, under new keys, and checked.
    Raises Refused (rights, second person, legal hold), NotFound, WorldError when the certificate can't be written.
    """
    session.require(Right.DESTROY)
    reason = _said(reason, "A destruction needs a reason.")
    order = _said(order, "A destruction needs the rule or the court's order.")
    certificate_export.check_target(certificate)
    for folder in reachable:
        if not store_backup.is_of(session.store, folder):
            raise Refused("There is no backup in {folder}; nothing was destroyed.", folder=str(folder))
    with WriterLock(session.store.directory / LOCK).hold(0, IMPORT_RUNS):
        with session.reading() as db:
            report_id = _not_held(db, report_number)
        other = ask(
            session, second, lambda user: user.may(Right.DESTROY), ("lead", "admin"), "destruction consented",
            report=report_id,
        )  # fmt: skip
        draft: Draft | None = None
        try:
            with session.store.batch() as batch:
                made = _destroy(session, batch, report_number, reason, order, other.id, other.name)
                newest = (certificate.parent / register.FILE, register.make(session.store, batch).encode())
                draft = Draft(made, certificate, StoreSigner(session), about(session), newest)
                for kind, (path, content) in (*(("certificate", each) for each in draft.contents), ("register", newest)):
                    register_outgoing(batch, session, kind=kind, name=path.name, sha256=sha256(content).hexdigest())
        except BaseException:
            if draft is not None:
                _settle(session, draft, report_number)
            raise
        data, pdf = draft.publish()
        assess(session, on_progress)
        emptied = _forget(session, on_progress)
    failed = _bring_up_to_date(session, reachable, on_progress)
    return Destroyed(
        certificate=str(data),
        pdf=str(pdf),
        documents=len(made.documents),
        media=len(made.media),
        shared_documents=made.shared_documents,
        shared_media=made.shared_media,
        still_held=made.still_held,
        entry=made.entry,
        register=str(newest[0]),
        backups=tuple(str(folder) for folder in reachable if str(folder) not in failed),
        backups_failed=failed,
        log_emptied=emptied,
    )


def _forget(session: Session, on_progress: OnProgress) -> bool:
    """Returns whether no page holds what was erased. If not, the destruction stands, and the next opening finishes it."""
    try:
        return session.store.forget_older_state(on_progress)
    except StoreError as error:
        _log.warning("a destruction is not finished", exc_info=error)
        return False


def _bring_up_to_date(session: Session, folders: Sequence[Path], on_progress: OnProgress) -> dict[str, str]:
    """What is destroyed stays destroyed when a backup's disk fails: returns the folders that failed, and why."""
    failed = {}
    for folder in folders:
        try:
            store_backup.backup(session.store, folder, on_progress)
        except WorldError as error:
            failed[str(folder)] = str(error)
    return failed


def _settle(session: Session, draft: Draft, report_number: str) -> None:
    """After a failure: the certificate stays if the destruction was committed all the same and only the head was not written."""
    if reports.find(session.store.read(), report_number) is None:
        draft.publish()
    else:
        draft.discard()


def _destroy(
    session: Session, batch: Batch, report_number: str, reason: str, order: str, second: int, second_name: str
) -> Certificate:
    report_id = _not_held(batch, report_number)
    number, aliases, when = reports.number(batch, report_id), reports.aliases(batch, report_id), now()
    going = destruction.plan(batch, report_id)
    held = _still_held(batch, report_id)
    documents = tuple(sorted(session.store.keyed(gone.sha256) for gone in going.documents))
    media = tuple(sorted(session.store.keyed(gone.sha256) for gone in going.media))
    counted = destruction.keep_counts(
        batch, report_id, destroyed=when, user=session.user.id, second=second, documents=len(documents), media=len(media)
    )
    take_away(session, batch, report_id, aliases, going, counted)
    beside = bundles.count_set_aside(batch, going.bundles)
    entry = batch.note(
        "report destroyed",
        report=report_id,
        second=second,
        documents=list(documents),
        media=list(media),
        reason=session.store.keyed(reason),
        order=session.store.keyed(order),
    )
    kept = record.entry(batch, entry)
    if kept is None:
        raise LookupError("the record did not take the entry")
    return Certificate(
        report=number,
        aliases=tuple(alias for alias in aliases if alias != number),
        report_id=report_id,
        destroyed=when,
        by=session.user.name,
        by_since=describe_person(session, session.user.id),
        second_person=second_name,
        second_person_since=describe_person(session, second),
        reason=reason,
        order=order,
        documents=documents,
        media=media,
        shared_documents=going.shared_documents,
        shared_media=going.shared_media,
        set_aside_beside=beside,
        still_held=held,
        store=session.store.id,
        entry=entry,
        entry_json=kept[0],
        leaf=kept[1].hex(),
    )


def take_away(session: Session, batch: Batch, report_id: int, aliases: tuple[str, ...], going: Plan, counted: int) -> None:
    """Keys, rows and tombstones of one report. Neighbours first, while what ties them is still there."""
    judgement.mark_stale(batch, destruction.neighbours(batch, report_id))
    sentences = boilerplate.sentences_of(tie[:2] for tie in judgement.ties(batch, report_id))
    recurring = boilerplate.recurring_among(batch, sentences)
    for kind, value in judgement.replace_ties(batch, report_id, set()):
        judgement.mark_stale(batch, [i for i, _ in judgement.holders(batch, kind, value, -1)])
    boilerplate.mark_changed(batch, sentences, recurring)
    for gone in (*going.documents, *going.media):
        batch.destroy(gone.item)
    marks = [(session.store.keyed(number), None) for number in aliases]
    marks += [(session.store.keyed(gone.sha256), None) for gone in going.documents]
    destruction.add_tombstones(
        batch, counted, [*marks, *((session.store.keyed(gone.sha256), gone.medium) for gone in going.media)]
    )
    destruction.erase(batch, report_id, aliases, going)
    compaction.owe(batch, now())


def _still_held(db: Reader, report_id: int) -> tuple[StillHeld, ...]:
    """Backups whose newest state is from before, and packets that hold the report."""
    kept = [
        StillHeld(what="backup", where=f"{row.place} (state {row.number}, id {row.id})", made=row.made)
        for row in backups.all_rows(db)
        if row.gone is None
    ]
    for n, text, _ in record.entries_about(db, report_id, ()):
        entry = json.loads(text)
        if entry["kind"] == "packet made":
            where = f"entry {n} of the audit log; see the register of outgoing data"
            kept.append(StillHeld(what="packet", where=where, made=entry["when"]))
    return tuple(kept)


def _not_held(db: Reader, report_number: str) -> int:
    report_id = find(db, report_number)
    if destruction.is_held(db, report_id):
        raise Refused(
            "Report {report} is under a legal hold; it can't be destroyed until the hold is lifted.",
            report=report_number,
        )
    return report_id


def _said(text: str, refusal: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused(refusal)  # message-ok
    return text


def hold(session: Session, report_number: str, reason: str) -> None:
    """As long as it stands, nobody can destroy the report."""
    session.require(Right.HOLD)
    reason = _said(reason, "A legal hold needs a reason.")
    with session.store.batch() as batch:
        report_id = find(batch, report_number)
        destruction.put_hold(batch, report_id, now(), session.user.id, reason)
        batch.note("hold placed", report=report_id, reason=session.store.keyed(reason))


def release(session: Session, report_number: str) -> None:
    """Lift a legal hold."""
    session.require(Right.HOLD)
    with session.store.batch() as batch:
        report_id = find(batch, report_number)
        if not destruction.lift_hold(batch, report_id):
            raise NotFound("Report {report} has no legal hold.", report=report_number)
        batch.note("hold lifted", report=report_id)


def clear(session: Session, report_number: str, reason: str) -> None:
    """The reported user was cleared: the report is closed and set apart. It scores nothing and ties to nobody until it is
    destroyed, or until `unclear`."""
    session.require(Right.HOLD)
    reason = _said(reason, "Say why the person was cleared.")
    with session.store.batch() as batch:
        report_id = find(batch, report_number)
        record_decision(session, batch, report_number, "closed", "cleared", reason, None, clearing=True)
        destruction.put_cleared(batch, report_id, now(), session.user.id, reason)
        judgement.mark_stale(batch, [report_id, *destruction.neighbours(batch, report_id)])
        batch.note("report cleared", report=report_id)
    assess(session)


def unclear(session: Session, report_number: str) -> None:
    """Take it back: the report is judged like any other again; its status stays until somebody decides."""
    session.require(Right.HOLD)
    with session.store.batch() as batch:
        report_id = find(batch, report_number)
        if not destruction.lift_cleared(batch, report_id):
            raise NotFound("Report {report} is not set apart.", report=report_number)
        judgement.mark_stale(batch, [report_id, *destruction.neighbours(batch, report_id)])
        batch.note("report no longer cleared", report=report_id)
    assess(session)

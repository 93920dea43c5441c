"""Destroys reports by rule or court order, places legal holds, and sets reports of cleared people apart.

One batch takes everything: keys, rows, tombstones and the audit log entry. The certificate is written before the batch commits
and gets its name after, so that neither exists without the other for longer than a rename.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from triage.errors import NotFound, Refused, StoreError, WorldError
from triage.exports import certificate as certificate_export
from triage.exports.certificate import Certificate, CertificateDraft, StillHeld
from triage.jobs.casework.decisions import record_decision
from triage.jobs.consent import Consent, SecondPerson, describe_person, verify_consent
from triage.jobs.intake.imports import LOCK, LOCK_WAIT
from triage.jobs.judging.assess import assess
from triage.jobs.judging.key_keeping import store_keys
from triage.jobs.keeping.register_volumes import hold_register, write_volumes
from triage.jobs.keeping.survey import Survey, find_remaining_copies, list_backup_copies
from triage.jobs.leaving.outgoing import NOT_SAID
from triage.jobs.leaving.outgoing import add_to_register as register_outgoing
from triage.jobs.leaving.signing import StoreSigner, describe_export
from triage.jobs.lookup import find_report
from triage.jobs.officer import describe_officer
from triage.jobs.session import Session, now
from triage.jobs.state import common_words
from triage.jobs.state.queue_planes import write_planes
from triage.message import Message
from triage.model.handover import Handover
from triage.model.progress import OnProgress, ignore_progress
from triage.model.users import Right, User
from triage.store import backup as store_backup
from triage.store import register
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.lock import WriterLock
from triage.store.queries import audit_log, bundles, compaction, destruction, judgement, link_values, reports
from triage.store.queries.destruction import DestructionPlan
from triage.store.register import RegisterEntry, Volume

_log = logging.getLogger(__name__)

IMPORT_RUNS = Message("An import is running in this store; destroy when it has ended.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionResult:
    """What a destruction took away, where its certificate is, and which backups still hold the report."""

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
    backups_failed: dict[str, Message]
    """Backups that could not be brought up to date, and why: they still hold the report."""
    log_emptied: bool
    """True when no page of the database holds what was erased; else the next opening finishes that."""


@dataclass(frozen=True, slots=True)
class WrittenCertificate:
    """A certificate, its files, and the file of the register of destructions beside it."""

    content: Certificate
    data: Path
    pdf: Path
    register: Path


def destroy_report(
    session: Session,
    report_number: str,
    *,
    reason: str,
    order: str,
    second: Consent,
    certificate: Path,
    reachable: Sequence[Path] = (),
    handover: Handover = NOT_SAID,
    on_progress: OnProgress = ignore_progress,
) -> DestructionResult:
    """Destroys one report for good. Two people, a reason and an order are needed.

    `reachable` are folders of backups of this store: each is brought up to date, under new keys, and checked.

    Raises:
        Refused: without the right or the second person, or under a legal hold
        NotFound: if there is no such report
        WorldError: if the certificate can't be written
    """
    session.require(Right.DESTROY)
    reason = require_text(reason, "A destruction needs a reason.")
    order = require_text(order, "A destruction needs the rule or the court's order.")
    certificate_export.check_target(certificate)
    for folder in reachable:
        if not store_backup.is_backup_of(session.store, folder):
            raise Refused("There is no backup in {folder}; nothing was destroyed.", folder=str(folder))
    with WriterLock(session.store.directory / LOCK).hold(LOCK_WAIT, IMPORT_RUNS):
        with session.reading() as db:
            report_id = _find_without_hold(db, report_number)
        other = verify_consent(
            session, second, lambda user: user.may(Right.DESTROY), ("lead", "admin"), "destruction consented",
            report=report_id,
        )  # fmt: skip
        volumes = write_volumes(session, certificate.parent, handover)
        written = destroy_and_certify(session, report_number, (reason, order), other, certificate, handover, volumes=volumes)
        made = written.content
        assess(session, on_progress)
        emptied = rebuild_database(session, on_progress)
    failed = _update_backups(session, reachable, on_progress)
    return DestructionResult(
        certificate=str(written.data),
        pdf=str(written.pdf),
        documents=len(made.documents),
        media=len(made.media),
        shared_documents=made.shared_documents,
        shared_media=made.shared_media,
        still_held=_find_still_held(session, made.still_held),
        entry=made.entry,
        register=str(written.register),
        backups=tuple(str(folder) for folder in reachable if str(folder) not in failed),
        backups_failed=failed,
        log_emptied=emptied,
    )


def destroy_and_certify(
    session: Session,
    report_number: str,
    why: tuple[str, str],
    other: SecondPerson,
    certificate: Path,
    handover: Handover,
    require: Callable[[Reader], None] = lambda db: None,
    *,
    volumes: Sequence[Volume] | None,
    survey: Survey | None = None,
) -> WrittenCertificate:
    """Destroys one report in a batch, with its certificate. The database still has to be rebuilt, now or at the next opening.

    `why` are reason and order. The caller holds the lock of imports, and has the consent of the `other` person. `require` raises
    Refused when the report is to stay: it is asked within the batch, so nobody changes the report after its answer. So is whether
    the other person can still agree. The folder
    gets the register of destructions, of which it has these `volumes`; with None a part with this destruction alone. A `survey`
    was made for many reports, this one among them.
    """
    with nullcontext() if volumes is None else hold_register(session):
        draft: CertificateDraft | None = None
        try:
            with session.store.batch() as batch:
                other.check(batch)
                require(batch)
                made, entry = _destroy_in_batch(session, batch, report_number, why, other.user, survey)
                if volumes is not None:
                    newest = (certificate.parent / register.FILE, register.make_register(session.store, batch, volumes).encode())
                else:
                    newest = (register.name_part(certificate), register.make_part(session.store, entry).encode())
                draft = CertificateDraft(made, certificate, StoreSigner(session), describe_export(session), newest)
                for kind, (path, content) in (*(("certificate", each) for each in draft.contents), ("register", newest)):
                    digest = sha256(content).hexdigest()
                    register_outgoing(batch, session, kind=kind, name=path.name, sha256=digest, handover=handover)
        except BaseException:
            if draft is not None:
                _settle_certificate(session, draft, report_number)
            raise
        return WrittenCertificate(made, *draft.publish_at_any_rate(), newest[0])


def rebuild_database(session: Session, on_progress: OnProgress) -> bool:
    """Returns whether no page holds what was erased. If not, the destruction stands, and the next opening finishes it."""
    try:
        return session.store.forget_older_state(on_progress)
    except StoreError as error:
        _log.warning("a destruction is not finished", exc_info=error)
        return False


def _update_backups(session: Session, folders: Sequence[Path], on_progress: OnProgress) -> dict[str, Message]:
    """Brings the backups up to date; returns the folders where that failed, and why.

    The destruction stands even when a backup's disk fails.
    """
    failed: dict[str, Message] = {}
    for folder in folders:
        try:
            store_backup.make_backup(session.store, folder, on_progress)
        except WorldError as error:
            failed[str(folder)] = error.message
    return failed


def _find_still_held(session: Session, held: Sequence[StillHeld]) -> tuple[StillHeld, ...]:
    """Returns what holds the report now, of what held it when it was destroyed: of backups their present states."""
    with session.reading() as db:
        copies = [StillHeld(**copy._asdict()) for copy in list_backup_copies(db, older=True)]
    return (*copies, *(each for each in held if each.what != "backup"))


def _settle_certificate(session: Session, draft: CertificateDraft, report_number: str) -> None:
    """Keeps the certificate if the destruction was committed despite a failure, else discards it."""
    if reports.find_report(session.store.read(), report_number) is None:
        draft.publish_again()
    else:
        draft.discard()


def _destroy_in_batch(
    session: Session, batch: Batch, report_number: str, why: tuple[str, str], other: User, survey: Survey | None
) -> tuple[Certificate, RegisterEntry]:
    """Destroys the report within the batch; returns its certificate and its entry in the register of destructions."""
    reason, order, second = *why, other.id
    report_id = _find_without_hold(batch, report_number)
    number, aliases, when = reports.load_number(batch, report_id), reports.list_numbers(batch, report_id), now()
    going = destruction.plan_destruction(batch, report_id)
    held = tuple(StillHeld(**copy._asdict()) for copy in find_remaining_copies(batch, report_id, survey))
    documents = tuple(sorted(session.store.keyed(gone.sha256) for gone in (*going.documents, *going.replies)))
    media = tuple(sorted(session.store.keyed(gone.sha256) for gone in going.media))
    counted = destruction.add_destruction(
        batch, report_id, destroyed=when, user=session.user.id, second=second, documents=len(documents), media=len(media)
    )
    marks = erase_report(session, batch, report_id, aliases, going, counted, survey)
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
    kept = audit_log.load_entry(batch, entry)
    if kept is None:
        raise LookupError("the record did not take the entry")
    certificate = Certificate(
        report=number,
        aliases=tuple(alias for alias in aliases if alias != number),
        report_id=report_id,
        destroyed=when,
        by=session.user.name,
        by_since=describe_person(session, session.user.id),
        second_person=other.name,
        second_person_since=describe_person(session, second),
        second_officer=describe_officer(session, other.name),
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
    return certificate, RegisterEntry(*destruction.load_registered_counts(batch, counted), marks)


def erase_report(
    session: Session,
    batch: Batch,
    report_id: int,
    aliases: tuple[str, ...],
    going: DestructionPlan,
    counted: int,
    survey: Survey | None = None,
) -> tuple[str, ...]:
    """Destroys keys and rows of one report and adds its tombstones; returns their marks.

    Linked reports are marked first, while what links them is still there.
    """
    judgement.mark_stale(batch, destruction.find_affected_reports(batch, report_id))
    store_keys(batch, {report_id: ()})
    for gone in (*going.documents, *going.media, *going.replies, *going.set_aside):
        batch.destroy(gone.item)
    marks: list[tuple[str, int | None]] = [(session.store.keyed(number), None) for number in aliases]
    marks += [(session.store.keyed(gone.sha256), gone.medium) for gone in (*going.documents, *going.media)]
    destruction.add_tombstones(batch, counted, marks)
    destruction.erase_report(batch, report_id, aliases, going, None if survey is None else survey.mentions)
    write_planes(batch)  # the planes hold bits of it until then
    common_words.erase_report(batch, report_id)
    compaction.mark_compaction_owed(batch, now())
    return tuple(sorted({mark for mark, _ in marks}))


def _find_without_hold(db: Reader, report_number: str) -> int:
    """Returns the report's id.

    Raises:
        Refused: if a legal hold stands on it
        NotFound: if there is no such report
    """
    report_id = find_report(db, report_number)
    if destruction.has_hold(db, report_id):
        raise Refused(
            "Report {report} is under a legal hold; it can't be destroyed until the hold is lifted.",
            report=report_number,
        )
    return report_id


def require_text(text: str, refusal: str) -> str:
    """Returns the text with single spaces.

    Raises:
        Refused: with this refusal, if the text is blank
    """
    text = " ".join(text.split())
    if not text:
        raise Refused(refusal)  # message-ok
    return text


def place_hold(session: Session, report_number: str, reason: str) -> None:
    """Places a legal hold: as long as it stands, nobody can destroy the report.

    Raises:
        Refused: without a reason
        NotFound: if there is no such report
    """
    session.require(Right.HOLD)
    reason = require_text(reason, "A legal hold needs a reason.")
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        destruction.place_hold(batch, report_id, now(), session.user.id, reason)
        batch.note("hold placed", report=report_id, reason=session.store.keyed(reason))


def lift_hold(session: Session, report_number: str) -> None:
    """Lifts a legal hold.

    Raises:
        NotFound: if there is no such report, or no hold on it
    """
    session.require(Right.HOLD)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        if not destruction.lift_hold(batch, report_id):
            raise NotFound("Report {report} has no legal hold.", report=report_number)
        batch.note("hold lifted", report=report_id)


def clear_person(session: Session, report_number: str, reason: str) -> None:
    """Records that the reported user was cleared: the report is closed and set apart.

    It scores nothing and links to no report until it is destroyed, or until `unclear_person`.

    Raises:
        Refused: without a reason
        NotFound: if there is no such report
    """
    session.require(Right.HOLD)
    reason = require_text(reason, "Say why the person was cleared.")
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        record_decision(session, batch, report_number, "closed", "cleared", reason, None, clearing=True)
        destruction.mark_cleared(batch, report_id, now(), session.user.id, reason)
        _mark_for_clearing(batch, report_id)
        batch.note("report cleared", report=report_id)
    assess(session)


def unclear_person(session: Session, report_number: str) -> None:
    """Undoes `clear_person`: the report is scored like any other again. Its status stays until somebody decides.

    Raises:
        NotFound: if there is no such report, or it is not set apart
    """
    session.require(Right.HOLD)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        if not destruction.unmark_cleared(batch, report_id):
            raise NotFound("Report {report} is not set apart.", report=report_number)
        _mark_for_clearing(batch, report_id)
        batch.note("report no longer cleared", report=report_id)
    assess(session)


def _mark_for_clearing(batch: Batch, report_id: int) -> None:
    """Marks the report, those that its media concern, and those that name it as an earlier report."""
    judgement.mark_stale(batch, [report_id, *destruction.find_affected_reports(batch, report_id)])
    judgement.mark_scores_stale_of(batch, link_values.find_naming_reports(batch, report_id))

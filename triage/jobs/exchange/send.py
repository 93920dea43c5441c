"""Writes work packages for other workstations, and results for those that sent one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from triage import __version__, limits
from triage.errors import NotFound, Refused, WorldError
from triage.exports.work_package import FORMAT, VERSION, Kind, WorkManifest, read_recipient, require_fitting, seal_package
from triage.exports.work_report import ReportForm, encode_report
from triage.jobs.casework.cases import parse_day
from triage.jobs.consent import ONE_USER, Consent, describe_consent, request_leaving_consent
from triage.jobs.exchange.gather import Gatherer
from triage.jobs.exchange.package_check import require_acceptable
from triage.jobs.exchange.work_fields import list_fields, to_text
from triage.jobs.judging.ruleset import load_active_rules
from triage.jobs.leaving.outgoing import NO_REPORT, NOT_SAID, Leaving, check_may_leave, write_out
from triage.jobs.leaving.signing import StoreSigner
from triage.jobs.lookup import find_report
from triage.jobs.reading.queue import list_queue_ids
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.handover import Handover
from triage.model.moment import pakistan_day
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled, ignore_progress
from triage.model.queue_order import choose_values
from triage.model.users import Right
from triage.model.views import QueueFilter
from triage.model.work import WorkPreview, WorkSent
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import audit_log, bundles, decisions, deconfliction, exchange, grades, media, reports
from triage.store.store import Store

GATHERING = Message("reading reports")
_READING = Message("reading documents and media")
_NEEDS_CONSENT = Message("Media leave only with the consent of a second person, a lead or examiner: give --consent-user.")
_PREVIEWED = "0" * 32
"""Stands for the name of a package that is not written."""


def export_work(
    session: Session,
    report_numbers: Sequence[str],
    recipient: str,
    out: Path,
    *,
    office: str | None = None,
    assignee: str | None = None,
    with_media: bool = False,
    due: str | None = None,
    consent: Consent | None = None,
    handover: Handover = NOT_SAID,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> WorkSent:
    """Writes a work package of the named reports, or of those of an office or a person that are not closed.

    It is sealed for `recipient`, the age key of one workstation. Media leave only with the consent of a second person.

    Raises:
        Refused: without the right or the second person, for a report that may not leave, or a day in the past
        NotFound: for an unknown report, office or user
        WorldError: if the key is invalid, the file can't be written, or the package would be too large
        Cancelled: if the token was set; then nothing was written
    """
    session.require(Right.EXPORT_QUEUE)
    if with_media:
        session.require(Right.EXPORT_MEDIA)
    check_recipient(recipient, session.store.recipient)
    day = None if due is None else _check_due(due)
    ids = _choose_reports(session, report_numbers, office, assignee)
    if out.exists():
        raise WorldError("{path} exists already; name a file that does not.", path=out.name)
    second, leaving = None, NO_REPORT
    if with_media:
        with session.reading() as db:
            _check_may_leave(db, ids)  # before anybody is asked
        given = request_leaving_consent(session, consent, _NEEDS_CONSENT, "work package consented", reports=list(ids))
        second, leaving = describe_consent(session, given), Leaving(agreed=given.check)
    with session.reading() as db:
        _check_may_leave(db, ids)
        forms, members, base, enclosed = _gather(session, db, ids, on_progress, cancel, with_media=with_media)
    package_id = secrets.token_hex(16)
    manifest = make_manifest(session.store, "work", package_id, package_id, 0, recipient, day, forms, alone=second == ONE_USER)
    require_acceptable(manifest, members)
    sealed = seal_package(manifest, members, StoreSigner(session))

    def note(batch: Batch) -> None:
        """Enters the package and the state of its reports, if nothing was destroyed or set apart meanwhile."""
        _check_may_leave(batch, [find_report(batch, form.number) for form in forms])
        row = exchange.add_package(
            batch,
            package_id=package_id,
            direction="sent",
            fingerprint=exchange.find_fingerprint_of_age_key(batch, recipient),
            age_key=recipient,
            made=manifest.made,
            due=day,
            reports=len(ids),
            media=enclosed,
            user_id=session.user.id,
        )
        for report_id, form in zip(ids, forms, strict=True):
            there = exchange.PackageReportRow(row, report_id, form.number, to_text(base[report_id]), "{}", None)
            exchange.save_package_report(batch, there)
        batch.note("work package made", package=row, reports=ids, media=enclosed)

    write_out(
        session, [(out, sealed)], kind="work_package", handover=handover, recipients=(recipient,), leaving=leaving, note=note
    )
    return WorkSent(
        path=str(out),
        package_id=package_id,
        reports=len(ids),
        media=enclosed,
        recipient=recipient,
        signature_key=session.store.fingerprint,
        due=day,
        second_person=second,
    )


def preview_work(
    session: Session,
    report_numbers: Sequence[str],
    *,
    office: str | None = None,
    assignee: str | None = None,
    with_media: bool = False,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> WorkPreview:
    """Returns what a work package would hold, and why it would be refused, without writing anything.

    Raises:
        Refused: without the right, without reports, or with more than a package holds
        NotFound: for an unknown report, office or user
    """
    session.require(Right.EXPORT_QUEUE)
    if with_media:
        session.require(Right.EXPORT_MEDIA)
    ids = _choose_reports(session, report_numbers, office, assignee)
    with session.reading() as db:
        refused = explain_refusal(lambda: _check_may_leave(db, ids))
        forms, members, _, enclosed = _gather(session, db, ids, on_progress, cancel, with_media=with_media, read_bytes=False)
        held = {medium for media_of in grades.load_graded_media(db, ids).values() for medium in media_of}
        sent = {grade.sha256 for form in forms for grade in form.grades}
        waiting = sum(1 for medium in held if media.load_sha256(db, medium) not in sent)
        sizes = [_read_size(db, name) for name, _ in members if not name.startswith("reports/")]
    own = session.store.recipient  # nobody has been chosen to whom it goes
    manifest = make_manifest(session.store, "work", _PREVIEWED, _PREVIEWED, 0, own, None, forms)
    refused = (
        refused
        or explain_refusal(lambda: require_acceptable(manifest, members))
        or explain_refusal(lambda: require_fitting([len(data) for name, data in members if name.startswith("reports/")] + sizes))
    )
    return WorkPreview(
        reports=tuple(form.number for form in forms),
        versions=sum(len(form.receipts) for form in forms),
        documents=sum(len(form.sources) for form in forms),
        media=enclosed,
        size=sum(sizes),
        decisions=sum(len(form.decisions) for form in forms),
        grades=sum(len(form.grades) for form in forms),
        grades_waiting=waiting,
        corrections=sum(len(form.corrections) for form in forms),
        list_matches=sum(len(form.list_matches) for form in forms),
        refused=refused,
    )


def explain_refusal(check: Callable[[], object]) -> Message | None:
    """Returns why a check of what is to leave refuses it, or None."""
    try:
        check()
    except (Refused, WorldError) as error:
        return error.message
    return None


def check_recipient(recipient: str, own: str) -> None:
    """Raises WorldError for what is no age key, and Refused for this store's own."""
    read_recipient(recipient)
    if recipient == own:
        raise Refused("{key} is the age key of this store itself; give that of the other workstation.", key=recipient)


def _check_due(due: str) -> str:
    """Returns the day.

    Raises:
        Refused: if it is no day, or lies in the past
    """
    day = parse_day(due)
    today = pakistan_day(now()).isoformat()
    if day < today:
        raise Refused("The due day {day} lies in the past; give {today} or a later day.", day=day, today=today)
    return day


def _choose_reports(session: Session, numbers: Sequence[str], office: str | None, assignee: str | None) -> list[int]:
    """Returns the ids of the reports, in the order of the queue or as named.

    Raises:
        Refused: if it is not said which, there are none, or more than a package holds
        NotFound: for an unknown report, office or user
    """
    if bool(numbers) + (office is not None) + (assignee is not None) != 1:
        raise Refused("Name reports, or give --office, or give --assignee.")
    if numbers:
        with session.reading() as db:
            ids = list(dict.fromkeys(find_report(db, number) for number in numbers))
    else:
        found = list_queue_ids(session, QueueFilter(offices=choose_values(office), assignees=choose_values(assignee)))
        with session.reading() as db:
            closed = {i for i, (status, _) in decisions.load_statuses(db, found).items() if status == "closed"}
        ids = [i for i in found if i not in closed]
    if not ids:
        raise Refused("There is no open report for {whom}; nothing was written.", whom=office or assignee or "")
    if len(ids) > limits.MAX_PACKAGE_REPORTS:
        raise Refused(
            "One package can't hold so many reports ({n:,}; at most {most:,}): name fewer, and send several packages.",
            n=len(ids),
            most=limits.MAX_PACKAGE_REPORTS,
        )
    return ids


def _check_may_leave(db: Reader, ids: Sequence[int]) -> None:
    """Raises Refused when one of the reports may not leave for another workstation."""
    check_may_leave(db, ids)
    undercover = deconfliction.find_undercover_reports(db)
    if silent := [reports.load_number(db, i) for i in ids if i in undercover]:
        raise Refused(
            "{reports}: held as undercover. Such a report stays at this workstation, since another one would not keep it silent.",
            reports=tuple(silent),
        )
    leaving = set(ids)
    for holding in exchange.find_reports_of_same_bytes(db, ids):
        if others := sorted(reports.load_number(db, i) for i in holding - leaving):
            raise Refused(
                "A document of these reports also speaks of {reports}, which would leave with it: name them too.",
                reports=tuple(others[:20]),
            )


def _gather(
    session: Session,
    db: Reader,
    ids: Sequence[int],
    on_progress: OnProgress,
    cancel: CancelToken | None,
    *,
    with_media: bool,
    read_bytes: bool = True,
) -> tuple[list[ReportForm], list[tuple[str, bytes]], dict[int, dict[str, str | None]], int]:
    """Returns what is said of each report, all members, each report's fields, and how many media are enclosed."""
    gatherer = Gatherer(db, session.store.users.names(), passing_on=True)
    found: dict[int, ReportForm] = {}
    for at, i in enumerate(sorted(ids)):  # neighbours share pages of the database, and each page is decrypted once
        check_cancelled(cancel)
        on_progress(Progress(done=at, total=len(ids), unit="reports", note=GATHERING))
        found[i] = gatherer.gather_work(i, reports.load_number(db, i))
    forms = [found[i] for i in ids]
    members = encode_forms(forms)
    documents = list(dict.fromkeys(source.sha256 for form in forms for source in form.sources))
    files = list(dict.fromkeys(file.sha256 for form in forms for file in form.files)) if with_media else []
    for folder, digests in (("sources", documents), ("media", files)):
        for at, sha256 in enumerate(digests):
            check_cancelled(cancel)
            on_progress(Progress(done=at, total=len(digests), unit="files", note=_READING))
            item = _find_item(db, folder, sha256)
            members.append((f"{folder}/{sha256}", session.store.unseal(item) if read_bytes else b""))
    return forms, members, {i: list_fields(form.state) for i, form in zip(ids, forms, strict=True)}, len(files)


def _find_item(db: Reader, folder: str, sha256: str) -> int:
    """Returns the vault's item with these bytes.

    Raises:
        NotFound: if the store does not have them
    """
    row = media.find_media_item(db, sha256) if folder == "media" else None
    item = row.item if row is not None else bundles.find_original_item(db, sha256)
    if item is None:
        raise NotFound("The original bytes of {path} are missing from the store; run triage check.", path=sha256)
    return item


def _read_size(db: Reader, name: str) -> int:
    """Returns the size in bytes of a member that is a document or media item."""
    folder, _, sha256 = name.partition("/")
    row = media.find_media_item(db, sha256) if folder == "media" else None
    return row.size if row is not None else bundles.load_original_size(db, sha256)


def encode_forms(forms: Sequence[ReportForm]) -> list[tuple[str, bytes]]:
    """Returns the reports as members."""
    return [(f"reports/{n}.json", encode_report(form)) for n, form in enumerate(forms)]


def make_manifest(
    store: Store,
    kind: Kind,
    package_id: str,
    file_id: str,
    sequence: int,
    recipient: str,
    due: str | None,
    forms: Sequence[ReportForm],
    *,
    alone: bool = False,
) -> WorkManifest:
    """Returns the manifest, without members."""
    return WorkManifest(
        format=FORMAT,
        version=VERSION,
        kind=kind,
        package_id=package_id,
        file_id=file_id,
        sequence=sequence,
        sender=store.fingerprint,
        sender_age_key=store.recipient,
        recipient=recipient,
        made=now(),
        due=due,
        tool=f"Triage {__version__}",
        rules=load_active_rules(store.read()).name,
        although_alone=alone,
        reports=tuple(form.number for form in forms),
        members=(),
        log_entries=audit_log.load_state(store.read()).count,
    )

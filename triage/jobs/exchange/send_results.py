"""Writes results of a work package for the workstation that sent it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from triage.errors import NotFound, Refused
from triage.exports.work_package import require_fitting, seal_package
from triage.exports.work_report import ReportForm
from triage.jobs.exchange.gather import Gatherer
from triage.jobs.exchange.package_check import find_results_problem, require_acceptable
from triage.jobs.exchange.send import GATHERING, check_recipient, encode_forms, explain_refusal, make_manifest
from triage.jobs.exchange.work_fields import Fields, find_changed, from_text, list_fields, to_text
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.leaving.signing import StoreSigner
from triage.jobs.session import Session
from triage.jobs.state.child_lane import find_reasons_to_wait
from triage.message import Message
from triage.model.choices import MOST_NAMED, name_choices
from triage.model.handover import Handover
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled, ignore_progress
from triage.model.users import Right
from triage.model.work import HeldBack, ResultsPreview, ResultsSent
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import exchange, package_list, trusted
from triage.store.queries.exchange import PackageReportRow, PackageRow, ResultsRow

NOTHING_LEFT = (
    "Every report of package {package} waits for a lead of this workstation: the reported user may be a child. "
    "Confirm with: triage set REPORT --confirm-child-lane"
)
_UNFIT = "The workstation that sent it would not take it in: {what}. This is a fault of Triage; keep this message for its maker."


def export_results(
    session: Session,
    package_id: str,
    recipient: str,
    out: Path,
    *,
    handover: Handover = NOT_SAID,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> ResultsSent:
    """Writes what people did here on the reports of a package that was received, for the workstation that sent it.

    Views are never in it. It may be written again later: it then says everything anew. A report in the child lane that no lead of
    this workstation has confirmed is left out and named, and so is one that the sender would not take in; the others leave. That
    the sender's lead confirmed it does not count here: that lead answered for what left there, and has not read what people wrote
    here.

    Raises:
        Refused: without the right, for another recipient than the sender, or when every report waits for a lead
        NotFound: if no such package was imported here
        WorldError: if the file can't be written
        Cancelled: if the token was set; then nothing was written
    """
    session.require(Right.EXPORT_QUEUE)
    check_recipient(recipient, session.store.recipient)
    with session.reading() as db:
        package = _find_received(db, package_id)
        if package.age_key != recipient:
            raise Refused(
                "Package {package} came from the workstation with the age key {key}: results go back to that one alone.",
                package=package.package_id,
                key=package.age_key,
            )
        told = _gather(session, db, package, on_progress, cancel)
        if told.refused is not None:
            raise Refused(told.refused)  # message-ok
        sequence = 1 + max((made.sequence for made in exchange.list_results(db, package.id)), default=0)
    results_id = secrets.token_hex(16)
    store, number = session.store, package.package_id
    manifest = make_manifest(store, "results", number, results_id, sequence, recipient, package.due, told.forms)
    members = encode_forms(told.forms)
    require_acceptable(manifest, members)
    sealed = seal_package(manifest, members, StoreSigner(session))

    def note(batch: Batch) -> None:
        """Enters the results, and which fields the other store was told of."""
        if any(made.sequence >= sequence for made in exchange.list_results(batch, package.id)):
            raise Refused("Another program wrote results of this package at the same time; run the command again.")
        exchange.add_results(batch, ResultsRow(results_id, package.id, sequence, manifest.made, None, session.user.id))
        for row in told.rows:
            stated = {name: told.fields[row.report_id].get(name) for name in told.changed[row.report_id]}
            exchange.save_package_report(
                batch, PackageReportRow(row.package, row.report_id, row.number, row.base, to_text(stated), row.told)
            )
        batch.note("work results made", package=package.id, reports=[row.report_id for row in told.rows], sequence=sequence)

    write_out(session, [(out, sealed)], kind="work_results", handover=handover, recipients=(recipient,), note=note)
    return ResultsSent(
        path=str(out),
        package_id=package.package_id,
        reports=len(told.forms),
        decisions=sum(len(form.decisions) for form in told.forms),
        grades=sum(len(form.grades) for form in told.forms),
        signature_key=session.store.fingerprint,
        held_back=tuple(told.held_back),
    )


def preview_results(
    session: Session, package_id: str, *, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> ResultsPreview:
    """Returns what results of a package would say, and which reports would stay, without writing anything.

    Raises:
        Refused: without the right
        NotFound: if no such package was imported here
    """
    session.require(Right.EXPORT_QUEUE)
    with session.reading() as db:
        package = _find_received(db, package_id)
        told = _gather(session, db, package, on_progress, cancel)
        stores = trusted.load_names(db)
    refused = told.refused
    if refused is None:
        number, members = package.package_id, encode_forms(told.forms)
        manifest = make_manifest(session.store, "results", number, number, 1, package.age_key, package.due, told.forms)
        refused = explain_refusal(lambda: require_acceptable(manifest, members))
        refused = refused or explain_refusal(lambda: require_fitting([len(data) for _, data in members]))
    return ResultsPreview(
        recipient=package.age_key,
        with_=stores.get(package.fingerprint or "", package.fingerprint or package.age_key),
        reports=tuple(form.number for form in told.forms),
        decisions=sum(len(form.decisions) for form in told.forms),
        grades=sum(len(form.grades) for form in told.forms),
        corrections=sum(len(form.corrections) for form in told.forms),
        notices=sum(len(form.notices) for form in told.forms),
        fields=tuple(
            (row.number, name, told.fields[row.report_id].get(name)) for row in told.rows for name in told.changed[row.report_id]
        ),
        held_back=tuple(told.held_back),
        refused=refused,
    )


@dataclass(slots=True)
class _Gathered:
    """What results say: the rows and forms of the reports that leave, and those that stay."""

    rows: list[PackageReportRow] = field(default_factory=list)
    forms: list[ReportForm] = field(default_factory=list)
    fields: dict[int, Fields] = field(default_factory=dict)
    changed: dict[int, list[str]] = field(default_factory=dict)
    held_back: list[HeldBack] = field(default_factory=list)
    refused: Message | None = None
    """Why nothing can leave: every report stays."""


def _gather(session: Session, db: Reader, package: PackageRow, on_progress: OnProgress, cancel: CancelToken | None) -> _Gathered:
    """Gathers the results. That a person was cleared here has to reach the sender, so such a report leaves."""
    found, unfit = _Gathered(), None
    gatherer = Gatherer(db, session.store.users.names(), passing_on=False)
    rows = exchange.list_package_reports(db, package.id)
    reasons = find_reasons_to_wait(db, [row.report_id for row in rows])
    for at, row in enumerate(rows):
        check_cancelled(cancel)
        on_progress(Progress(done=at, total=len(rows), unit="reports", note=GATHERING))
        if row.report_id in reasons:
            found.held_back.append(HeldBack(report=row.number, reason=reasons[row.report_id]))
            continue
        state = gatherer.gather_state(row.report_id)
        fields = list_fields(state)
        changed = find_changed(fields, from_text(row.base), from_text(row.seen))
        form = gatherer.gather_results(row.report_id, row.number, changed, state)
        if problem := find_results_problem(form):
            unfit = Message(_UNFIT, what=problem)
            found.held_back.append(HeldBack(report=row.number, reason=unfit))
            continue
        found.rows.append(row)
        found.fields[row.report_id], found.changed[row.report_id] = fields, changed
        found.forms.append(form)
    if not found.forms:
        found.refused = unfit or Message(NOTHING_LEFT, package=package.package_id)
    return found


def _find_received(db: Reader, package_id: str) -> PackageRow:
    """Returns the package that was imported here.

    Raises:
        NotFound: if there is none
    """
    package = exchange.find_package(db, package_id.strip().lower(), "received")
    if package is None or package.imported is None:
        known = package_list.name_packages(db, MOST_NAMED + 1, "received")
        raise NotFound(
            "No work package {package} was imported here; {choices}.",
            package=package_id,
            choices=name_choices(known, Message("triage work list")),
        )
    return package

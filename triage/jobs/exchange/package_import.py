"""Imports the sources and media of an opened work package with the steps of any import.

Every step is keyed by SHA-256, and the package's row names the bundles that its rounds made. After a kill, the same file
goes on with these, and ends where an uninterrupted import would have.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import InputError
from triage.exports.work_package import OpenedPackage
from triage.exports.work_report import ReportForm
from triage.hashing.video_search import FrameIndex
from triage.importers.base import NotAReport
from triage.importers.levels import group_documents
from triage.jobs.exchange.package_entries import PackageRound, make_attachments, make_rounds
from triage.jobs.intake.ahead import read_documents
from triage.jobs.intake.attachments import Attachments
from triage.jobs.intake.common import ImportTally, Intake
from triage.jobs.intake.containers import ContainerHashes
from triage.jobs.intake.documents import import_documents
from triage.jobs.intake.media import compare_new_media, import_media, measure_pending
from triage.jobs.intake.readers import Readers
from triage.jobs.intake.tombstones import REPORT_GONE, Tombstones
from triage.jobs.judging.assess import assess
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.document import Document
from triage.model.handover import Container, Receipt
from triage.model.import_counts import SetAside
from triage.model.progress import CancelToken, OnProgress
from triage.store.database import Reader
from triage.store.queries import bundles, exchange, reports, uncompared

_MEDIA_ROUND = 0
"""Stands for the media's bundle among those of the versions, which count from 1."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An opened package on its way in: where it lay, how it came, and what it says of each report."""

    path: Path
    data: bytes
    """The sealed file."""
    receipt: Receipt
    package: OpenedPackage
    forms: tuple[ReportForm, ...]


def import_sources(
    delivery: Delivery, session: Session, begin_row: Callable[[], int], on_progress: OnProgress, cancel: CancelToken | None
) -> tuple[ImportTally, dict[str, int]]:
    """Imports sources and media; returns the counts, number -> report id of those that are here now.

    `begin_row` is called when every document was read and before the first is stored; it returns the package's row.

    Raises:
        InputError: if a document makes no report, or one that the package does not name; nothing was imported then
        StoreError: if the disk refuses
        Cancelled: if the token was set
    """
    manifest, members = delivery.package.manifest, delivery.package.members
    tally = ImportTally()
    with session.reading() as db:
        first = uncompared.find_next_item(db)
    frames = FrameIndex()
    workers = min(os.cpu_count() or 1, limits.MOST_WORKERS)
    destroyed = Tombstones(session)
    staying: list[ReportForm] = []
    for form in delivery.forms:
        if _is_destroyed(form, destroyed):
            tally.skipped.append(SetAside(path=form.number, reason=REPORT_GONE))
        else:
            staying.append(form)
    with MediaPool(workers) as pool, Readers(workers) as readers:
        readers.prepare()

        def begin(bundle_id: int) -> Intake:
            """Returns an import into this bundle."""
            return Intake(session, bundle_id, pool, readers, frames, (), tally, on_progress, cancel, destroyed)

        rounds = make_rounds(manifest.package_id, staying, members, {})
        _check_documents(begin(0), rounds, staying, delivery.path.name)
        row = begin_row()
        with session.reading() as db:
            held = {form.number: _find_held(db, form) for form in staying}
        rounds = make_rounds(manifest.package_id, staying, members, held)
        for each in rounds:
            import_documents(begin(_begin_bundle(session, delivery, row, each.version)), each, ContainerHashes(()))
            assess(session, on_progress, cancel)
        with session.reading() as db:
            ids = {form.number: i for form in staying if (i := find_report_of_form(db, form)) is not None}
        tally.unchanged |= set(ids.values()) - tally.new - tally.updated
        last = begin(_begin_bundle(session, delivery, row, _MEDIA_ROUND))
        import_media(last, make_attachments(manifest.package_id, staying, members, ids), ContainerHashes(()))
        measure_pending(last)
    compare_new_media(last, first)
    return tally, ids


def describe_container(delivery: Delivery, sha256: str) -> Container:
    """Returns the sealed file as it was handed over."""
    return Container(delivery.path.name, "file", sha256, len(delivery.data))


def find_report_of_form(db: Reader, form: ReportForm) -> int | None:
    """Returns the report of this store that a package means: by its number or an earlier one, a local one also by its bytes."""
    for number in (form.number, *form.aliases):
        if (found := reports.find_report(db, number)) is not None:
            return found
    if not reports.is_local(form.number):
        return None
    held = exchange.find_reports_of_bytes(db, [source.sha256 for source in form.sources])
    holders = {report_id for ids in held.values() for report_id in ids}
    return holders.pop() if len(holders) == 1 else None


def _is_destroyed(form: ReportForm, destroyed: Tombstones) -> bool:
    """Returns whether the report was destroyed here by order."""
    return any(number in destroyed for number in (form.number, *form.aliases))


def _find_held(db: Reader, form: ReportForm) -> list[frozenset[str]]:
    """Returns the versions that the store has of the report, each as the SHA-256 of its documents."""
    report_id = find_report_of_form(db, form)
    if report_id is None:
        return []
    versions = [row.n for row in reports.list_versions(db, report_id)]
    return [frozenset(source.sha256 for source in reports.list_sources(db, report_id, n)) for n in versions]


def _begin_bundle(session: Session, delivery: Delivery, row: int, n: int) -> int:
    """Returns the bundle of a round, which an interrupted import may have made already."""
    with session.store.batch() as batch:
        made: dict[str, int] = json.loads(exchange.load_package(batch, row).bundles)
        if str(n) in made:
            return made[str(n)]
        bundle_id = bundles.add_bundle(batch, now(), session.user.id, delivery.receipt, json.dumps([str(delivery.path)]))
        exchange.save_bundles(batch, row, json.dumps({**made, str(n): bundle_id}))
        batch.note("import started", bundle=bundle_id)
    return bundle_id


def _check_documents(intake: Intake, rounds: Sequence[PackageRound], forms: Sequence[ReportForm], name: str) -> None:
    """Reads every document in the sandbox before anything is stored.

    Raises:
        InputError: if one can't be read, speaks of a report that the package does not name, or a report has none
    """
    named = {number: form.number for form in forms for number in (form.number, *form.aliases)}
    spoken: set[str] = set()
    for each in rounds:
        documents: list[tuple[Document, str]] = []
        attachments = Attachments()
        for read in read_documents(intake, each, attachments):
            refused = read.failed or read.refused
            if refused is not None and not isinstance(refused, NotAReport):
                raise _make_error(name, Message("{path} can't be read: {why}", path=read.entry.name, why=refused.message))
            documents += [(document, read.entry.level) for document in read.documents]
        for draft in group_documents(documents):
            if draft.number is not None and draft.number not in named:
                raise _make_error(
                    name, Message("a document speaks of report {report}, which the package does not name", report=draft.number)
                )
            if draft.is_report:
                spoken |= {level.split("/")[1] for level in draft.levels} | {named.get(draft.number or "", "")}
    if missing := sorted({form.number for form in forms} - spoken):
        raise _make_error(name, Message("no document in it makes report {report}", report=missing[0]))


def _make_error(name: str, what: Message) -> InputError:
    return InputError("{file} was refused, and nothing of it was imported: {what}.", file=name, what=what)

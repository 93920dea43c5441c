"""The first half of an import: groups report documents to reports and stores them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from triage import limits
from triage.errors import PasswordNeeded
from triage.importers.base import UNNUMBERED, NotAReport
from triage.importers.bundle_entry import EntrySource
from triage.importers.levels import (
    ReportDraft,
    content_key,
    group_documents,
    has_several_reports,
    identifies_its_report,
    is_listed,
)
from triage.intents import Reading
from triage.jobs.codec import document_from_json, document_to_json, read_or_none
from triage.jobs.faults import log_fault
from triage.jobs.intake.ahead import Read, read_documents
from triage.jobs.intake.attachments import Attachment, Attachments
from triage.jobs.intake.common import Intake
from triage.jobs.intake.containers import ContainerHashes
from triage.jobs.intake.known_in_store import KnownInStore
from triage.jobs.intake.placing import place_documents, remember_closed
from triage.jobs.intake.tombstones import BYTES_GONE, REPORT_GONE
from triage.jobs.judging import readings
from triage.jobs.judging.assess import assess_first
from triage.jobs.judging.number_order import format_sort_key
from triage.jobs.judging.version_plans import slot_kind
from triage.jobs.session import now
from triage.message import Message, to_data
from triage.model.document import Document
from triage.model.import_counts import DocumentCounts
from triage.model.versions import EARLIER_KNOWN
from triage.priority import pressing
from triage.store.batch import Batch
from triage.store.queries import bundles, judgement, reports
from triage.store.queries import readings as reading_rows
from triage.store.queries.reports import Held, SourceRow


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes that a document was read from."""

    path: str
    sha256: str
    data: bytes


class _Pending:
    """Documents that were read and not stored yet.

    They are cut between levels, so that one report's documents stay together. A level that holds more than a batch of several
    reports is cut inside.
    """

    def __init__(self, shared_levels: Iterable[str] = ()) -> None:
        self.documents: list[tuple[Document, str]] = []
        self.originals: dict[str, Original] = {}
        self.shared_levels = set(shared_levels)
        """Levels that were cut inside."""
        self.size = 0
        self._patience = 1

    def add(self, read: tuple[Document, ...], level: str, original: Original) -> None:
        """Adds the documents that were read of one entry."""
        self.documents += [(document, level) for document in read]
        self.originals[original.path] = original
        self.size += len(original.data)

    def is_full(self) -> bool:
        """Returns whether there is enough for a batch."""
        return self.size > self._patience * limits.BATCH_BYTES or len(self.originals) > self._patience * limits.BATCH_DOCUMENTS

    def split_off(self, level: str) -> _Pending:
        """Takes out and returns what has to wait for more of the level.

        Of a level of one report that is all that lies there.
        """
        here = [document for document, lies in self.documents if lies == level]
        is_shared = level in self.shared_levels or has_several_reports(here)
        rest = _Pending({level} if is_shared else ())
        self.shared_levels |= rest.shared_levels
        waiting = {document.path for document in here if not (is_shared and identifies_its_report(document))}
        for path in waiting:
            rest.add(tuple(d for d in here if d.path == path), level, self.originals.pop(path))
        self.documents = [(document, lies) for document, lies in self.documents if document.path not in waiting]
        while rest.is_full():
            rest._patience *= 2
        return rest


def import_documents(intake: Intake, bundle: EntrySource, containers: ContainerHashes) -> Attachments:
    """Imports the documents of the bundle; returns what is left for the second half."""
    found = Attachments()
    pending = _Pending()
    last_level = ""
    for read in read_documents(intake, bundle, found):
        if pending.is_full() and (read.entry.level == last_level or not read.entry.level.startswith(last_level)):
            rest = pending.split_off(last_level) if read.entry.level == last_level else _Pending()
            _store_pending(intake, pending, found)
            found.forget_done(read.entry.level, bundle.opened)
            pending = rest
        last_level = read.entry.level
        if read.sha256 and read.entry.file is not None:
            containers.add(read.entry.file, read.sha256, len(read.data))
        _sort_out(intake, read, pending, found)
    _store_pending(intake, pending, found)
    intake.flush_quarantine()
    # A zip that a report lists as a file of its own is kept whole, besides what lies in it.
    for zipped in bundle.opened:
        if is_listed(zipped.level, zipped.name, found.levels):
            found.add(Attachment(zipped, "document"))
    return found


def _sort_out(intake: Intake, read: Read, pending: _Pending, found: Attachments) -> None:
    """Quarantines an entry that could not be read, or keeps it for the second half, or adds its documents."""
    entry = read.entry
    if read.failed is not None:
        intake.quarantined(entry.path, read.failed.message, entry.raw)
    elif isinstance(read.refused, NotAReport):
        found.add(Attachment(entry, "document", read.refused.message))
    elif isinstance(read.refused, PasswordNeeded):
        intake.quarantined(entry.path, read.refused.message, entry.open)
        found.add(Attachment(entry, "document", read.refused.message, locked=True))
    elif read.refused is not None:
        intake.quarantined(entry.path, read.refused.message, entry.open)
    else:
        pending.add(read.documents, entry.level, Original(entry.path, read.sha256, read.data))
        _keep_parts(intake, entry.path, read)


def _keep_parts(intake: Intake, path: str, read: Read) -> None:
    """Quarantines the parts of a document that are no reports, each with its own reason, and counts what the document holds."""
    for part in read.parts:
        place = part.at.replace("/", "_").replace("\\", "_")
        intake.quarantined(f"{path}#{place}", part.message, partial(io.BytesIO, part.data))
    aside, number = sum(part.count for part in read.parts), len(read.documents)
    counts = DocumentCounts(path=path, reports_in=number + aside, read=number, quarantined=aside)
    intake.tally.documents.append(counts)


def _store_pending(intake: Intake, pending: _Pending, found: Attachments) -> None:
    """Stores the pending documents in one batch, and judges urgent reports at once."""
    if not pending.documents:
        return
    urgent: list[int] = []
    new: dict[int, Reading | None] = {}
    drafts = _leave_out_destroyed(intake, pending)
    intake.check_free_space(pending.size)
    with intake.session.store.batch() as batch:
        digests = (original.sha256 for original in pending.originals.values())
        there = KnownInStore.load(batch, digests, (draft.number for draft in drafts if draft.number is not None))
        _store_originals(intake, batch, pending, there)
        touched: list[int] = []
        for draft in drafts:
            if not draft.is_report:
                continue
            stored = _store_report(intake, batch, draft, pending.originals, there)
            if stored.changed:
                touched.append(stored.report_id)
                reading = _read_texts(draft)
                if reading is None or _is_pressing(draft, reading):
                    urgent.append(stored.report_id)
                new[stored.report_id] = None if stored.known else reading  # of the draft's documents alone
            for level in draft.levels:
                found.level(level).add(stored.report_id, draft.listed_files(level))
        judgement.mark_stale(batch, touched)
        _store_readings(batch, {i: reading for i, reading in new.items() if reading is not None})
    intake.flush_quarantine()
    assess_first(intake.session, urgent, intake.cancel)


def _read_texts(draft: ReportDraft) -> Reading | None:
    """Returns what the texts of a draft may say, or None when reading them fails."""
    try:
        return readings.read_documents(draft.documents)
    except Exception as error:
        log_fault(error, "texts of a new report not read")
        return None


def _is_pressing(draft: ReportDraft, reading: Reading) -> bool:
    """Returns whether a draft may be urgent.

    A draft on which the question fails is judged at once: its score card then says that it could not be judged.
    """
    try:
        return any(pressing(document, reading) for document in draft.documents)
    except Exception as error:
        log_fault(error, "a new report not looked through for what is urgent")
        return True


def _store_readings(batch: Batch, new: Mapping[int, Reading]) -> None:
    """Stores what the texts of new reports may say, so that judging does not read them again."""
    stored = reports.load_judged_documents(batch, new)
    made = [(i, readings.make_stored_reading(each, [document.parsed for document in stored[i]])) for i, each in new.items()]
    reading_rows.add_readings(batch, made)


@dataclass(frozen=True, slots=True)
class _StoredDraft:
    """The report that a draft went to, whether it was `known` before, and whether the draft changed it."""

    report_id: int
    known: bool
    changed: bool


def _store_originals(intake: Intake, batch: Batch, pending: _Pending, there: KnownInStore) -> None:
    """Stores the original bytes that are new, and enters all of them in the bundle."""
    new = {each.sha256: each.data for each in pending.originals.values() if each.sha256 not in there.originals}
    there.originals.update(new)
    items = batch.seal_all((data, sha256) for sha256, data in new.items())
    bundles.add_originals(batch, [(sha256, item, len(data)) for (sha256, data), item in zip(new.items(), items, strict=True)])
    received = [(original.path, original.sha256) for original in pending.originals.values()]
    bundles.add_entries(batch, intake.bundle_id, "document", received)


def _leave_out_destroyed(intake: Intake, pending: _Pending) -> list[ReportDraft]:
    """Returns the drafts that may come in.

    Bytes that were destroyed are skipped. New bytes about a destroyed report are quarantined, unless they are also about other
    reports.
    """
    drafts = group_documents(pending.documents, pending.shared_levels)
    buried = {path for path, original in pending.originals.items() if original.sha256 in intake.destroyed}
    gone = [
        draft
        for draft in drafts
        if (draft.number or _make_local_number(draft, pending.originals)) in intake.destroyed
        or any(d.path in buried for d in (*draft.documents, *draft.repeated))
    ]
    if not gone:
        return list(drafts)
    stay = [draft for draft in drafts if draft not in gone]
    needed = {document.path for draft in stay for document in (*draft.documents, *draft.repeated)}
    for path in dict.fromkeys(document.path for draft in gone for document in (*draft.documents, *draft.repeated)):
        if path in buried:
            intake.skipped(path, BYTES_GONE)
            del pending.originals[path]
        elif path in needed:
            intake.skipped(path, Message("in part {what}; that part is not taken in again", what=REPORT_GONE))
        else:
            intake.quarantined(path, REPORT_GONE, partial(io.BytesIO, pending.originals.pop(path).data))
    return stay


def _store_report(
    intake: Intake, batch: Batch, draft: ReportDraft, originals: dict[str, Original], there: KnownInStore
) -> _StoredDraft:
    """Stores the draft in its report. What says less than what is there waits for a person (`placing.place_documents`)."""
    report_id, known = _find_or_add_report(batch, draft, originals, there)
    versions = reports.list_versions(batch, report_id) if known else []
    rows = [row for _, row in reports.list_all_sources(batch, report_id)] if known else []
    fresh, silent = _split_new_and_repeated(intake, draft, originals, rows)
    if known and not fresh:
        _store_repeats(batch, report_id, silent, originals, versions[-1].n)
        intake.tally.unchanged.add(report_id)
        return _StoredDraft(report_id, known, changed=False)
    same_import = bool(versions) and versions[-1].bundle_id == intake.bundle_id
    n = versions[-1].n + (0 if same_import else 1) if versions else 1
    placed = place_documents(fresh, rows, n)
    if known:
        remember_closed(batch, report_id)
    for row in placed.superseded:
        reports.set_source_state(batch, row.id, n, "earlier")
    for row in placed.unreadable:
        reports.set_source_state(batch, row.id, n, None)
    for document, slot, held in placed.documents:
        _add_source(batch, report_id, document, originals, slot, since=n, held=held)
        there.speaking.add(originals[document.path].sha256)
    _store_repeats(batch, report_id, silent, originals, n)
    earlier = json.loads(versions[-1].changes) if same_import else []
    found = [to_data(change) for change in placed.changes]
    reports.save_version(batch, report_id, n, imported=now(), bundle_id=intake.bundle_id, changes=json.dumps(earlier + found))
    batch.note(
        "report imported",
        report=report_id,
        version=n,
        bundle=intake.bundle_id,
        sources=[intake.session.store.keyed(originals[d.path].sha256) for d in fresh],
    )
    (intake.tally.updated if known else intake.tally.new).add(report_id)
    return _StoredDraft(report_id, known, changed=True)


def _split_new_and_repeated(
    intake: Intake, draft: ReportDraft, originals: dict[str, Original], rows: Sequence[SourceRow]
) -> tuple[list[Document], list[Document]]:
    """Returns the documents that say something new, and those that repeat what the report says, or said once.

    What was superseded or refused changes nothing when it comes again, and is told as skipped.
    """
    stored = {(slot_kind(row.slot), row.sha256): row for row in sorted(rows, key=lambda row: row.until is None)}
    new = [d for d in draft.documents if (slot_kind(d.slot), originals[d.path].sha256) not in stored]
    said: dict[str, SourceRow] = {}
    for row in stored.values() if new else ():
        document = read_or_none(document_from_json, row.parsed, row.id)
        if document is not None:
            said[content_key(document)] = row
    fresh: list[Document] = []
    repeats: list[Document] = []
    for document in draft.documents:
        known = stored.get((slot_kind(document.slot), originals[document.path].sha256)) or said.get(content_key(document))
        if known is None:
            fresh.append(document)
            continue
        repeats.append(document)
        if known.until is not None and not known.repeats:
            intake.skipped(document.path, EARLIER_KNOWN)
    return fresh, [*repeats, *draft.repeated]


def _store_repeats(batch: Batch, report_id: int, silent: list[Document], originals: dict[str, Original], n: int) -> None:
    """Stores repeated documents, so that destroying the report destroys them too. They never count."""
    held = reports.list_known_documents(batch, report_id) if silent else set()
    for document in silent:
        this = (slot_kind(document.slot), originals[document.path].sha256)
        if this not in held:
            held.add(this)
            _add_source(batch, report_id, document, originals, document.slot, since=n, until=n)


def _add_source(
    batch: Batch,
    report_id: int,
    document: Document,
    originals: dict[str, Original],
    slot: str,
    since: int,
    until: int | None = None,
    held: Held | None = None,
) -> None:
    """Adds a document to the report, with the bytes that it was read from."""
    reports.add_source(
        batch,
        report_id,
        slot=slot,
        format=document.format,
        path=document.path,
        sha256=originals[document.path].sha256,
        parsed=document_to_json(document),
        since=since,
        until=until,
        held=held,
    )


def _make_local_number(draft: ReportDraft, originals: Mapping[str, Original]) -> str:
    """Returns the local number of a report that came without one.

    It is made of its document's bytes. A report that stands in one file with others is named by what it says itself.
    """
    document = draft.main_document
    part = slot_kind(document.slot).partition(UNNUMBERED)[2]
    return f"L-{part or originals[document.path].sha256[:16]}"


def _find_or_add_report(
    batch: Batch, draft: ReportDraft, originals: dict[str, Original], there: KnownInStore
) -> tuple[int, bool]:
    """Returns the report of the draft, and whether it was there before.

    A draft without a number is the report that has the same part of the same bytes already, whatever its number, else the one
    under its local number. A draft with a number may be one that came without it before: then the number becomes its own.
    """
    main = originals[draft.main_document.path].sha256
    slot = slot_kind(draft.main_document.slot)
    holding = reports.find_reports_with_source(batch, main, slot) if main in there.speaking else []
    if draft.number is None:
        local = _make_local_number(draft, originals)
        known_id = holding[0][0] if holding else reports.find_report(batch, local)
        return (reports.add_report(batch, local), False) if known_id is None else (known_id, True)
    known = there.reports.get(draft.number)
    if known is not None:
        return known, True
    for report_id, number in holding:
        if reports.is_local(number):
            reports.set_number(batch, report_id, draft.number, format_sort_key(draft.number))
            judgement.mark_stale(batch, [report_id])
            return report_id, True
    return reports.add_report(batch, draft.number), False

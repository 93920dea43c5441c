"""Loads one report: its current documents, merged, and its media."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage import limits
from triage.importers.merge import merge_documents
from triage.jobs.codec import document_from_json, facts_from_bytes, messages_from_bytes, read_or_none
from triage.jobs.faults import log_fault
from triage.model.document import Document, FileEntry, NotUnderstood, Source
from triage.model.file_text import FileMessage
from triage.model.media import MediaFacts
from triage.model.report import Occurrence, Report, ReportFile
from triage.store.database import Reader
from triage.store.queries import media, reports, request_replies
from triage.store.queries.reports import SourceRow


@dataclass(frozen=True, slots=True)
class LoadedReport:
    """A report with the facts and ids of its media, both by SHA-256."""

    report: Report
    media: dict[str, MediaFacts]
    """The facts by SHA-256; media that were not measured yet, or whose facts are damaged, are missing."""
    medium_ids: dict[str, int]
    damaged_media: frozenset[str] = frozenset()
    """SHA-256 of the media whose stored facts can't be read."""
    readable: bool = True
    """False when its documents can't be read or merged: then nothing is concluded from the report."""


def load_report(db: Reader, report_id: int, version: int | None = None, *, waiting: bool = False) -> LoadedReport:
    """Returns the report as of a version (the current one without a number).

    The current one is what people accepted. With `waiting` it also has what waits for a person: for screens, never for papers.
    """
    rows = media.list_files(db, report_id)
    occurrences = [
        Occurrence(sha256=r.sha256, md5=r.md5, sha1=r.sha1, size=r.size, name=r.name, path=r.path, level=r.level) for r in rows
    ]
    facts, damaged = _read_facts(db, report_id)
    ids = {r.sha256: r.medium_id for r in rows}
    try:
        report = merge_documents(load_documents(db, report_id, version, waiting=waiting), occurrences)
    except Exception as error:  # judging failed on it too: a person reads it as it stands
        log_fault(error, "report %d not put together from its documents", report_id)
        shown = _show_unmerged(reports.list_sources(db, report_id, version), occurrences)
        return LoadedReport(shown, facts, ids, damaged, readable=False)
    return LoadedReport(report, facts, ids, damaged)


def load_messages(db: Reader, report_id: int) -> dict[str, tuple[FileMessage, ...] | None]:
    """Returns the messages of the report's chat logs and other texts by SHA-256, as many as are read of one report.

    None stands for messages that are damaged.
    """
    chosen = media.choose_texts(media.load_files(db, [report_id]), limits.MAX_REPORT_TEXT).get(report_id, {})
    texts = media.load_texts(db, chosen.values()) if chosen else {}
    return {sha256: read_or_none(messages_from_bytes, texts[medium_id], medium_id) for sha256, medium_id in chosen.items()}


def load_facts(db: Reader, report_id: int) -> dict[str, MediaFacts]:
    """Returns the facts of the report's media by SHA-256; those that were not measured yet, or are damaged, are missing."""
    return _read_facts(db, report_id)[0]


def _read_facts(db: Reader, report_id: int) -> tuple[dict[str, MediaFacts], frozenset[str]]:
    """Returns the facts of the report's media by SHA-256, and the SHA-256 of those whose facts are damaged."""
    read = {
        sha256: read_or_none(facts_from_bytes, stored, report_id)
        for sha256, stored in media.list_facts(db, report_id)
        if stored is not None
    }
    facts = {sha256: facts for sha256, facts in read.items() if facts is not None}
    return facts, frozenset(read.keys() - facts.keys())


def _show_unmerged(sources: Sequence[SourceRow], occurrences: Sequence[Occurrence]) -> Report:
    """Returns a report whose documents can't be merged: their whole text, and all its files. Nothing is concluded from it."""
    entries = [FileEntry(key=f"name:{each.path}", name=each.name, sources=(Source(each.path, "", ""),)) for each in occurrences]
    return Report(
        designation=None,
        incident_type=None,
        incident_time=None,
        received=None,
        received_estimated=False,
        esp=None,
        priority_code=None,
        escalation=None,
        annotations=(),
        prior_reports=(),
        people=(),
        identifiers=(),
        files=tuple(
            ReportFile(entry=e, occurrence=o, declared_hash_matches=None) for e, o in zip(entries, occurrences, strict=True)
        ),
        facts=(),
        free_text=(),
        conflicts=(),
        not_understood=tuple(
            NotUnderstood(source=each.path, path="", value=each.parsed.decode("utf-8", "replace")) for each in sources
        ),
    )


def load_documents(db: Reader, report_id: int, version: int | None = None, *, waiting: bool = False) -> list[Document]:
    """Returns the documents of a version of the report; the current one without a number, with what replies say of it."""
    found = [
        source.parsed
        for source in reports.list_sources(db, report_id, version)
        if waiting or version is not None or source.held is None
    ]
    if version is None:
        found += request_replies.load_reply_documents(db, [report_id]).get(report_id, [])
    return [document_from_json(parsed) for parsed in found]

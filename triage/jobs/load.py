"""One report put together from what the store holds of it: its current documents, merged, and its media."""

from __future__ import annotations

from dataclasses import dataclass

from triage.errors import NotFound
from triage.importers.merge import merge
from triage.jobs.codec import document_from_json, facts_from_bytes
from triage.model.document import Document
from triage.model.media import MediaFacts
from triage.model.report import Occurrence, Report
from triage.store.database import Reader
from triage.store.queries import media, reports


@dataclass(frozen=True, slots=True)
class Loaded:
    report: Report
    media: dict[str, MediaFacts]
    """By SHA-256; media that were not measured yet are missing."""
    medium_ids: dict[str, int]


def find(db: Reader, report_number: str) -> int:
    """The report's internal id, by its number or an alias. Raises NotFound."""
    report_id = reports.find(db, report_number)
    if report_id is None:
        raise NotFound(f"There is no report {report_number} in this store.")
    return report_id


def load(db: Reader, report_id: int, version: int | None = None) -> Loaded:
    """The report as of a version (the current one without a number)."""
    documents = documents_of(db, report_id, version)
    rows = media.occurrences(db, report_id)
    occurrences = [
        Occurrence(sha256=r.sha256, md5=r.md5, sha1=r.sha1, size=r.size, name=r.name, path=r.path, level=r.level) for r in rows
    ]
    facts = {sha: facts_from_bytes(blob) for sha, blob in media.facts_of(db, report_id) if blob is not None}
    return Loaded(merge(documents, occurrences), facts, {r.sha256: r.medium_id for r in rows})


def documents_of(db: Reader, report_id: int, version: int | None = None) -> list[Document]:
    return [document_from_json(source.parsed) for source in reports.sources(db, report_id, version)]

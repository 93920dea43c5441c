"""Judges the reports of a month: directly, by the function that judges in the store, or through a store by a full import."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.judgement.drawn_files import known_md5
from bench.judgement.months import MonthReport, Truth
from triage import priority
from triage.importers.le_json import LeJsonImporter
from triage.importers.merge import merge_documents
from triage.jobs.codec import document_to_json, location_from_bytes, score_from_bytes
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.judge import judge_all
from triage.jobs.judging.material import JudgingBatch, Material
from triage.jobs.lists.lists import add_list
from triage.jobs.matching.list_matcher import ListAnswers
from triage.jobs.reading.queue import list_queue_ids
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.judgement import Band, Location, ScoreCard
from triage.model.report import Occurrence, Report
from triage.model.views import QueueFilter
from triage.store.key_form import Cost
from triage.store.queries import judgement, reports
from triage.store.queries.lists import EntryRow, ListRow
from triage.store.store import Store

LIST_NAME = "Invented list"


@cache
def known_material() -> ListAnswers:
    """Returns what the list of known material answers: it knows its images by MD5."""
    row = ListRow(
        id=1, name=LIST_NAME, kind="known", profile=None, added="2026-09-01", sha256="", format="hash-csv",
        entries=len(known_md5()), hash_kinds="md5", unmatched="", remarks="",
    )  # fmt: skip
    entries = (EntryRow("md5", bytes.fromhex(md5), 1, n, None, None) for n, md5 in enumerate(known_md5()))
    return ListAnswers(lists=(row,), entries=tuple(entries))


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedReport:
    """A report of a month with its card and what other orders of work read."""

    number: str
    truth: Truth
    report: Report
    location: Location
    card: ScoreCard

    @property
    def band(self) -> Band:
        return self.card.band


def judge_month(month: Sequence[MonthReport], rules: priority.RuleSet | None = None) -> list[JudgedReport]:
    """Returns the month in queue order. Every report stands alone: what others of the store would add is left out."""
    reader = LeJsonImporter()
    documents = [reader.read(f"{each.number}.json", each.document, None) for each in month]
    materials = tuple(
        Material(
            report_id=int(each.number), number=each.number, aliases=(each.number,), cleared=False,
            documents=tuple(document_to_json(document) for document in read), occurrences=_occurrences(each), facts={},
        )
        for each, read in zip(month, documents, strict=True)
    )  # fmt: skip
    judged = judge_all(JudgingBatch(materials, known_material()), rules or priority.shipped_rules())
    found = []
    for each, read, result in zip(month, documents, judged, strict=True):
        card, location = score_from_bytes(result.score), location_from_bytes(result.location)
        found.append(
            JudgedReport(
                number=each.number,
                truth=each.truth,
                report=merge_documents(read, _occurrences(each)),
                location=location,
                card=card,
            )
        )
    return sorted(found, key=lambda j: (j.band, -j.card.risk, -j.card.actionability, j.number))


def _occurrences(report: MonthReport) -> tuple[Occurrence, ...]:
    return tuple(
        Occurrence(
            sha256=hashlib.sha256(content).hexdigest(), md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
            sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(), size=len(content), name=name,
            path=f"{report.number}/{name}", level=report.number,
        )
        for name, content in report.files
    )  # fmt: skip


def judge_through_store(month: Sequence[MonthReport]) -> list[JudgedReport]:
    """Returns the month in the order of a store's queue, after the list of known material and all reports were imported."""
    by_number = {each.number: each for each in judge_month(month)}
    with tempfile.TemporaryDirectory() as scratch:
        bundle, known = Path(scratch) / "month", Path(scratch) / "known.csv"
        bundle.mkdir()
        for each in month:
            folder = bundle / each.number
            folder.mkdir()
            for name, content in ((f"{each.number}.json", each.document), *each.files):
                (folder / name).write_bytes(content)
        known.write_text("md5\n" + "\n".join(known_md5()) + "\n", encoding="ascii")
        cheap = Cost(memory_kib=64, iterations=1, lanes=1)
        with Session(Store.create(Path(scratch) / "store", "bench", "seven green boats", cost=cheap).store) as session:
            add_list(session, known, name=LIST_NAME, kind="known", profile=None)
            import_bundles(session, [bundle], receipt=Receipt())
            ids = list_queue_ids(session, QueueFilter())
            with session.reading() as db:
                numbers, cards = reports.load_numbers(db, ids), judgement.load_cards(db, ids)
    return [
        JudgedReport(
            number=numbers[i], truth=by_number[numbers[i]].truth, report=by_number[numbers[i]].report,
            location=location_from_bytes(cards[i].location), card=score_from_bytes(cards[i].score),
        )
        for i in ids
    ]  # fmt: skip

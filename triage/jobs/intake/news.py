"""Counts what of an import people have to hear of: new reports by band, versions that wait, closed reports open again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from triage.jobs.intake.common import ImportTally
from triage.model.judgement import name_band
from triage.store.database import Reader
from triage.store.queries import decisions, judgement, reports


@dataclass(frozen=True, slots=True)
class ImportNews:
    """The counts of reports, as `ImportResult` names them."""

    versions_waiting: int
    rose_after_closing: int
    new_by_band: dict[str, int]


def count_news(db: Reader, tally: ImportTally) -> ImportNews:
    """Returns what of an import people have to hear of, once its reports are judged."""
    updated = sorted(tally.updated - tally.new)
    bands = Counter(name_band(facts.band) for facts in judgement.load_queue_facts(db, sorted(tally.new)).values())
    return ImportNews(
        versions_waiting=sum("waiting" in held for held in reports.find_held(db, updated).values()),
        rose_after_closing=len(decisions.find_reopened(db, updated)),
        new_by_band=dict(sorted(bands.items())),
    )

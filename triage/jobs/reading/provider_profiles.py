"""Profiles of providers: what their reports usually state, so that silence of one who states little is not read as harmless."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from triage.jobs.codec import read_documents_or_none
from triage.jobs.judging.boilerplate import recurring_in
from triage.jobs.judging.rule_outcomes import is_confirmed
from triage.jobs.judging.sampling import Share, compute_share
from triage.jobs.reading.queue_bits import count_numbers, find_equal, list_ids, read_numbers
from triage.jobs.reading.queue_filter import Selection, load_words
from triage.jobs.reading.queue_table import select_reports
from triage.jobs.session import Session
from triage.jobs.state.queue_layout import Ids
from triage.jobs.state.queue_planes import QueuePlanes, open_planes, read_now
from triage.message import Message
from triage.model.document import Document
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled, ignore_progress
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import reports, statistics

MOST_READ = 400
"""Reports of one provider whose documents are read: a share is known to five points then, however many reports there are."""
_AT_ONCE = 200  # reports whose documents are read in one go
_COLUMN = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProfile:
    """What one provider's reports state. `name` is None when no provider is stated. Shares have Wilson's interval at 95 %.

    `flagged`: with at least one mark of the report or of a file. `viewed`: it is stated of a file whether the provider viewed it.
    `with_text`: with a text that is not about the provider itself. `boilerplate`: with a sentence that recurs over many reports
    of the provider and would raise them otherwise. These four are shares of at most MOST_READ of its `reports`, drawn by lot;
    `unread` of those that were drawn have damaged documents and are in no share. `confirmed`: of the decided reports of band A.
    """

    name: str | None
    reports: int
    unread: int
    flagged: Share
    viewed: Share
    with_text: Share
    boilerplate: Share
    confirmed: Share


@dataclass(slots=True)
class _Counts:
    read: int = 0
    unread: int = 0
    flagged: int = 0
    viewed: int = 0
    with_text: int = 0
    boilerplate: int = 0


@dataclass(slots=True)
class _Drawn:
    """The reports of one provider: how many there are, which are read, and the outcomes of the decided ones of band A."""

    reports: int
    ids: list[int]
    top: list[bool] = field(default_factory=list)


def measure_providers(
    session: Session, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> tuple[ProviderProfile, ...]:
    """Returns a profile of each provider, most reports first."""
    session.require(Right.STATISTICS)
    with open_planes(session, read_now()) as (db, planes):
        names: dict[int, str | None] = {0: None, **load_words(db, session, "provider")}
        drawn = _draw(planes)
        for provider, confirmed in _list_outcomes(db, planes):
            drawn[provider].top.append(confirmed)
    counts = _read_documents(session, drawn, on_progress, cancel)
    profiles = (_make_profile(names[number], each, counts[number]) for number, each in drawn.items())
    return tuple(sorted(profiles, key=lambda each: (-each.reports, each.name or "")))


def _draw(planes: QueuePlanes) -> dict[int, _Drawn]:
    """Returns provider, as the planes number it -> its reports. The lot falls on the same ones until a report comes or goes."""
    everything, lot = select_reports(planes, Selection()), np.random.default_rng(0)
    drawn: dict[int, _Drawn] = {}
    for number, count in count_numbers(planes, _COLUMN, everything).items():
        ids = list_ids(find_equal(planes, _COLUMN, number, everything))
        if count > MOST_READ:
            ids = np.sort(lot.choice(ids, MOST_READ, replace=False))
        drawn[number] = _Drawn(count, ids.tolist())
    return drawn


def _list_outcomes(db: Reader, planes: QueuePlanes) -> Iterable[tuple[int, bool]]:
    """Returns (provider, whether it was confirmed) of the completed reports of band A whose outcome says so or denies it."""
    found = [
        (report_id, outcome)
        for report_id, status, reason in statistics.list_completed_at_the_top(db)
        if (outcome := is_confirmed(status, reason)) is not None
    ]
    ids: Ids = np.array([report_id for report_id, _ in found], dtype=np.int64)
    return zip(read_numbers(planes, _COLUMN, ids).tolist(), (outcome for _, outcome in found), strict=True)


def _read_documents(
    session: Session, drawn: dict[int, _Drawn], on_progress: OnProgress, cancel: CancelToken | None
) -> dict[int, _Counts]:
    """Returns provider -> what the documents of its drawn reports state. A report that was destroyed meanwhile is left out."""
    counts: defaultdict[int, _Counts] = defaultdict(_Counts)
    done, total = 0, sum(len(each.ids) for each in drawn.values())
    for number, each in drawn.items():
        for start in range(0, len(each.ids), _AT_ONCE):
            check_cancelled(cancel)
            ids = each.ids[start : start + _AT_ONCE]
            with session.reading() as db:
                documents = reports.load_parsed_documents(db, ids)
                recurring = recurring_in(db, ids)
            for report_id, stored in documents.items():
                _count(counts[number], read_documents_or_none(stored, report_id), recurs=report_id in recurring)
            done += len(ids)
            on_progress(Progress(done=done, total=total, unit="reports", note=Message("reading")))
    return counts


def _make_profile(name: str | None, drawn: _Drawn, counts: _Counts) -> ProviderProfile:
    """Returns the profile of a provider."""
    return ProviderProfile(
        name=name,
        reports=drawn.reports,
        unread=counts.unread,
        flagged=compute_share(counts.flagged, counts.read),
        viewed=compute_share(counts.viewed, counts.read),
        with_text=compute_share(counts.with_text, counts.read),
        boilerplate=compute_share(counts.boilerplate, counts.read),
        confirmed=compute_share(sum(drawn.top), len(drawn.top)),
    )


def _count(counts: _Counts, documents: Sequence[Document] | None, *, recurs: bool) -> None:
    """Adds what the documents of one report state; None: they are damaged. `recurs`: one of its sentences is boilerplate."""
    if documents is None:
        counts.unread += 1
        return
    files = [file for document in documents for file in document.files]
    counts.read += 1
    counts.flagged += any(document.annotations for document in documents) or any(file.annotations for file in files)
    counts.viewed += any(file.viewed_by_esp is not None for file in files)
    counts.with_text += any(text.of != "reporter" and text.text.strip() for document in documents for text in document.free_text)
    counts.boilerplate += recurs

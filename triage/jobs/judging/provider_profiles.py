"""Profiles of providers: what their reports usually state, so that silence of one who states little is not read as harmless."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from triage.jobs.codec import read_documents_or_none
from triage.jobs.judging.boilerplate import recurring_in
from triage.jobs.judging.rule_outcomes import is_confirmed
from triage.jobs.judging.sampling import Share, compute_share
from triage.jobs.session import Session
from triage.message import Message
from triage.model.document import Document
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.users import Right
from triage.store.queries import reports, statistics

AT_ONCE = 200  # reports whose documents are read in one go


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProfile:
    """What one provider's reports state. `name` is None when no provider is stated. Shares have Wilson's interval at 95 %.

    `flagged`: with at least one mark of the report or of a file. `viewed`: it is stated of a file whether the provider viewed it.
    `with_text`: with a text that is not about the provider itself. `boilerplate`: with a sentence that recurs over many reports
    of the provider and would raise them otherwise. `confirmed`: of the decided reports of band A.
    `unread` reports have damaged documents; what they state is in no share of the others.
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
    reports: int = 0
    unread: int = 0
    flagged: int = 0
    viewed: int = 0
    with_text: int = 0
    boilerplate: int = 0
    top: list[bool] = field(default_factory=list)


def measure_providers(
    session: Session, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> tuple[ProviderProfile, ...]:
    """Returns a profile of each provider, most reports first. It reads every document of the store."""
    session.require(Right.STATISTICS)
    counts: defaultdict[str | None, _Counts] = defaultdict(_Counts)
    with session.reading() as db:
        said = {i: is_confirmed(status, reason) for i, _, status, reason in statistics.list_completed_reports(db)}
        total = reports.count_reports(db)
    after, done = -1, 0
    while True:
        if cancel:
            cancel.check()
        with session.reading() as db:
            rows = statistics.list_queue_reports(db, after, AT_ONCE)
            documents = reports.load_parsed_documents(db, [i for i, _, _ in rows])
            recurring = recurring_in(db, [i for i, _, _ in rows])
        if not rows:
            break
        for report_id, provider, band in rows:
            _count(counts[provider], read_documents_or_none(documents.get(report_id, ()), report_id))
            counts[provider].boilerplate += report_id in recurring
            outcome = said.get(report_id)
            if band == 0 and outcome is not None:
                counts[provider].top.append(outcome)
        after, done = rows[-1][0], done + len(rows)
        on_progress(Progress(done=min(done, total), total=total, unit="reports", note=Message("reading")))
    return tuple(
        ProviderProfile(
            name=name,
            reports=each.reports,
            unread=each.unread,
            flagged=compute_share(each.flagged, each.reports - each.unread),
            viewed=compute_share(each.viewed, each.reports - each.unread),
            with_text=compute_share(each.with_text, each.reports - each.unread),
            boilerplate=compute_share(each.boilerplate, each.reports),
            confirmed=compute_share(sum(each.top), len(each.top)),
        )
        for name, each in sorted(counts.items(), key=lambda item: (-item[1].reports, item[0] or ""))
    )


def _count(counts: _Counts, documents: list[Document] | None) -> None:
    """Adds what the documents of one report state; None: they are damaged."""
    if documents is None:
        counts.reports += 1
        counts.unread += 1
        return
    files = [file for document in documents for file in document.files]
    counts.reports += 1
    counts.flagged += any(document.annotations for document in documents) or any(file.annotations for file in files)
    counts.viewed += any(file.viewed_by_esp is not None for file in files)
    counts.with_text += any(text.of != "reporter" and text.text.strip() for document in documents for text in document.free_text)

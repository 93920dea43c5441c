"""Locate, link and score what is new, and what it changes in its neighbours.

A card is a function of the stored set of reports and lists, never of the order of arrival: first the ties of all stale
reports are written, and whoever shares a tie that came or went becomes stale too; then all stale cards are made. `stale`
rows are written in the batch that changes a report and removed in the batch that stores its card, so a kill loses nothing; in
between they say how much of the old card still holds. Ids are fetched a batch at a time: memory does not grow with the work.

Within a batch some reports' material is read while others are judged, by `judges` that may be other processes; this process does
all writing, and writes nothing that is there already.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from triage.jobs.judging import boilerplate, cluster_keeping, material
from triage.jobs.judging.judge import Fault, Judged, Said
from triage.jobs.judging.judges import Judges, workers_for
from triage.jobs.judging.material import CONTENT, ENOUGH, EVENT, OTHERS, SPREAD
from triage.jobs.session import Session
from triage.model.judgement import BANDS
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.views import STATUSES
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import clusters, decisions, judgement, lists, reports, rulesets
from triage.store.queries.judgement import CardRow, QueueFacts, Tie

_log = logging.getLogger(__name__)
BATCH = 400
TIES = 2_000
"""Reports whose ties are written in one go: ties lie in the order of their values, so that each report's touch pages all over the
table, and each page is sealed once a batch."""
AT_ONCE = 25
NEAR = 12
"""Of one report and its neighbours so many are judged before anything else."""
_ALSO = {"file": SPREAD, SPREAD: "file"}
"""The same bytes may be viral in one report and not in another: each is counted for both."""


def assess(
    session: Session,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    workers: int | None = None,
) -> None:
    """Bring every stale card up to date. Interrupted, it goes on where it stopped. `workers` None: as the work asks for."""
    with session.reading() as db:
        count = judgement.count_stale(db)
    with _judges(session, count, workers) as judges:
        first = _at_once(session, judges) if 0 < count <= AT_ONCE else 0
        _in_batches(session, _each(session, judgement.unsaid, TIES), judges, _write_ties, cancel)
        with session.reading() as db:
            total = first + judgement.count_stale(db)
        done = 0

        def tell(more: int) -> None:
            nonlocal done
            done += more
            on_progress(Progress(done=min(done, total), total=total, unit="reports", note="scoring"))

        if first:
            tell(first)
        _in_batches(session, _each(session, judgement.to_judge, BATCH), judges, _write_cards, cancel, tell)


def _each(session: Session, fetch: Callable[[Reader, int, int, int], list[int]], most: int) -> Iterator[list[int]]:
    """The ids that `fetch` finds, a batch at a time; what is marked behind the last that is stale now waits for the next run."""
    with session.reading() as db:
        after, until = -1, judgement.last_stale(db)
    while True:
        with session.reading() as db:
            ids = fetch(db, after, until, most)
        if not ids:
            return
        yield ids
        after = ids[-1]


def _at_once(session: Session, judges: Judges) -> int:
    """Few reports in one batch, with some of their neighbours, so that nobody waits for a report that hundreds share something
    with; whoever is left over is stale and comes in the batches after it. Returns how many were judged."""
    with session.store.batch() as batch:
        own = judgement.unsaid(batch, -1, judgement.last_stale(batch), AT_ONCE)
        _write_ties(batch, own, judges)
        near = judgement.to_judge(batch, -1, judgement.last_stale(batch), NEAR + len(own))
        first = sorted([*own, *[i for i in near if i not in own][: max(0, NEAR - len(own))]])
        _write_cards(batch, first, judges)
    return len(first)


def assess_first(session: Session, report_ids: Sequence[int], cancel: CancelToken | None) -> None:
    """Judge these at once, by what is in the store now; what comes later makes their cards stale again like any other's."""
    with _judges(session, 0, None) as judges:
        _in_batches(session, _some(report_ids), judges, _write_ties, cancel)
        _in_batches(session, _some(report_ids), judges, _write_cards, cancel)


def mark_for_reassessing(batch: Batch, report_ids: Iterable[int]) -> None:
    """Marks their cards as stale, in the batch that changes what people said of these reports."""
    judgement.mark_stale(batch, report_ids, judgement.SAID)


def reassess(session: Session, report_ids: Sequence[int]) -> None:
    """Make the cards of those among these that are stale anew at once: what people said of them changed, not what they say.

    The batch that changed it marked them, so that a kill before this leaves cards that are known to be stale.
    """
    with session.reading() as db:
        kept = judgement.kept(db, report_ids)
    with _judges(session, 0, None) as judges:
        _in_batches(session, _some([i for i, much in kept.items() if much == judgement.NOTHING]), judges, _write_ties, None)
        _in_batches(session, _some(sorted(kept)), judges, _write_cards, None)


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _judges(session: Session, count: int, workers: int | None) -> Judges:
    with session.reading() as db:
        return Judges(rulesets.in_use(db), workers_for(count) if workers is None else workers)


def _in_batches(
    session: Session,
    batches: Iterable[Sequence[int]],
    judges: Judges,
    work: Callable[[Batch, Sequence[int], Judges], None],
    cancel: CancelToken | None,
    tell: Callable[[int], None] = lambda more: None,
) -> None:
    for ids in batches:
        if cancel:
            cancel.check()
        with session.store.batch() as batch:
            work(batch, ids, judges)
        tell(len(ids))


def parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """What is read, and judged by one process, in one go."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


# -- ties ------------------------------------------------------------------------------------------------------------------


def _write_ties(batch: Batch, ids: Sequence[int], judges: Judges) -> None:
    known = judgement.said(batch, ids)
    new: dict[int, Said] = {}
    for work, answers in judges.say(material.plain(batch, part) for part in parts(ids)):
        for each, said in zip(work.materials, answers, strict=True):
            if known.get(each.report_id) != said.digest:
                new[each.report_id] = said
                _note_fault(batch, each.report_id, said.fault)
    alone = _put_ties(batch, {i: set(said.ties) for i, said in new.items()})
    lists.replace_file_hashes(batch, new, [row for said in new.values() for row in said.hashes])
    reports.index_texts(batch, [(i, said.words) for i, said in new.items()])
    judgement.put_said(batch, [(i, said.digest) for i, said in new.items()])
    judgement.mark_said(batch, ids, alone)


def _put_ties(batch: Batch, new: Mapping[int, set[Tie]]) -> set[int]:
    """Stores them, and marks as stale who holds a key that came or went. Returns those that had no ties and share none now."""
    old = judgement.ties_among(batch, new)
    come = [(i, tie) for i, ties in new.items() for tie in ties - old.get(i, set())]
    gone = [(i, tie) for i, ties in new.items() for tie in old.get(i, set()) - ties]
    sentences = boilerplate.sentences_of(tie[:2] for _, tie in (*come, *gone))
    recurring = boilerplate.recurring_among(batch, sentences)
    judgement.put_ties(batch, come, gone)
    boilerplate.mark_changed(batch, sentences, recurring)
    come, gone = ([(i, tie) for i, tie in some if tie[0] != boilerplate.SENTENCE] for some in (come, gone))
    keys = {tie[:2] for _, tie in come}
    tell_events = {i for i, tie in (*come, *gone) if tie[0] == EVENT}
    keys |= {tie[:2] for i in tell_events for tie in new[i]}  # whoever counts these reports counts their events
    left = {tie[:2] for _, tie in gone}
    keys |= {_told_of(value) for kind, value in keys if kind == OTHERS}
    left |= {_told_of(value) for kind, value in left if kind == OTHERS}
    left |= {(_ALSO[kind], value) for kind, value in keys | left if kind in _ALSO}
    more = Counter(tie[:2] for _, tie in come)
    more.subtract(tie[:2] for _, tie in gone)
    most = ENOUGH + len(new)
    stale: set[int] = set()
    alone = new.keys() - old.keys()
    # Who alone holds a key that came is of this batch.
    for key, holders in (judgement.held_by(batch, keys - left, 2, most) | judgement.held_by(batch, left, 1, most)).items():
        # At that many, before and now, the key ties nobody and every count of its holders is capped: nothing changes for them.
        if min(len(holders), len(holders) - more[key]) < ENOUGH:
            stale.update(holders)
        if len(holders) > 1:
            alone -= set(holders)
    judgement.mark_stale(batch, stale, judgement.SAID)
    return alone


def _told_of(value: str) -> tuple[str, str]:
    """The key of which a mark says that it is not the reported user's."""
    kind, _, rest = value.partition(" ")
    return kind, rest


# -- cards -----------------------------------------------------------------------------------------------------------------


def _write_cards(batch: Batch, ids: Sequence[int], judges: Judges) -> None:
    around = _Around(batch, ids)
    cards: list[tuple[int, CardRow]] = []
    rows: list[tuple[int, QueueFacts]] = []
    for work, answers in judges.judge(material.with_surroundings(batch, part) for part in parts(ids)):
        for each, judged in zip(work.materials, answers, strict=True):
            card = CardRow(judged.location, judged.score, judged.clocks, judged.links, judged.place_of, judged.rescore_at)
            if card != each.around.card:
                cards.append((each.report_id, card))
                _note_fault(batch, each.report_id, judged.fault)
            row = around.queue_facts(each.report_id, each.number, judged)
            if row != around.rows.get(each.report_id):
                rows.append((each.report_id, row))
            if judged.tied is not None:
                cluster_keeping.keep(batch, each.report_id, around.tied.get(each.report_id, {}), judged.tied)
    judgement.put_cards(batch, cards)
    judgement.put_queue(batch, rows)
    judgement.not_stale(batch, ids)


def _note_fault(batch: Batch, report_id: int, fault: Fault | None) -> None:
    """Once for each state of a report, since only what changes is written."""
    if fault is not None:
        _log.warning("report %d not judged: %s at %s", report_id, fault.error, fault.at)
        batch.note("report not judged", report=report_id, error=fault.error, at=fault.at)


class _Around:
    """What the queue shows of reports beside their cards, read for a whole batch."""

    def __init__(self, batch: Batch, ids: Sequence[int]) -> None:
        self._batch = batch
        self._codes: dict[str, dict[str, int]] = {}
        self._flags: dict[str, int] = {}
        self._decided = decisions.current_among(batch, ids)
        self._same = judgement.same_content(batch, ids, CONTENT)
        self._numbers = reports.numbers(batch, {other for same in self._same.values() for other in same})
        self.rows = judgement.queue_facts(batch, ids)
        self.tied = clusters.ties_among(batch, ids)

    def queue_facts(self, report_id: int, number: str, judged: Judged) -> QueueFacts:
        status, assignee = self._decided.get(report_id, ("new", None))
        due, due_name = judged.due or (None, None)
        return QueueFacts(
            band=BANDS.index(judged.band),
            risk=judged.risk,
            actionability=judged.actionability,
            due=due,
            due_name=self._code("due_name", due_name),
            due_last=judged.due_last,
            esp=self._code("esp", judged.esp),
            incident_type=self._code("incident_type", judged.incident_type),
            office=self._code("office", judged.office),
            received=judged.received,
            received_estimated=int(judged.received_estimated),
            status=STATUSES.index(status),
            assignee=assignee,
            flags=self._flag_bits(judged.flags),
            in_pakistan=None if judged.in_pakistan is None else int(judged.in_pakistan),
            province=self._code("province", judged.province),
            duplicates_of=self._duplicate_of(report_id, number),
            files=judged.files,
            files_present=judged.files_present,
            number_key=number_key(number),
        )

    def _code(self, kind: str, word: str | None) -> int | None:
        if word is None:
            return None
        known = self._codes.setdefault(kind, {})
        if word not in known:
            known[word] = judgement.code(self._batch, kind, word)
        return known[word]

    def _flag_bits(self, flags: Sequence[str]) -> int:
        if not self._flags.keys() >= set(flags):
            for flag in flags:
                judgement.code(self._batch, "flag", flag)
            self._flags = {word: rank for rank, word in enumerate(judgement.codes(self._batch, "flag").values())}
        return sum(1 << self._flags[flag] for flag in set(flags))

    def _duplicate_of(self, report_id: int, number: str) -> int | None:
        """The report with the lowest number that says exactly the same, when it is not this one."""
        same = self._same.get(report_id, ())
        first = min(same, key=lambda i: number_key(self._numbers[i]), default=report_id)
        return None if first == report_id or number_key(self._numbers[first]) >= number_key(number) else first


def number_key(number: str) -> str:
    """Sorts report numbers as numbers, local ones after NCMEC's."""
    return number.zfill(20) if number.isdecimal() else f"~{number}"

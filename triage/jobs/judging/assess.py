"""Locates, links and scores what is new, and what it changes in linked reports.

A score card depends only on the stored set of reports and lists, never on the order of arrival. First the link keys of all stale
reports are written. Reports that share a key that came or went become stale too. Then all stale cards are made.

Rows of `stale` are written in the batch that changes a report and removed in the batch that stores its card, so a kill loses
nothing. In between they say how much of the old card is still valid. Ids are fetched a batch at a time: memory does not grow with
the work.

Within a batch some reports are read while `judges`, which may be other processes, judge others. This process does all writing,
and writes nothing that is there already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING

from triage.jobs.faults import Fault, log_fault
from triage.jobs.judging.basis import load_basis, require_basis, start_again_when_changed
from triage.jobs.judging.cycle_search import rare_cycle_search
from triage.jobs.judging.number_order import format_sort_key
from triage.jobs.judging.reopening import reopen_graver
from triage.jobs.session import Session
from triage.message import Message
from triage.model.judgement import BANDS
from triage.model.languages import encode_languages
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.version_flags import CHANGED_AFTER_CLOSING
from triage.model.views import STATUSES
from triage.priority import flag_order
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import closed_changes, clusters, decisions, judgement, lists, reports, rulesets, text_search
from triage.store.queries import deadlines as deadlines_sql
from triage.store.queries import readings as reading_rows
from triage.store.queries.deadlines import DeadlineRow
from triage.store.queries.judgement import CardRow, QueueFacts, StoredReading

if TYPE_CHECKING:
    from triage.jobs.judging.judge import Judged
    from triage.jobs.judging.judges import Judges
    from triage.jobs.judging.report_keys import ReportKeys

BATCH = 400
TIES = 2_000
"""Reports whose link keys are written in one batch. The keys are sorted by value, so those of each report touch pages all over
the table. Each page is sealed once a batch."""
AT_ONCE = 25
"""So few stale reports are judged at once, before what they change in others."""
NEAR = 4
"""So many of one report and its linked reports are judged before anything else."""


@start_again_when_changed
def assess(
    session: Session,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
) -> None:
    """Brings every stale score card up to date. After an interruption another call goes on.

    `workers` None: as many as the work is worth. An `executor` judges instead of our own workers, for a backlog that one machine
    would not finish: then the material of the reports, which is in the clear, crosses to wherever it runs.
    """
    with session.reading() as db:
        count = judgement.count_stale(db)
    with rare_cycle_search(), _make_judges(session, count, workers, executor) as judges:
        first = _assess_few(session, judges) if 0 < count <= AT_ONCE else 0
        _run_in_batches(session, _iter_stale(session, judgement.list_stale_without_keys, TIES), judges, _write_keys, cancel)
        with session.reading() as db:
            total = first + judgement.count_stale(db)
        done = 0

        def tell(more: int) -> None:
            """Reports that so many more reports were judged."""
            nonlocal done
            done += more
            on_progress(Progress(done=min(done, total), total=total, unit="reports", note=Message("scoring")))

        if first:
            tell(first)
        _run_in_batches(session, _iter_stale(session, judgement.list_stale_with_keys, BATCH), judges, _write_cards, cancel, tell)


def _iter_stale(session: Session, fetch: Callable[[Reader, int, int, int], list[int]], most: int) -> Iterator[list[int]]:
    """Yields the ids that `fetch` finds, a batch at a time.

    Reports that are marked behind the last stale one wait for the next run.
    """
    with session.reading() as db:
        after, until = -1, judgement.find_last_stale(db)
    while True:
        with session.reading() as db:
            ids = fetch(db, after, until, most)
        if not ids:
            return
        yield ids
        after = ids[-1]


def _assess_few(session: Session, judges: Judges) -> int:
    """Judges few stale reports and some linked ones in one batch; returns how many were judged.

    So nobody waits for a report that hundreds share something with. The others stay stale for the batches after it.
    """
    with session.store.batch() as batch:
        require_basis(batch, judges.basis)
        own = judgement.list_stale_without_keys(batch, -1, judgement.find_last_stale(batch), AT_ONCE)
        _write_keys(batch, own, judges)
        near = judgement.list_stale_with_keys(batch, -1, judgement.find_last_stale(batch), NEAR + len(own))
        first = sorted([*own, *[i for i in near if i not in own][: max(0, NEAR - len(own))]])
        _write_cards(batch, first, judges)
    return len(first)


@start_again_when_changed
def assess_first(session: Session, report_ids: Sequence[int], cancel: CancelToken | None) -> None:
    """Judges these reports at once by what is in the store now. What comes later makes their cards stale again."""
    with _make_judges(session, 0, None) as judges:
        _run_in_batches(session, _split_into_batches(report_ids), judges, _write_keys, cancel)
        _run_in_batches(session, _split_into_batches(report_ids), judges, _write_cards, cancel)


def mark_for_reassessing(batch: Batch, report_ids: Iterable[int]) -> None:
    """Marks the cards of reports as stale, in the batch that changes what people said of them."""
    judgement.mark_stale(batch, report_ids, judgement.StaleStage.KEYS)


@start_again_when_changed
def reassess(session: Session, report_ids: Sequence[int]) -> None:
    """Makes the stale cards among these reports again at once: what people said of them changed, not their content.

    The batch that changed it marked them, so a kill before this leaves cards that are known to be stale.
    """
    with session.reading() as db:
        kept = judgement.load_stale_stages(db, report_ids)
    with _make_judges(session, 0, None) as judges:
        _run_in_batches(
            session,
            _split_into_batches([i for i, much in kept.items() if much == judgement.StaleStage.NONE]),
            judges,
            _write_keys,
            None,
        )
        _run_in_batches(session, _split_into_batches(sorted(kept)), judges, _write_cards, None)


def _split_into_batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yields slices of at most BATCH ids."""
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _make_judges(session: Session, count: int, workers: int | None, executor: Executor | None = None) -> Judges:
    """Returns judges that use the rule set in use."""
    from triage.jobs.judging.judges import Judges, choose_workers

    with session.reading() as db:
        basis, chosen = load_basis(db), choose_workers(count) if workers is None else workers
        return Judges(rulesets.load_active_files(db), chosen, executor, basis)


def _run_in_batches(
    session: Session,
    batches: Iterable[Sequence[int]],
    judges: Judges,
    work: Callable[[Batch, Sequence[int], Judges], None],
    cancel: CancelToken | None,
    tell: Callable[[int], None] = lambda more: None,
) -> None:
    """Does the work for each group of ids in a batch of its own, and tells how many are done."""
    for ids in batches:
        if cancel:
            cancel.check()
        with session.store.batch() as batch:
            require_basis(batch, judges.basis)
            work(batch, ids, judges)
        tell(len(ids))


# -- ties ------------------------------------------------------------------------------------------------------------------


def _write_keys(batch: Batch, ids: Sequence[int], judges: Judges) -> None:
    """Stores the link keys, file hashes and words of these reports, and marks whom they concern as stale."""
    from triage.jobs.judging import material
    from triage.jobs.judging.key_keeping import store_keys
    from triage.jobs.judging.steps import load_in_pieces

    known = judgement.load_key_digests(batch, ids)
    new: dict[int, ReportKeys] = {}
    read: list[tuple[int, StoredReading]] = []
    for work, answers in judges.extract_keys(load_in_pieces(ids, partial(material.load_reports, batch))):
        for each, said in zip(work.materials, answers, strict=True):
            if known.get(each.report_id) != said.digest:
                new[each.report_id] = said
                _note_fault(batch, each.report_id, said.fault)
            elif said.reading is not None and said.reading != each.reading:
                read.append((each.report_id, said.reading))
    alone = store_keys(batch, {i: said.ties for i, said in new.items()})
    lists.replace_file_hashes(batch, new, [row for said in new.values() for row in said.hashes])
    reports.replace_file_warnings(batch, new, [(i, *warning) for i, said in new.items() for warning in said.warnings])
    text_search.index_texts(batch, [(i, said.words) for i, said in new.items()])
    judgement.save_key_digests(batch, [(i, said.digest, said.reading) for i, said in new.items()])
    reading_rows.save_readings(batch, read)
    judgement.mark_keys_stored(batch, ids, alone)


# -- cards -----------------------------------------------------------------------------------------------------------------


def _write_cards(batch: Batch, ids: Sequence[int], judges: Judges) -> None:
    """Makes and stores the score cards and queue rows of these reports.

    Those that another program changed after their keys were stored stay stale: they need their keys first.
    """
    from triage.jobs.judging import cluster_keeping, material
    from triage.jobs.judging.same_content import find_firsts
    from triage.jobs.judging.steps import load_in_pieces
    from triage.jobs.state import queue_planes

    stages = judgement.load_stale_stages(batch, ids)
    ids = [i for i in ids if stages.get(i) != judgement.StaleStage.NONE]
    around = _QueueContext(batch, ids, find_firsts(batch, ids))
    cards: list[tuple[int, CardRow]] = []
    rows: list[tuple[int, QueueFacts]] = []
    due: list[tuple[int, list[DeadlineRow]]] = []
    read: list[tuple[int, StoredReading]] = []
    for work, answers in judges.judge_reports(load_in_pieces(ids, partial(material.load_with_context, batch))):
        for each, judged in zip(work.materials, answers, strict=True):
            card = CardRow(judged.location, judged.score, judged.clocks, judged.links, judged.place_of, judged.rescore_at)
            if card != each.around.card:
                cards.append((each.report_id, card))
                _note_fault(batch, each.report_id, judged.fault)
            around.reopen_graver(each.report_id, judged)
            deadlines = around.build_deadlines(judged)
            row = around.build_queue_facts(each.report_id, each.number, judged)
            if row != around.rows.get(each.report_id):
                rows.append((each.report_id, row))
            if deadlines != around.deadlines.get(each.report_id, []):
                due.append((each.report_id, deadlines))
            if judged.reading is not None:
                read.append((each.report_id, judged.reading))
            if judged.tied is not None:
                cluster_keeping.update_cluster(batch, each.report_id, around.tied.get(each.report_id, {}), judged.tied)
    judgement.save_cards(batch, cards)
    deadlines_sql.save_deadlines(batch, due)  # before the queue's rows: what counts them then has them all at once
    judgement.save_queue_facts(batch, rows)
    queue_planes.keep_planes(batch)
    reading_rows.save_readings(batch, read)
    judgement.clear_stale(batch, ids)


def _note_fault(batch: Batch, report_id: int, fault: Fault | None) -> None:
    """Records in the log and the audit log why a report was not judged.

    This happens once for each state of a report, since only what changes is written.
    """
    if fault is not None:
        log_fault(fault, "report %d not judged", report_id)
        batch.note("report not judged", report=report_id, error=fault.error, at=fault.at)


class _QueueContext:
    """What the queue shows of reports beside their score cards, read for a whole batch."""

    def __init__(self, batch: Batch, ids: Sequence[int], firsts: Mapping[int, int]) -> None:
        self._batch = batch
        self._firsts = firsts
        self._codes: dict[str, dict[str, int]] = {}
        self._flags: dict[str, int] = {}
        self._decided = decisions.load_statuses(batch, ids)
        self._reopened = decisions.find_reopened(batch, ids)
        self._closed = closed_changes.load_remembered(batch, ids)
        self._arrived = reports.load_arrivals(batch, ids)
        self.rows = judgement.load_queue_facts(batch, ids)
        self.deadlines = deadlines_sql.load_deadlines(batch, ids)
        self.tied = clusters.load_links(batch, ids)

    def reopen_graver(self, report_id: int, judged: Judged) -> None:
        """Opens a closed report again if what came since makes it graver."""
        if (before := self._closed.get(report_id)) is not None and reopen_graver(self._batch, report_id, before, judged):
            self._decided[report_id] = decisions.load_status(self._batch, report_id)
            self._reopened.add(report_id)

    def build_queue_facts(self, report_id: int, number: str, judged: Judged) -> QueueFacts:
        """Builds the queue row of a report from its judgement, and from what people decided."""
        status, assignee = self._decided.get(report_id, ("new", None))
        first = self._firsts.get(report_id, report_id)
        return QueueFacts(
            band=BANDS.index(judged.band),
            risk=judged.risk,
            actionability=judged.actionability,
            esp=self._find_code("esp", judged.esp),
            incident_type=self._find_code("incident_type", judged.incident_type),
            office=self._find_code("office", judged.office),
            received=judged.received,
            received_estimated=int(judged.received_estimated),
            status=STATUSES.index(status),
            assignee=assignee,
            flags=self._encode_flags((*judged.flags, *((CHANGED_AFTER_CLOSING,) if report_id in self._reopened else ()))),
            in_pakistan=None if judged.in_pakistan is None else int(judged.in_pakistan),
            province=self._find_code("province", judged.province),
            duplicates_of=None if first == report_id else first,
            files=judged.files,
            files_present=judged.files_present,
            number_key=format_sort_key(number),
            languages=encode_languages(judged.languages),
            arrived=self._arrived.get(report_id, 0),
        )

    def build_deadlines(self, judged: Judged) -> list[DeadlineRow]:
        """Builds the deadlines of a report as the queue keeps them."""
        return sorted({(each.due, self._load_code("due_name", each.name), int(each.duty)) for each in judged.deadlines})

    def _find_code(self, kind: str, word: str | None) -> int | None:
        """Returns the small integer for a word, None for None."""
        return None if word is None else self._load_code(kind, word)

    def _load_code(self, kind: str, word: str) -> int:
        """Returns the small integer for a word."""
        known = self._codes.setdefault(kind, {})
        if word not in known:
            known[word] = judgement.find_or_add_code(self._batch, kind, word)
        return known[word]

    def _encode_flags(self, flags: Sequence[str]) -> int:
        """Returns the flags as bits, by the rank of each flag's code."""
        if not self._flags.keys() >= set(flags):
            for flag in flags:
                judgement.find_or_add_code(self._batch, "flag", flag)
            judgement.save_flag_ranks(self._batch, flag_order())  # rules may have changed: all is judged anew then
            self._flags = {word: rank for rank, word in enumerate(judgement.load_codes(self._batch, "flag").values())}
        return sum(1 << self._flags[flag] for flag in set(flags))

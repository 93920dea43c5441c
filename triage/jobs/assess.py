"""Locate, link and score what is new, and what it changes in its neighbours.

A card is a function of the stored set of reports and lists, never of the order of arrival: first the ties of all stale
reports are written, and whoever shares a tie that came or went becomes stale too; then all stale cards are made. `stale`
rows are written in the batch that changes a report and removed in the batch that stores its card, so a kill loses nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from triage import links, locate, priority
from triage.jobs import cluster_keeping
from triage.jobs.codec import card_to_bytes, links_from_bytes, location_from_bytes
from triage.jobs.deadlines import started_by_people
from triage.jobs.grades import settled
from triage.jobs.load import Loaded, load
from triage.jobs.matching import ListMatcher, put_file_hashes
from triage.jobs.queue import BANDS
from triage.jobs.ruleset import active_rules
from triage.jobs.session import Session
from triage.model.judgement import Clock, Link, Location, ScoreCard, Surroundings, TieKey
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.report import Report
from triage.model.views import STATUSES
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import clusters, decisions, destruction, judgement, media, reports
from triage.store.queries.judgement import CardRow, QueueFacts

BATCH = 200
OWN_NUMBER = 95
"""Strength of a report's own number as a tie key, so that a report that names it as a prior one is tied to it."""
_ENOUGH = links.MAX_HOLDERS + 3
CONTENT = "content"
"""Tie kind of reports that say exactly the same: it makes no link, only `duplicates_of`."""
EVENT = "event"
"""Tie kind of reports of one event: it makes no link, but they count as one."""
SET_APART = ScoreCard(
    band="E",
    risk=0.0,
    actionability=0.0,
    factors=(),
    would_change_if=("Set apart: the reported user was cleared. It is judged again only if that is taken back.",),
    flags=(),
    rules="",
)
"""Of reports of people who were cleared: they score nothing and tie to nobody until they are destroyed."""


def assess(session: Session, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> None:
    """Bring every stale card up to date. Interrupted, it goes on where it stopped."""
    with session.reading() as db:
        first = judgement.stale(db, -1)
        only_rules = judgement.score_only(db, first)
    _in_batches(session, [i for i in first if i not in only_rules], _write_ties, lambda n: None, cancel)
    with session.reading() as db:
        everything = judgement.stale(db, -1)

    def tell(done: int) -> None:
        on_progress(Progress(done=done, total=len(everything), unit="reports", note="scoring"))

    _write_cards(session, everything, tell, cancel)


def assess_first(session: Session, report_ids: Sequence[int], cancel: CancelToken | None) -> None:
    """Judge these at once, by what is in the store now; what comes later makes their cards stale again like any other's."""
    _in_batches(session, report_ids, _write_ties, lambda n: None, cancel)
    _write_cards(session, report_ids, lambda n: None, cancel)


def reassess(session: Session, report_ids: Sequence[int]) -> None:
    """Make the cards of these anew at once: what people said of them changed, not what they say."""
    with session.reading() as db:
        stale = set(judgement.stale(db, -1))
    _in_batches(session, [i for i in report_ids if i in stale], _write_ties, lambda n: None, None)
    _write_cards(session, report_ids, lambda n: None, None)


def _write_cards(session: Session, ids: Sequence[int], tell: Callable[[int], None], cancel: CancelToken | None) -> None:
    if not ids:
        return  # rules and lists take longer to load than a small bundle of pictures to import
    reader = session.store.read()
    matcher, rules = ListMatcher(reader), active_rules(reader)
    _in_batches(session, ids, lambda batch, i: _write_card(batch, i, matcher, rules), tell, cancel)


def _in_batches(
    session: Session,
    ids: Sequence[int],
    work: Callable[[Batch, int], None],
    tell: Callable[[int], None],
    cancel: CancelToken | None,
) -> None:
    for start in range(0, len(ids), BATCH):
        if cancel:
            cancel.check()
        with session.store.batch() as batch:
            for report_id in ids[start : start + BATCH]:
                work(batch, report_id)
        tell(min(start + BATCH, len(ids)))


def _write_ties(batch: Batch, report_id: int) -> None:
    loaded = load(batch, report_id)
    apart = destruction.is_cleared(batch, report_id)
    keys = set() if apart else _tie_keys(batch, report_id, loaded)
    changed = judgement.replace_ties(batch, report_id, keys)
    if any(kind == EVENT for kind, _ in changed):
        changed |= {(kind, value) for kind, value, _, _ in keys}  # whoever counts this report counts its event
    for kind, value in changed:
        holders = judgement.holders(batch, kind, value, _ENOUGH)
        if len(holders) < _ENOUGH:
            # At that many the key ties nobody and every count of its holders is capped: nothing changes for them.
            judgement.mark_stale(batch, [i for i, _ in holders])
    put_file_hashes(batch, report_id, () if apart else loaded.report.files)
    if apart:
        reports.index_text(batch, report_id, "")
    else:
        index_words(batch, report_id, loaded)


def _tie_keys(db: Reader, report_id: int, loaded: Loaded) -> set[judgement.Tie]:
    day = _day(loaded.report)
    keys: set[judgement.Tie] = {(k.kind, k.value, k.strength, day) for k in links.tie_keys(loaded.report, loaded.media)}
    keys |= {("report", number, OWN_NUMBER, day) for number in reports.aliases(db, report_id)}
    content = _content(loaded.report)
    if content:
        keys.add((CONTENT, content, 0, day))
    event = _event(loaded.report)
    if event:
        keys.add((EVENT, event, 0, day))
    return keys


def _day(report: Report) -> int | None:
    when = report.incident_time or report.received
    return _seconds(when.utc) // 86_400 if when else None


def _event(report: Report) -> str | None:
    """The same minute, provider and account: several reports of that are one event. None when one of the three is not said."""
    accounts = sorted(
        {
            i.normalised or i.value
            for i in report.identifiers
            if i.role == "suspect" and i.kind in ("user_id", "username", "email")
        }
    )
    if report.incident_time is None or not report.esp or not accounts:
        return None
    said = "\x00".join((report.incident_time.utc[:16], report.esp.casefold(), *accounts))
    return hashlib.sha256(said.encode()).hexdigest()


def _content(report: Report) -> str | None:
    """A fingerprint of what the report says of people and files; None when it says nothing of either."""
    said = sorted(
        {f"{i.kind}={i.normalised or i.value}@{i.time.utc if i.time else ''}" for i in report.identifiers if i.role != "reporter"}
    )
    files = sorted({f.occurrence.sha256 if f.occurrence else f"{f.entry.key}{f.entry.declared}" for f in report.files})
    if not said and not files:
        return None
    parts = [report.incident_type or "", report.incident_time.utc if report.incident_time else "", *said, *files]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def index_words(batch: Batch, report_id: int, loaded: Loaded) -> None:
    report = loaded.report
    words: list[str] = [*reports.aliases(batch, report_id), report.esp or "", report.incident_type or ""]
    for identifier in report.identifiers:
        words += [identifier.value, identifier.normalised or ""]
    for file in report.files:
        words += [file.entry.name or "", file.entry.original_name or "", *(v for _, v in file.entry.declared)]
        if file.occurrence:
            words += [file.occurrence.md5, file.occurrence.sha1, file.occurrence.sha256]
    words += [text.text for text in report.free_text]
    reports.index_text(batch, report_id, "\n".join(w for w in words if w))


def _write_card(batch: Batch, report_id: int, matcher: ListMatcher, rules: priority.RuleSet) -> None:
    loaded = load(batch, report_id)
    kept = judgement.card(batch, report_id) if judgement.score_only(batch, [report_id]) else None
    if kept is not None:
        location = location_from_bytes(kept.location)
        ties, tied = _kept_links(batch, kept)
    else:
        location = locate.locate(loaded.report, loaded.media)
        ties, tied = _links(batch, report_id)
        cluster_keeping.keep(batch, report_id, {tied[link.report_id]: _strongest(ties, link.report_id) for link in ties})
    clocks: tuple[Clock, ...] = ()
    if destruction.is_cleared(batch, report_id):
        score = SET_APART
    else:
        around = _surroundings(batch, report_id, loaded, ties, tied, matcher)
        score = priority.score(loaded.report, location, loaded.media, around, rules)
        running = (*priority.clocks(loaded.report), *started_by_people(batch, report_id))
        clocks = tuple(sorted(running, key=lambda clock: (clock.due, clock.name)))
    card = CardRow(card_to_bytes(location), card_to_bytes(score), card_to_bytes(clocks), card_to_bytes(ties))
    judgement.put_card(batch, report_id, card, score.rescore_at)
    due = min(((_seconds(c.due), c.name) for c in clocks), default=(None, None))
    judgement.put_queue(batch, report_id, _queue_facts(batch, report_id, loaded.report, location, score, due))


def rejudge(db: Reader, report_id: int, rules: priority.RuleSet) -> ScoreCard | None:
    """What the card would be under other rules, by its stored place and ties; None for one without a card, or set apart."""
    row = judgement.card(db, report_id)
    if row is None or destruction.is_cleared(db, report_id):
        return None
    loaded = load(db, report_id)
    ties, tied = _kept_links(db, row)
    around = _surroundings(db, report_id, loaded, ties, tied, ListMatcher(db))
    return priority.score(loaded.report, location_from_bytes(row.location), loaded.media, around, rules)


def _kept_links(db: Reader, row: CardRow) -> tuple[tuple[Link, ...], dict[str, int]]:
    """As `_links`, as the card has them."""
    ties = links_from_bytes(row.links)
    others = sorted({link.report_id for link in ties})
    return ties, {number: found for number in others if (found := reports.find(db, number)) is not None}


def _strongest(ties: tuple[Link, ...], number: str) -> int:
    return max(link.strength for link in ties if link.report_id == number)


def _links(db: Reader, report_id: int) -> tuple[tuple[Link, ...], dict[str, int]]:
    """The links, and the ids of the reports they name."""
    ids: dict[str, int] = {}
    own: list[TieKey] = []
    shared: dict[TieKey, list[str]] = {}
    apart: dict[str, int] = {}
    for kind, value, strength, day in sorted(judgement.ties(db, report_id), key=lambda tie: tie[:3]):
        if kind in (CONTENT, EVENT):
            continue
        own.append(TieKey(kind=kind, value=value, strength=strength))
        for other, others_day in judgement.holders(db, kind, value, _ENOUGH):
            if other == report_id:
                continue
            number = reports.number(db, other)
            ids[number] = other
            shared.setdefault(own[-1], []).append(number)
            if day is not None and others_day is not None:
                apart[number] = abs(day - others_day)
    return links.judge(own, shared, apart), ids


def _surroundings(
    db: Reader, report_id: int, loaded: Loaded, ties: tuple[Link, ...], tied: dict[str, int], matcher: ListMatcher
) -> Surroundings:
    holding = media.reports_linked(db, list(loaded.medium_ids.values()))
    spread = [len(set(found) - {report_id}) for found in holding.values()]
    hits = [hit for found in matcher.of_files(loaded.report.files) for hit in found]
    of_people = {link.report_id for link in ties if link.via not in ("file", "sha256", "report")}
    return Surroundings(
        links=ties,
        prior_reports=_distinct(db, report_id, of_people | set(loaded.report.prior_reports), tied),
        shared_files=sum(1 for n in spread if n),
        spread=min(max(spread, default=0), links.MAX_HOLDERS),
        lists_checked=matcher.checked,
        hits=tuple(sorted(hits, key=lambda h: (h.sha256, h.list_name, h.hash_kind, h.distance or 0, h.category or "", h.says))),
        verdicts=settled(db, list(loaded.medium_ids.values())),
    )


def _distinct(db: Reader, report_id: int, numbers: set[str], tied: dict[str, int]) -> int:
    """Other reports, those of one event as one, and none of the event that this report tells of itself."""
    told = clusters.events(db, {report_id, *(tied[n] for n in numbers if n in tied)}, EVENT)
    of = {told.get(tied[n], n) if n in tied else n for n in numbers}
    return len(of - {told.get(report_id)})


def _queue_facts(
    batch: Batch,
    report_id: int,
    report: Report,
    location: Location,
    score: ScoreCard,
    due: tuple[int, str] | tuple[None, None],
) -> QueueFacts:
    def code(kind: str, word: str | None) -> int | None:
        return None if word is None else judgement.code(batch, kind, word)

    status, assignee = decisions.current(batch, report_id)
    number = reports.number(batch, report_id)
    return QueueFacts(
        band=BANDS.index(score.band),
        risk=round(score.risk * 10),
        actionability=round(score.actionability * 10),
        due=due[0],
        due_name=code("due_name", due[1]),
        esp=code("esp", report.esp),
        incident_type=code("incident_type", report.incident_type),
        office=code("office", location.office),
        received=_seconds(report.received.utc) if report.received else None,
        received_estimated=int(report.received_estimated),
        status=STATUSES.index(status),
        assignee=assignee,
        flags=_flag_bits(batch, score.flags),
        in_pakistan=None if location.in_pakistan is None else int(location.in_pakistan),
        province=code("province", location.province),
        duplicates_of=_duplicate_of(batch, report_id, number),
        files=len(report.files),
        files_present=sum(1 for f in report.files if f.occurrence),
        number_key=number_key(number),
    )


def number_key(number: str) -> str:
    """Sorts report numbers as numbers, local ones after NCMEC's."""
    return number.zfill(20) if number.isdigit() else f"~{number}"


def _duplicate_of(db: Reader, report_id: int, number: str) -> int | None:
    """The report with the lowest number that says exactly the same, when it is not this one."""
    for kind, value, _, _ in judgement.ties(db, report_id):
        if kind == CONTENT:
            same = [i for i, _ in judgement.holders(db, kind, value, -1)]
            first = min(same, key=lambda i: number_key(reports.number(db, i)), default=report_id)
            return None if first == report_id or number_key(reports.number(db, first)) >= number_key(number) else first
    return None


def _flag_bits(batch: Batch, flags: Iterable[str]) -> int:
    for flag in flags:
        judgement.code(batch, "flag", flag)
    ranks = {word: rank for rank, word in enumerate(judgement.codes(batch, "flag").values())}
    return sum(1 << ranks[flag] for flag in set(flags))


def _seconds(utc: str) -> int:
    return int(datetime.fromisoformat(utc.replace("Z", "+00:00")).timestamp())

"""What judging needs of some reports, read from the store in one go. Bytes stay as they are, so that another process can open
them: all that costs time happens there, all that touches the store happens here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from triage import links
from triage.jobs.codec import links_from_bytes
from triage.jobs.judging.boilerplate import SENTENCE, recurring_in
from triage.jobs.matching.list_matcher import ListAnswers, ListMatcher
from triage.jobs.state.deadlines import started_by_people
from triage.jobs.state.grades import settled
from triage.model.casework import NO_OFFENCE
from triage.model.judgement import Clock
from triage.model.report import Occurrence
from triage.store.database import Reader
from triage.store.queries import cases, clusters, decisions, destruction, grades, judgement, lists, media, reports
from triage.store.queries.judgement import CardRow, Tie

CONTENT = "content"
"""Tie kind of reports that say exactly the same: it makes no link, only `duplicates_of`."""
EVENT = "event"
"""Tie kind of reports of one event: it makes no link, but they count as one."""
SPREAD = "spread"
"""Tie kind of bytes that tie nobody, being viral: whoever holds them too is counted, so it has to be told."""
OTHERS = "others"
"""Tie kind of what is a victim's, a recipient's or only mentioned, "<kind> <value>": it makes no link, it says of whom one is."""
UNLINKED = (CONTENT, EVENT, SPREAD, OTHERS, SENTENCE)
NOT_SAID = b"not said"
"""In place of a digest: what this report says could not be read."""
ENOUGH = links.MAX_HOLDERS + 3
"""At that many holders a key ties nobody, and every count of its holders is capped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the rest of the store says of a report. `shared` are (kind, value, other report, its day)."""

    ties: tuple[Tie, ...] = ()
    shared: tuple[tuple[str, str, int, int | None], ...] = ()
    numbers: dict[int, str] = field(default_factory=dict)
    """Of the other reports."""
    others_hold: frozenset[tuple[str, str, int]] = frozenset()
    """(kind, value, other report): there it is not the reported user's."""
    not_counted: frozenset[str] = frozenset()
    """Numbers of those, and of those that the source names, that were cleared or closed as no offence."""
    events: dict[int, str] = field(default_factory=dict)
    """Report -> the event it tells of, this one among them."""
    spread: tuple[int, ...] = ()
    """In how many other reports each file stands that stands in others at all."""
    verdicts: tuple[tuple[str, str], ...] = ()
    recurring: frozenset[str] = frozenset()
    """Fingerprints of its sentences that are boilerplate of the provider."""
    clocks: tuple[Clock, ...] = ()
    """Those that people started."""
    card: CardRow | None = None
    score_only: bool = False
    """Place and ties are as the card has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One report. `documents` are in the order of `reports.sources`, `facts` by SHA-256 of media that were measured."""

    report_id: int
    number: str
    aliases: tuple[str, ...]
    cleared: bool
    documents: tuple[bytes, ...]
    occurrences: tuple[Occurrence, ...]
    facts: dict[str, bytes]
    unsaid: bool = False
    """What it says could not be read: it has no ties, and no card that says more than that."""
    around: Around = Around()


@dataclass(frozen=True, slots=True)
class Work:
    """Some reports, and what the hash lists say of their files."""

    materials: tuple[Material, ...]
    lists: ListAnswers


def plain(db: Reader, ids: Sequence[int]) -> Work:
    """What the reports themselves say: enough for their ties."""
    alone = dict.fromkeys(ids, Around())
    return Work(tuple(_materials(db, ids, alone, media.held(db, ids), set())), ListAnswers(()))


def with_surroundings(db: Reader, ids: Sequence[int], *, score_only: bool = False) -> Work:
    """All that a card speaks of; with `score_only` place and ties of those that have a card are taken from it."""
    cards = judgement.cards(db, ids)
    kept = judgement.kept(db, ids)
    judged = {i for i, card in cards.items() if card.place_of is not None}
    placed = judged if score_only else {i for i in judged if kept.get(i) == judgement.PLACED}
    alone = {i for i in ids if kept.get(i) == judgement.ALONE and i not in placed}
    held = media.held(db, ids)
    around = _around(db, ids, cards, placed, alone)
    digests = lists.digests(db, ids)
    here = [occurrence.sha256 for _, occurrence, _ in held]
    unsaid = {i for i, digest in judgement.said(db, ids).items() if digest == NOT_SAID}
    return Work(tuple(_materials(db, ids, around, held, unsaid)), ListMatcher(db).ask(digests, here))


def _materials(
    db: Reader, ids: Sequence[int], around: Mapping[int, Around], held: Sequence[media.HeldRow], unsaid: Set[int]
) -> list[Material]:
    numbers, aliases = reports.numbers(db, ids), reports.aliases_among(db, ids)
    documents, cleared = reports.parsed_among(db, ids), destruction.cleared_among(db, ids)
    occurrences: dict[int, list[Occurrence]] = {}
    facts: dict[int, dict[str, bytes]] = {}
    for i, r, measured in held:
        found = Occurrence(sha256=r.sha256, md5=r.md5, sha1=r.sha1, size=r.size, name=r.name, path=r.path, level=r.level)
        occurrences.setdefault(i, []).append(found)
        if measured is not None:
            facts.setdefault(i, {})[r.sha256] = measured
    return [
        Material(
            report_id=i,
            number=numbers[i],
            aliases=tuple(aliases.get(i, ())),
            cleared=i in cleared,
            documents=tuple(documents.get(i, ())),
            occurrences=tuple(occurrences.get(i, ())),
            facts=facts.get(i, {}),
            unsaid=i in unsaid,
            around=around[i],
        )
        for i in ids
        if i in numbers
    ]


def _around(db: Reader, ids: Sequence[int], cards: Mapping[int, CardRow], placed: Set[int], alone: Set[int]) -> dict[int, Around]:
    """Of those that are `alone` nothing is asked that only neighbours answer."""
    fresh = [i for i in ids if i not in placed and i not in alone]
    ties = judgement.ties_among(db, fresh)
    shared: dict[int, list[tuple[str, str, int, int | None]]] = {}
    for i, kind, value, other, day in judgement.shared(db, fresh, UNLINKED, ENOUGH):
        shared.setdefault(i, []).append((kind, value, other, day))
    numbers = reports.numbers(db, {row[2] for rows in shared.values() for row in rows})
    others = {i: {row[2]: numbers[row[2]] for row in rows} for i, rows in shared.items()} | _tied_on_cards(db, cards, placed)
    events = clusters.events(
        db, {*(i for i in ids if i not in alone), *(other for found in others.values() for other in found)}, EVENT
    )
    spread, graded = media.spread(db, ids, links.MAX_HOLDERS), grades.graded_in(db, ids)
    started, recurring = cases.with_clocks(db, ids), recurring_in(db, ids)
    not_theirs: dict[int, set[tuple[str, str, int]]] = {}
    for i, kind, value, other in judgement.held_for_others(db, fresh, OTHERS):
        not_theirs.setdefault(i, set()).add((kind, value, other))
    left_out = _left_out(db, ids, others)
    return {
        i: Around(
            ties=tuple(sorted(ties.get(i, ()), key=lambda tie: tie[:3])),
            shared=tuple(shared.get(i, ())),
            numbers=others.get(i, {}),
            others_hold=frozenset(not_theirs.get(i, ())),
            not_counted=left_out.get(i, frozenset()),
            events={each: events[each] for each in (i, *others.get(i, ())) if each in events},
            spread=tuple(spread.get(i, {}).values()),
            verdicts=settled(db, graded[i]) if i in graded else (),
            recurring=recurring.get(i, frozenset()),
            clocks=started_by_people(db, i) if i in started else (),
            card=cards.get(i),
            score_only=i in placed,
        )
        for i in ids
    }


def _left_out(db: Reader, ids: Sequence[int], others: Mapping[int, Mapping[int, str]]) -> dict[int, frozenset[str]]:
    """Report -> numbers of the others, tied or named by the source, that are no earlier report on anybody."""
    named: dict[int, set[str]] = {}
    for i, value in judgement.named_reports(db, ids):
        named.setdefault(i, set()).add(value)
    found = reports.find_all(db, sorted({number for numbers in named.values() for number in numbers}))
    all_ids = {*found.values(), *(other for tied in others.values() for other in tied)}
    apart = destruction.cleared_among(db, all_ids) | decisions.closed_among(db, all_ids, [reason.value for reason in NO_OFFENCE])
    if not apart:
        return {}
    return {
        i: frozenset(
            [number for number in named.get(i, ()) if found.get(number) in apart]
            + [number for other, number in others.get(i, {}).items() if other in apart]
        )
        for i in ids
    }


def _tied_on_cards(db: Reader, cards: Mapping[int, CardRow], placed: Set[int]) -> dict[int, dict[int, str]]:
    """The reports that stored cards name, as far as they are still there, under the number by which they are named."""
    named = {i: {link.report_id for link in links_from_bytes(cards[i].links)} for i in placed}
    found = reports.find_all(db, sorted({number for numbers in named.values() for number in numbers}))
    return {i: {found[number]: number for number in numbers if number in found} for i, numbers in named.items()}

"""Reads what judging needs of some reports from the store in one go.

Stored bytes stay encoded, so that another process can decode them: what costs time happens there, and what touches the store
happens here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import groupby
from operator import itemgetter

import msgspec

from triage import limits, links
from triage.jobs.codec import links_from_bytes, read_or_none
from triage.jobs.judging.boilerplate import recurring_in
from triage.jobs.judging.key_kinds import CONTENT, EVENT, SPREAD
from triage.jobs.matching.list_matcher import ListAnswers, ListMatcher
from triage.jobs.state.deadlines import load_deadlines
from triage.jobs.state.grades import load_settled_grades
from triage.jobs.state.received_work import load_received_grades
from triage.model.casework import NO_OFFENCE
from triage.model.judgement import Clock, Correction
from triage.model.report import Occurrence
from triage.store.database import Reader
from triage.store.queries import (
    cases,
    clusters,
    corrections,
    decisions,
    destruction,
    grades,
    judgement,
    key_holders,
    link_values,
    lists,
    media,
    reports,
    request_replies,
    requests,
)
from triage.store.queries import readings as reading_rows
from triage.store.queries.judgement import CardRow, StoredReading
from triage.store.queries.key_holders import OTHERS, SENTENCE
from triage.store.queries.reports import Held

UNLINKED = (CONTENT, EVENT, SPREAD, OTHERS, SENTENCE)
NOT_SAID = b"not said"
"""With this begins the digest of a report that could not be read."""
ENOUGH = links.MAX_HOLDERS + 3
"""A key with so many holders links no reports, and every count of its holders is capped."""


class SharedKey(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A link key of the report that other reports have too."""

    kind: str
    value: str
    strength: int
    day: int | None
    holders: tuple[tuple[int, int | None], ...]
    """(other report, its day)."""


class ReportContext(msgspec.Struct, frozen=True, gc=False, kw_only=True, array_like=True):
    """What the rest of the store says about a report."""

    shared: tuple[SharedKey, ...] = ()
    numbers: dict[int, str] = {}
    """The numbers of the other reports."""
    others_hold: frozenset[tuple[str, str, int]] = frozenset()
    """(kind, value, other report): there it is not the reported user's."""
    not_counted: frozenset[str] = frozenset()
    """Numbers of those, and of those that the source names, that were cleared or closed as no offence."""
    events: dict[int, str] = {}
    """Report -> the event it tells of, this one among them."""
    spread: tuple[int, ...] = ()
    """The number of other reports for each file that other reports hold too."""
    verdicts: tuple[tuple[str, str], ...] = ()
    recurring: frozenset[str] = frozenset()
    """Fingerprints of its sentences that are boilerplate of the provider."""
    corrections: tuple[Correction, ...] = ()
    clocks: tuple[Clock, ...] = ()
    """The deadlines that people started."""
    preserved: frozenset[str] = frozenset()
    """Names of deadlines that a notice stands in for."""
    card: CardRow | None = None
    score_only: bool = False
    """Location and links are taken from the card."""


class Material(msgspec.Struct, frozen=True, gc=False, kw_only=True, array_like=True):
    """The stored documents and media of one report.

    `documents` are in the order of `reports.load_judged_documents`, then what replies say of the report: as the store holds them,
    until `unpack_documents`. `held` says of each why it does not count like others. `facts` are by SHA-256 of the media that were
    measured.
    """

    report_id: int
    number: str
    aliases: tuple[str, ...]
    cleared: bool
    documents: tuple[bytes, ...]
    occurrences: tuple[Occurrence, ...]
    facts: dict[str, bytes]
    texts: dict[str, bytes] = {}
    """The messages of text files by SHA-256, as many as are read of one report."""
    reading: StoredReading | None = None
    """What the reader of texts found in it, when it was read before."""
    unsaid: bool = False
    """The report could not be read: it links to nobody, and has a card that says no more than that."""
    around: ReportContext = ReportContext()
    digest: bytes = b""
    """Of the documents as the store holds them."""
    held: tuple[Held | None, ...] = ()


class JudgingBatch(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Some reports, and what the hash lists say of their files."""

    materials: tuple[Material, ...]
    lists: ListAnswers


def unpack_documents(material: Material) -> Material:
    """Returns the material with its documents as they are decoded, and their digest.

    They are unpacked where they are judged: so a fifth of their bytes crosses to there, and is hashed.
    """
    return msgspec.structs.replace(
        material,
        documents=tuple([reports.unpack_document(document) for document in material.documents]),
        digest=digest_documents(material.documents),
    )


def digest_documents(documents: Iterable[bytes]) -> bytes:
    """Returns a digest of documents as the store holds them."""
    whole = hashlib.sha256()  # processors have instructions for it: BLAKE2 takes three times as long
    for document in documents:
        whole.update(b"%d\n" % len(document))
        whole.update(document)
    return whole.digest()


def load_reports(db: Reader, ids: Sequence[int]) -> JudgingBatch:
    """Reads the reports without their context: enough for their link keys."""
    alone = dict.fromkeys(ids, ReportContext())
    read = reading_rows.load_readings(db, ids)
    return JudgingBatch(tuple(_build_materials(db, ids, alone, media.load_files(db, ids), set(), read)), ListAnswers(()))


def load_with_context(db: Reader, ids: Sequence[int], *, score_only: bool = False) -> JudgingBatch:
    """Reads the reports with all that a score card mentions.

    With `score_only` location and links are taken from the stored card where there is one.
    """
    cards = judgement.load_cards(db, ids)
    kept = judgement.load_stale_stages(db, ids)
    judged = {i for i, card in cards.items() if card.place_of is not None}
    placed = judged if score_only else {i for i in judged if kept.get(i) == judgement.StaleStage.LOCATED}
    alone = {i for i in ids if kept.get(i) == judgement.StaleStage.UNSHARED and i not in placed}
    held = media.load_files(db, ids)
    around = _load_contexts(db, ids, cards, placed, alone)
    digests = lists.list_file_hashes(db, ids)
    here = [occurrence.sha256 for _, occurrence, _, _ in held]
    unsaid = {i for i, digest in judgement.load_key_digests(db, ids).items() if digest.startswith(NOT_SAID)}
    read = reading_rows.load_readings(db, ids)
    return JudgingBatch(tuple(_build_materials(db, ids, around, held, unsaid, read)), ListMatcher(db).look_up(digests, here))


def _build_materials(
    db: Reader,
    ids: Sequence[int],
    around: Mapping[int, ReportContext],
    held: Sequence[media.HeldRow],
    unsaid: Set[int],
    read: Mapping[int, StoredReading],
) -> list[Material]:
    """Builds the material of the reports that still exist."""
    numbers, aliases = reports.load_numbers(db, ids), reports.load_all_numbers(db, ids)
    documents, cleared = reports.load_judged_documents(db, ids), destruction.find_cleared(db, ids)
    replies = request_replies.load_reply_documents(db, ids)
    occurrences: dict[int, list[Occurrence]] = {}
    facts: dict[int, dict[str, bytes]] = {}
    chosen = media.choose_texts(held, limits.MAX_REPORT_TEXT)
    texts = media.load_texts(db, {medium_id for of in chosen.values() for medium_id in of.values()}) if chosen else {}
    for i, r, measured, _ in held:
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
            documents=(*(each.parsed for each in documents.get(i, ())), *replies.get(i, ())),
            held=(*(each.held for each in documents.get(i, ())), *(None for _ in replies.get(i, ()))),
            occurrences=tuple(occurrences.get(i, ())),
            facts=facts.get(i, {}),
            texts={sha256: texts[medium_id] for sha256, medium_id in chosen.get(i, {}).items()},
            reading=read.get(i),
            unsaid=i in unsaid,
            around=around[i],
        )
        for i in ids
        if i in numbers
    ]


def _load_contexts(
    db: Reader, ids: Sequence[int], cards: Mapping[int, CardRow], placed: Set[int], alone: Set[int]
) -> dict[int, ReportContext]:
    """Reads the context of each report.

    For reports in `alone`, which share no key with another report, links are not searched.
    """
    fresh = [i for i in ids if i not in placed and i not in alone]
    shared = _load_shared_keys(db, fresh)
    holders = {i: {other for key in keys for other, _ in key.holders} for i, keys in shared.items()}
    numbers = reports.load_numbers(db, {other for held in holders.values() for other in held})
    others = {i: {other: numbers[other] for other in held} for i, held in holders.items()}
    others |= _load_linked_on_cards(db, cards, placed)
    events = clusters.load_events(
        db, {*(i for i in ids if i not in alone), *(other for found in others.values() for other in found)}, EVENT
    )
    spread, graded = media.count_other_holders(db, ids, links.MAX_HOLDERS), grades.load_graded_media(db, ids)
    started, recurring = cases.find_reports_with_deadlines(db, ids), recurring_in(db, ids)
    corrected, preserved = corrections.load_standing_corrections(db, ids), requests.list_preserved_deadlines(db, ids)
    received = load_received_grades(db, ids)
    marking = key_holders.find_marking_reports(db, {(key.kind, key.value) for keys in shared.values() for key in keys}, ENOUGH)
    left_out = _list_not_counted(db, ids, others)
    return {
        i: ReportContext(
            shared=tuple(shared.get(i, ())),
            numbers=others.get(i, {}),
            others_hold=_list_others_hold(i, shared.get(i, ()), marking),
            not_counted=left_out.get(i, frozenset()),
            events={each: events[each] for each in (i, *others.get(i, ())) if each in events},
            spread=tuple(spread.get(i, {}).values()),
            verdicts=(load_settled_grades(db, graded[i]) if i in graded else ()) + received.get(i, ()),
            recurring=recurring.get(i, frozenset()),
            corrections=corrected.get(i, ()),
            clocks=load_deadlines(db, i) if i in started else (),
            preserved=preserved.get(i, frozenset()),
            card=cards.get(i),
            score_only=i in placed,
        )
        for i in ids
    }


def _list_others_hold(
    report_id: int, shared: Sequence[SharedKey], marking: Mapping[tuple[str, str], Sequence[int]]
) -> frozenset[tuple[str, str, int]]:
    """Returns (kind, value, other report) of the shared keys that the other report marks as not its reported user's."""
    return frozenset(
        (key.kind, key.value, other) for key in shared for other in marking.get((key.kind, key.value), ()) if other != report_id
    )


def _load_shared_keys(db: Reader, ids: Sequence[int]) -> dict[int, list[SharedKey]]:
    """Returns report -> its link keys that other reports have too, as far as they link."""
    shared: dict[int, list[SharedKey]] = {}
    of_one_key = groupby(key_holders.list_shared_keys(db, ids, UNLINKED, ENOUGH), key=itemgetter(0, 1, 2))
    for (i, kind, value), rows in of_one_key:
        held = list(rows)
        *_, strength, day = held[0]
        shared.setdefault(i, []).append(SharedKey(kind, value, strength, day, tuple([(row[3], row[4]) for row in held])))
    return shared


def find_not_counted(db: Reader, report_ids: Set[int]) -> set[int]:
    """Returns those of these reports that were cleared or closed as no offence."""
    return destruction.find_cleared(db, report_ids) | decisions.find_closed_reports(
        db, report_ids, [reason.value for reason in NO_OFFENCE]
    )


def _list_not_counted(db: Reader, ids: Sequence[int], others: Mapping[int, Mapping[int, str]]) -> dict[int, frozenset[str]]:
    """Returns report -> numbers of linked or named reports that are no earlier report on anybody."""
    named: dict[int, set[str]] = {}
    for i, value in link_values.list_named_reports(db, ids):
        named.setdefault(i, set()).add(value)
    found = reports.find_reports(db, sorted({number for numbers in named.values() for number in numbers}))
    all_ids = {*found.values(), *(other for tied in others.values() for other in tied)}
    apart = find_not_counted(db, all_ids)
    if not apart:
        return {}
    return {
        i: frozenset(
            [number for number in named.get(i, ()) if found.get(number) in apart]
            + [number for other, number in others.get(i, {}).items() if other in apart]
        )
        for i in ids
    }


def _load_linked_on_cards(db: Reader, cards: Mapping[int, CardRow], placed: Set[int]) -> dict[int, dict[int, str]]:
    """Returns report -> the existing reports that its stored card names, by id with number."""
    ties = {i: read_or_none(links_from_bytes, cards[i].links, i) for i in placed}  # the judge meets a damaged one again
    named = {i: {link.report_id for link in of} for i, of in ties.items() if of is not None}
    found = reports.find_reports(db, sorted({number for numbers in named.values() for number in numbers}))
    return {i: {found[number]: number for number in numbers if number in found} for i, numbers in named.items()}

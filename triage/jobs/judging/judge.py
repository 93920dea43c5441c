"""Judges one report as a pure function of its material: no store, no clock. It may run in any process.

Reports are hostile: what goes wrong with one concerns only that report. It gets the card NOT_JUDGED, and the others are judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from triage import links, priority
from triage.importers.merge import merge_documents
from triage.intents import Reading
from triage.jobs.codec import (
    card_to_bytes,
    document_from_json,
    links_from_bytes,
    location_from_bytes,
    location_to_bytes,
    location_without_words,
    score_to_bytes,
)
from triage.jobs.faults import Fault, describe_fault
from triage.jobs.judging.gravest import GravestReading, JudgedReading, choose_documents, join_readings
from triage.jobs.judging.material import JudgingBatch, Material, digest_documents, unpack_documents
from triage.jobs.judging.readings import DIGEST_BYTES, read_report
from triage.jobs.judging.report_keys import decode_material, pair_with_held, to_seconds
from triage.jobs.judging.steps import Steps, run_steps, split_by_size
from triage.jobs.judging.surroundings import build_surroundings
from triage.jobs.matching.list_matcher import ListAnswers
from triage.locate.edition import edition
from triage.locate.gps import find_images
from triage.locate.judge import locate
from triage.message import Message
from triage.model.judgement import Clock, Link, LinkKey, Location, ScoreCard
from triage.model.media import MediaFacts
from triage.model.report import Report
from triage.store.queries.judgement import StoredReading

Moved = tuple[str, float] | Fault | None
"""(band, risk) that a card would have; None for a report without one, or one that is set apart."""
_OF_NOBODY = ("file", "sha256", "camera", "report")
"""Kinds of link keys that concern material, or reports, and not the reported user."""
SET_APART = ScoreCard(
    band="E",
    risk=0.0,
    actionability=0.0,
    factors=(),
    would_change_if=(Message("Set apart: the reported user was cleared. The report is scored again only if that is undone."),),
    flags=(),
    rules="",
)
"""The card of reports of cleared people: they score nothing and link to no report until they are destroyed."""
_NO_LOCATION = Location(
    evidence=(),
    in_pakistan=None,
    verdict="unclear",
    total=0,
    province=None,
    district=None,
    office="HQ",
    office_why=priority.NOT_JUDGED_WHY,
    by_person=(),
)


class Deadline(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A deadline as the queue keeps it; `due` in seconds since 1970."""

    due: int
    name: str
    duty: bool


class Judged(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A score card as it is stored, and the facts for its queue row.

    `tied` are other reports by id with the strength of the link, None when the links are as they were.
    """

    location: bytes
    score: bytes
    clocks: bytes
    links: bytes
    place_of: bytes | None
    rescore_at: str | None
    tied: dict[int, int] | None
    band: str
    risk: int
    actionability: int
    deadlines: tuple[Deadline, ...]
    flags: tuple[str, ...]
    esp: str | None
    incident_type: str | None
    office: str
    province: str | None
    in_pakistan: bool | None
    languages: tuple[str, ...]
    received: int | None
    received_estimated: bool
    files: int
    files_present: int
    fault: Fault | None = None
    """The reason why judging failed. A report that could not even be read has its fault in ReportKeys."""
    reading: StoredReading | None = None
    """What the reader found in its texts, when it had to read them anew."""


def judge_report(material: Material, lists: ListAnswers, rules: priority.RuleSet) -> Steps[Judged]:
    """Makes the score card of a report. Still valid parts of its stored card are taken over."""
    around = material.around
    report, media = decode_material(material)
    yield
    card = around.card
    scored = card if around.score_only else None
    place_of = _digest_location_basis(material, report, media) if scored is None else scored.place_of
    same_place = card is not None and card.place_of == place_of and len(material.documents) == 1
    location = location_without_words(card.location) if card is not None and same_place else locate(report, media)
    ties = _find_links(material, report) if scored is None else links_from_bytes(scored.links)
    yield
    score, clocks, read, shown = SET_APART, tuple[Clock, ...](), material.reading, report
    if not material.cleared:
        reading, read = read_report(material, report, media)
        yield
        own = priority.clocks(report)
        score = _compute_score(material, report, media, location, ties, lists, rules, reading, own)
        found = yield from _find_gravest(
            material, JudgedReading((), report, location, score, tuple(own)), media, ties, lists, rules
        )
        shown, location, score = found.shown, found.location, found.score
        running = [clock for clock in found.clocks if clock.name not in around.preserved]
        clocks = tuple(sorted((*running, *around.clocks), key=lambda clock: (clock.due, clock.name)))
    yield  # compressing fills the caches of the processor with tables of its own
    return Judged(
        location=card.location if card is not None and same_place else location_to_bytes(location),
        score=score_to_bytes(score),
        clocks=card_to_bytes(clocks),
        links=card_to_bytes(ties) if scored is None else scored.links,
        place_of=place_of,
        rescore_at=score.rescore_at,
        tied=None if around.score_only else _find_strengths(material, ties),
        band=score.band,
        risk=round(score.risk * 10),
        actionability=round(score.actionability * 10),
        deadlines=_list_deadlines(clocks),
        flags=score.flags,
        esp=shown.esp,
        incident_type=shown.incident_type,
        office=location.office,
        province=location.province,
        in_pakistan=location.in_pakistan,
        languages=tuple(sorted({each.value for each in location.evidence if each.kind == "language"})),
        received=to_seconds(shown.received.utc) if shown.received else None,
        received_estimated=shown.received_estimated,
        files=len(report.files),
        files_present=sum(1 for f in report.files if f.occurrence),
        reading=None if read == material.reading else read,
    )


def rescore_report(material: Material, lists: ListAnswers, rules: priority.RuleSet) -> Moved:
    """Returns band and risk under other rules, with the stored card's location and links where they are valid."""
    card = material.around.card
    if card is None or material.cleared:
        return None
    report, media = decode_material(material)
    stands = material.around.score_only and len(material.documents) == 1
    location = location_without_words(card.location) if stands else locate(report, media)
    ties = links_from_bytes(card.links) if material.around.score_only else _find_links(material, report)
    reading, _ = read_report(material, report, media)
    together = JudgedReading(
        (),
        report,
        location,
        _compute_score(material, report, media, location, ties, lists, rules, reading),
        priority.clocks(report),
    )
    (found,) = run_steps([_find_gravest(material, together, media, ties, lists, rules)])
    score = found.score
    return score.band, score.risk


def judge_all(work: JudgingBatch, rules: priority.RuleSet) -> list[Judged]:
    """Returns the card of each report. A report on which judging fails gets NOT_JUDGED."""
    groups = split_by_size(map(unpack_documents, work.materials))
    return [
        judged for group in groups for judged in run_steps([_judge_or_report(material, work.lists, rules) for material in group])
    ]


def rescore_all(work: JudgingBatch, rules: priority.RuleSet) -> list[Moved]:
    """Returns band and risk that each card would have, or the fault of a report on which judging fails."""
    return [_rescore_or_report(unpack_documents(material), work.lists, rules) for material in work.materials]


def _judge_or_report(material: Material, lists: ListAnswers, rules: priority.RuleSet) -> Steps[Judged]:
    """Makes the card, or NOT_JUDGED with the fault."""
    if material.unsaid and not material.cleared:
        return _make_not_judged(material, None)
    try:
        return (yield from judge_report(material, lists, rules))
    except Exception as error:
        return _make_not_judged(material, describe_fault(error))


def _rescore_or_report(material: Material, lists: ListAnswers, rules: priority.RuleSet) -> Moved:
    """Rescores the report, or returns the fault."""
    try:
        return rescore_report(material, lists, rules)
    except Exception as error:
        return describe_fault(error)


def _make_not_judged(material: Material, fault: Fault | None) -> Judged:
    """Returns the card NOT_JUDGED. Deadlines that people started stay on it.

    `place_of` is None, so nothing of this card is taken over when the report is judged again.
    """
    clocks = () if material.cleared else tuple(sorted(material.around.clocks, key=lambda clock: (clock.due, clock.name)))
    score = SET_APART if material.cleared else priority.NOT_JUDGED
    return Judged(
        location=location_to_bytes(_NO_LOCATION),
        score=score_to_bytes(score),
        clocks=card_to_bytes(clocks),
        links=card_to_bytes(()),
        place_of=None,
        rescore_at=None,
        tied={},
        band=score.band,
        risk=0,
        actionability=0,
        deadlines=_list_deadlines(clocks),
        flags=score.flags,
        esp=None,
        incident_type=None,
        office=_NO_LOCATION.office,
        province=None,
        in_pakistan=None,
        languages=(),
        received=None,
        received_estimated=False,
        files=0,
        files_present=len(material.occurrences),
        fault=fault,
    )


def _digest_location_basis(material: Material, report: Report, media: dict[str, MediaFacts]) -> bytes:
    """Returns a digest of what the location rests on: documents, metadata of images, and this program's tables and rules.

    Most media have no metadata. When they arrive after their report, as in each import, the location stands.
    """
    whole = (edition(), material.digest, find_images(report, media))
    return hashlib.sha256(msgspec.msgpack.encode(whole)).digest()[:DIGEST_BYTES]


def _find_links(material: Material, report: Report) -> tuple[Link, ...]:
    """Returns the links to other reports, by the keys that they share."""
    around = material.around
    if not around.shared:
        return ()
    shared: dict[LinkKey, list[str]] = {}
    apart: dict[str, int] = {}
    for each in around.shared:
        key = LinkKey(kind=each.kind, value=each.value, strength=each.strength)
        shared[key] = [around.numbers[other] for other, _ in each.holders]
        if each.day is not None:
            apart |= {around.numbers[other]: abs(each.day - day) for other, day in each.holders if day is not None}
    found = links.find_links(list(shared), shared, apart)
    of_users = _find_shared_by_users(material, report)
    return tuple(
        link
        if (link.via, link.report_id) in of_users or link.via in _OF_NOBODY
        else msgspec.structs.replace(link, same_user=False)
        for link in found
    )


def _find_shared_by_users(material: Material, report: Report) -> set[tuple[str, str]]:
    """Returns (kind, number of the other report) where a shared value is the reported user's both here and there."""
    around = material.around
    if not around.shared:
        return set()
    own = links.find_user_keys(report)
    return {
        (each.kind, around.numbers[other])
        for each in around.shared
        if (each.kind, each.value) in own
        for other, _ in each.holders
        if (each.kind, each.value, other) not in around.others_hold
    }


def _find_strengths(material: Material, ties: Sequence[Link]) -> dict[int, int]:
    """Returns linked report id -> the highest strength of its links."""
    ids = {number: other for other, number in material.around.numbers.items()}
    tied: dict[int, int] = {}
    for link in ties:
        other = ids[link.report_id]
        tied[other] = max(link.strength, tied.get(other, 0))
    return tied


def _find_gravest(
    material: Material,
    together: JudgedReading,
    media: dict[str, MediaFacts],
    ties: tuple[Link, ...],
    lists: ListAnswers,
    rules: priority.RuleSet,
) -> Steps[GravestReading]:
    """Returns what counts of a report with several documents: the gravest of its readings. One document has one reading."""
    pairs = pair_with_held(material) if len(material.documents) > 1 else []
    documents, held = [document_from_json(stored) for stored, _ in pairs], [why for _, why in pairs]
    others = []
    choices = choose_documents(documents, held) if pairs else [()]
    together = replace(together, documents=tuple([documents[n] for n in choices[0]]))
    for chosen in choices[1:]:
        some = msgspec.structs.replace(
            material,
            documents=tuple([material.documents[n] for n in chosen]),
            held=(),
            digest=digest_documents([material.documents[n] for n in chosen]),
        )
        read = tuple([documents[n] for n in chosen])
        report = merge_documents(read, material.occurrences)
        location, own = locate(report, media), tuple(priority.clocks(report))
        reading, _ = read_report(some, report, media)
        score = _compute_score(some, report, media, location, ties, lists, rules, reading, own)
        others.append(JudgedReading(read, report, location, score, own))
        yield
    if not others:
        return GravestReading(together.report, together.location, together.score, together.clocks)
    return join_readings(together, others, documents, held, rules.flags)


def _compute_score(
    material: Material,
    report: Report,
    media: dict[str, MediaFacts],
    location: Location,
    ties: tuple[Link, ...],
    lists: ListAnswers,
    rules: priority.RuleSet,
    reading: Reading,
    own: Sequence[Clock] | None = None,
) -> ScoreCard:
    """Scores the report from its location, links, list matches, grades, corrections and `own` deadlines."""
    return priority.score(report, location, media, build_surroundings(material, report, ties, lists), rules, reading, own)


def find_bases(material: Material, lists: ListAnswers, rules: priority.RuleSet) -> priority.FactorBases | None:
    """Returns what corrections of a report would rest on, by location and links of its stored card; None without such a card."""
    card = material.around.card
    if card is None or card.place_of is None or material.cleared or material.unsaid:
        return None
    material = unpack_documents(material)
    report, media = decode_material(material)
    surroundings = build_surroundings(material, report, links_from_bytes(card.links), lists)
    return priority.factor_bases(report, location_from_bytes(card.location), media, surroundings, rules)


def _list_deadlines(clocks: Sequence[Clock]) -> tuple[Deadline, ...]:
    """Returns the deadlines for the queue."""
    return tuple(Deadline(due=to_seconds(clock.due), name=clock.name, duty=clock.duty) for clock in clocks)

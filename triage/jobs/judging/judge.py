"""The judgement of one report as a pure function of its material: no store, no clock. It may run in any process.

Reports are hostile: whatever goes wrong with one is its own affair. It gets the card NOT_JUDGED, and the others are judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from triage import links, locate, priority
from triage.importers.merge import merge
from triage.jobs.codec import card_to_bytes, document_from_json, facts_from_bytes, links_from_bytes, location_from_bytes
from triage.jobs.judging.boilerplate import sentence_keys
from triage.jobs.judging.material import CONTENT, EVENT, NOT_SAID, OTHERS, SPREAD, UNLINKED, Material, Work
from triage.jobs.matching.list_matcher import ListAnswers, file_hashes
from triage.jobs.state.deadlines import DUTIES, UNTIL_DONE
from triage.message import Message
from triage.model.judgement import Clock, Link, Location, ScoreCard, Surroundings, TieKey
from triage.model.media import MediaFacts
from triage.model.moment import parse_utc
from triage.model.report import Report
from triage.store.queries.judgement import Tie
from triage.store.queries.lists import FileHashRow

Moved = tuple[str, float] | None
"""(band, risk) that a card would have; None for a report without one, or one that is set apart."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OWN_NUMBER = 95
"""Strength of a report's own number as a tie key, so that a report that names it as a prior one is tied to it."""
_OF_NOBODY = ("file", "sha256", "camera", "report")
"""Kinds of ties that speak of material, or of reports, and not of the reported user."""
SET_APART = ScoreCard(
    band="E",
    risk=0.0,
    actionability=0.0,
    factors=(),
    would_change_if=(Message("Set apart: the reported user was cleared. The report is scored again only if that is undone."),),
    flags=(),
    rules="",
)
"""Of reports of people who were cleared: they score nothing and tie to nobody until they are destroyed."""
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


@dataclass(frozen=True, slots=True)
class Fault:
    """An error in judging one report, without any content: its kind and the line of this program, as words of the audit log."""

    error: str
    at: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a report says that others are compared with, and that people search for. `digest` stands for all of it; of a report
    that could not be read it is NOT_SAID, and only its numbers are there."""

    ties: tuple[Tie, ...]
    hashes: tuple[FileHashRow, ...]
    words: str
    digest: bytes
    fault: Fault | None = None
    """Why the report could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A card as it is stored, and what the queue shows of it. `tied`: other reports by id with the strength of the tie, None when
    the ties are as they were."""

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
    due: tuple[int, str] | None
    due_last: int | None
    flags: tuple[str, ...]
    esp: str | None
    incident_type: str | None
    office: str
    province: str | None
    in_pakistan: bool | None
    received: int | None
    received_estimated: bool
    files: int
    files_present: int
    fault: Fault | None = None
    """Why judging failed; what could not even be read has its fault in Said."""


def say(material: Material) -> Said:
    report, media = _opened(material)
    if material.cleared:
        return _said((), (), "")
    return _said(_ties(material, report, media), tuple(file_hashes(material.report_id, report.files)), _words(material, report))


def _said(ties: tuple[Tie, ...], hashes: tuple[FileHashRow, ...], words: str) -> Said:
    whole = msgspec.msgpack.encode((ties, hashes, words))
    return Said(ties, hashes, words, hashlib.blake2b(whole, digest_size=16).digest())


def judge(material: Material, lists: ListAnswers, rules: priority.RuleSet) -> Judged:
    around = material.around
    report, media = _opened(material)
    place_of = _place_of(material)
    card = around.card
    same_place = card is not None and (around.score_only or card.place_of == place_of)
    location = location_from_bytes(card.location) if card is not None and same_place else locate.locate(report, media)
    ties = links_from_bytes(card.links) if card is not None and around.score_only else _links(material, report)
    score, clocks = SET_APART, tuple[Clock, ...]()
    if not material.cleared:
        score = _score(material, report, media, location, ties, lists, rules)
        clocks = tuple(sorted((*priority.clocks(report), *around.clocks), key=lambda clock: (clock.due, clock.name)))
    return Judged(
        location=card.location if card is not None and same_place else card_to_bytes(location),
        score=card_to_bytes(score),
        clocks=card_to_bytes(clocks),
        links=card_to_bytes(ties),
        place_of=card.place_of if card is not None and same_place else place_of,
        rescore_at=score.rescore_at,
        tied=None if around.score_only else _tied(material, ties),
        band=score.band,
        risk=round(score.risk * 10),
        actionability=round(score.actionability * 10),
        due=_due(clocks),
        due_last=_due_last(clocks),
        flags=score.flags,
        esp=report.esp,
        incident_type=report.incident_type,
        office=location.office,
        province=location.province,
        in_pakistan=location.in_pakistan,
        received=seconds(report.received.utc) if report.received else None,
        received_estimated=report.received_estimated,
        files=len(report.files),
        files_present=sum(1 for f in report.files if f.occurrence),
    )


def rejudge(material: Material, lists: ListAnswers, rules: priority.RuleSet) -> Moved:
    """As a card would be under other rules, by the place and ties of the stored one."""
    card = material.around.card
    if card is None or material.cleared:
        return None
    report, media = _opened(material)
    location = location_from_bytes(card.location) if material.around.score_only else locate.locate(report, media)
    ties = links_from_bytes(card.links) if material.around.score_only else _links(material, report)
    score = _score(material, report, media, location, ties, lists, rules)
    return score.band, score.risk


def say_all(work: Work) -> list[Said]:
    """Returns what each report says; of one that can't be read only its numbers."""
    return [_said_or_not(material) for material in work.materials]


def judge_all(work: Work, rules: priority.RuleSet) -> list[Judged]:
    """Returns the card of each report; NOT_JUDGED for one on which judging fails."""
    return [_judged_or_not(material, work.lists, rules) for material in work.materials]


def rejudge_all(work: Work, rules: priority.RuleSet) -> list[Moved]:
    """Returns band and risk that each card would have; those of NOT_JUDGED for a report on which judging fails."""
    return [_moved_or_not(material, work.lists, rules) for material in work.materials]


def _said_or_not(material: Material) -> Said:
    try:
        return say(material)
    except Exception as error:  # of a hostile report: MemoryError and RecursionError too
        return Said((), (), "\n".join(material.aliases), NOT_SAID, _fault_of(error))


def _judged_or_not(material: Material, lists: ListAnswers, rules: priority.RuleSet) -> Judged:
    if material.unsaid and not material.cleared:
        return _not_judged(material, None)
    try:
        return judge(material, lists, rules)
    except Exception as error:
        return _not_judged(material, _fault_of(error))


def _moved_or_not(material: Material, lists: ListAnswers, rules: priority.RuleSet) -> Moved:
    try:
        return rejudge(material, lists, rules)
    except Exception:
        return priority.NOT_JUDGED.band, priority.NOT_JUDGED.risk


def _fault_of(error: Exception) -> Fault:
    """The message is left out: it may quote the report."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    at = "unknown" if last is None else f"{Path(last.tb_frame.f_code.co_filename).stem}.{last.tb_lineno}"
    return Fault(type(error).__name__.lower(), at.lower().lstrip("_<"))


def _not_judged(material: Material, fault: Fault | None) -> Judged:
    """`place_of` None: nothing of this card is kept when the report is judged again. Clocks that people started go on."""
    clocks = () if material.cleared else tuple(sorted(material.around.clocks, key=lambda clock: (clock.due, clock.name)))
    score = SET_APART if material.cleared else priority.NOT_JUDGED
    return Judged(
        location=card_to_bytes(_NO_LOCATION),
        score=card_to_bytes(score),
        clocks=card_to_bytes(clocks),
        links=card_to_bytes(()),
        place_of=None,
        rescore_at=None,
        tied={},
        band=score.band,
        risk=0,
        actionability=0,
        due=_due(clocks),
        due_last=_due_last(clocks),
        flags=score.flags,
        esp=None,
        incident_type=None,
        office=_NO_LOCATION.office,
        province=None,
        in_pakistan=None,
        received=None,
        received_estimated=False,
        files=0,
        files_present=len(material.occurrences),
        fault=fault,
    )


def seconds(utc: str) -> int:
    """Returns the whole seconds since 1970, rounded down: as a float the last second of year 9999 would be of year 10000."""
    return (parse_utc(utc) - _EPOCH) // timedelta(seconds=1)


def _opened(material: Material) -> tuple[Report, dict[str, MediaFacts]]:
    report = merge([document_from_json(document) for document in material.documents], material.occurrences)
    return report, {sha256: facts_from_bytes(facts) for sha256, facts in material.facts.items()}


def _ties(material: Material, report: Report, media: dict[str, MediaFacts]) -> tuple[Tie, ...]:
    when = report.incident_time or report.received
    day = seconds(when.utc) // 86_400 if when else None
    keys: set[Tie] = {(k.kind, k.value, k.strength, day) for k in links.tie_keys(report, media)}
    viral = {f"sha256:{f.occurrence.sha256}" for f in report.files if f.occurrence} - {value for _, value, _, _ in keys}
    keys |= {(SPREAD, value, 0, day) for value in viral}
    keys |= {("report", number, OWN_NUMBER, day) for number in material.aliases}
    keys |= {(OTHERS, f"{kind} {value}", 0, day) for kind, value in links.others_keys(report)}
    keys |= {(kind, value, 0, day) for kind, value in ((CONTENT, _content(report)), (EVENT, _event(report))) if value}
    keys |= sentence_keys(report, material.number)
    return tuple(sorted(keys, key=lambda tie: tie[:3]))


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


def _words(material: Material, report: Report) -> str:
    words: list[str] = [*material.aliases, report.esp or "", report.incident_type or ""]
    for identifier in report.identifiers:
        words += [identifier.value, identifier.normalised or ""]
    for file in report.files:
        words += [file.entry.name or "", file.entry.original_name or "", *(v for _, v in file.entry.declared)]
        if file.occurrence:
            words += [file.occurrence.md5, file.occurrence.sha1, file.occurrence.sha256]
    words += [text.text for text in report.free_text]
    return "\n".join(w for w in words if w)


def _place_of(material: Material) -> bytes:
    """What the location rests on: the report's documents and media, and the tables and rules of place of this program."""
    whole = (locate.edition(), material.documents, material.occurrences, sorted(material.facts.items()))
    return hashlib.blake2b(msgspec.msgpack.encode(whole), digest_size=16).digest()


def _links(material: Material, report: Report) -> tuple[Link, ...]:
    around = material.around
    keys = {(kind, value): TieKey(kind=kind, value=value, strength=strength) for kind, value, strength, _ in around.ties}
    days = {(kind, value): day for kind, value, _, day in around.ties}
    shared: dict[TieKey, list[str]] = {}
    apart: dict[str, int] = {}
    for kind, value, other, others_day in around.shared:
        number, day = around.numbers[other], days[kind, value]
        shared.setdefault(keys[kind, value], []).append(number)
        if day is not None and others_day is not None:
            apart[number] = abs(day - others_day)
    found = links.judge([key for key in keys.values() if key.kind not in UNLINKED], shared, apart)
    of_users = _on_the_same_user(material, report)
    return tuple(
        link if link.report_id in of_users or link.via in _OF_NOBODY else replace(link, same_user=False) for link in found
    )


def _on_the_same_user(material: Material, report: Report) -> set[str]:
    """Other reports, by number, that share something which is the reported user's both here and there."""
    around, own = material.around, links.user_keys(report)
    return {
        around.numbers[other]
        for kind, value, other, _ in around.shared
        if (kind, value) in own and (kind, value, other) not in around.others_hold
    } | {around.numbers[other] for kind, _, other, _ in around.shared if kind == "report"}


def _tied(material: Material, ties: Sequence[Link]) -> dict[int, int]:
    ids = {number: other for other, number in material.around.numbers.items()}
    tied: dict[int, int] = {}
    for link in ties:
        other = ids[link.report_id]
        tied[other] = max(link.strength, tied.get(other, 0))
    return tied


def _score(
    material: Material,
    report: Report,
    media: dict[str, MediaFacts],
    location: Location,
    ties: tuple[Link, ...],
    lists: ListAnswers,
    rules: priority.RuleSet,
) -> ScoreCard:
    around = material.around
    hits = [hit for found in lists.of_files(report.files) for hit in found]
    of_people = {link.report_id for link in ties if link.same_user and link.via not in _OF_NOBODY}
    counted = (of_people | set(report.prior_reports)) - around.not_counted
    surroundings = Surroundings(
        links=ties,
        prior_reports=_distinct(material, counted),
        not_counted=tuple(sorted(around.not_counted)),
        shared_files=len(around.spread),
        spread=max(around.spread, default=0),
        lists_checked=lists.checked,
        hits=tuple(sorted(hits, key=lambda h: (h.sha256, h.list_name, h.hash_kind, h.distance or 0, h.category or "", h.says))),
        verdicts=around.verdicts,
        recurring_sentences=around.recurring,
    )
    return priority.score(report, location, media, surroundings, rules)


def _distinct(material: Material, numbers: set[str]) -> int:
    """Other reports, those of one event as one, and none of the event that this report tells of itself."""
    around = material.around
    ids = {number: other for other, number in around.numbers.items()}
    of = {around.events.get(ids[number], number) if number in ids else number for number in numbers}
    return len(of - {around.events.get(material.report_id)})


def _due_last(clocks: Sequence[Clock]) -> int | None:
    return max((UNTIL_DONE if clock.name in DUTIES else seconds(clock.due) for clock in clocks), default=None)


def _due(clocks: Sequence[Clock]) -> tuple[int, str] | None:
    return min(((seconds(clock.due), clock.name) for clock in clocks), default=None)

"""What the product concludes, always with reasons: place, links, score, clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from triage.message import NOTHING, Message
from triage.model.match_way import HashKind, MatchWay

Of = Literal["suspect", "victim", "complainant", "recipient", "associated", "picture", "incident", "mentioned"]
Band = Literal["A", "B", "C", "D", "E"]
BANDS: tuple[Band, ...] = ("A", "B", "C", "D", "E")
"""The gravest first, as rows number them."""
Verdict = Literal["agree", "means nothing", "cannot tell"]
VERDICTS: tuple[Verdict, ...] = ("agree", "means nothing", "cannot tell")
"""What a person may say of one factor of a score card."""
CorrectionState = Literal["applied", "recorded", "waits for a lead", "stale", "replaced", "child lane"]
"""What a correction does on the present card. "recorded" counts nothing; "child lane": nothing there is lowered by hand."""


class PlaceEvidence(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One item of location evidence.

    `weight` speaks for Pakistan when positive, against it when negative. A weight of 0 only chooses an office. `why` says what
    the item rests on. `against` says what speaks against the item, and is empty when nothing does.
    """

    kind: str
    value: str
    of: Of
    says: Message
    weight: int
    why: Message
    against: Message = NOTHING
    province: str | None = None
    district: str | None = None
    country: str | None = None


def name_band(number: int) -> Band:
    """Returns the band that a stored number means. One that means none is A: such a report is to be read first."""
    return BANDS[number] if 0 <= number < len(BANDS) else BANDS[0]


class PersonPlace(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The location verdict for the reported user, the victim, the image or the incident: the sum of the weights of that one.

    The incident has one only when the report states its location.
    """

    of: Of
    in_pakistan: bool | None
    verdict: Literal["yes", "likely", "unclear", "no"]
    total: int
    province: str | None


def find_decider(people: Iterable[PersonPlace], verdict: str) -> PersonPlace | None:
    """Returns the one whose own sum gives the report's verdict, the strongest first; None when all evidence together does."""
    same = [place for place in people if place.verdict == verdict and verdict != "unclear"]
    return max(same, key=lambda place: abs(place.total), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """The location verdict of a report.

    `in_pakistan` is True, False or None (unclear). `office` is an id of offices.toml or "HQ".
    """

    evidence: tuple[PlaceEvidence, ...]
    in_pakistan: bool | None
    verdict: Literal["yes", "likely", "unclear", "no"]
    total: int
    province: str | None
    district: str | None
    office: str
    office_why: Message
    by_person: tuple[PersonPlace, ...]
    foreign: tuple[str, ...] = ()
    """ISO codes of other countries involved."""


class LinkKey(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A value that two reports may share.

    `value` is normalised, and `strength` is 1 to 100.

    A strong key links two reports alone. Weak keys link them only together.
    """

    kind: str
    value: str
    strength: int


class Link(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A link to another report: the shared value, and a strength of 1 to 100."""

    report_id: str
    via: str
    value: str
    strength: int
    same_user: bool = True
    """Whether what is shared is the reported user's in both reports; a shared victim or recipient is a tie, but no earlier report
    on that user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHit:
    """A hash of this report that a hash list holds.

    `tier` is exact, near or possible.

    `list_kind` is what the entry counts as under the list's profile. `sha256` is that of the bytes, else the strongest hash that
    the source declared. `says` is what the list states about the entry, for people (series, victim identified ...).
    """

    list_name: str
    list_kind: str
    added: str
    sha256: str
    hash_kind: HashKind
    tier: str
    category: str | None
    way: MatchWay | None = None
    """How an image matches; None for the same bytes."""
    says: Message = NOTHING
    quality: int | None = None
    """PDQ's, of this report's picture; a list says nothing of its own."""
    value: str = ""
    """The list's hash in hex, when it is a picture's."""
    held: bool = False
    """The hash matches so many that it is held for review, and no lead has confirmed it."""
    joined: bool = False
    """A person said that they are the same."""

    @property
    def distance(self) -> int | None:
        """Returns the differing bits, or None for the same bytes."""
        return None if self.way is None else self.way.distance

    @property
    def counts(self) -> bool:
        """Returns whether scores and verdicts may use the hit."""
        return self.tier != "possible" and not self.held


class Factor(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One rule that applied: its points, the field and value it read, why, and the axis it counts for."""

    rule: str
    points: float
    field: str
    value: Message
    why: Message
    axis: Literal["risk", "actionability", "floor", "note"]
    band: Band | None = None
    """The minimum band that a floor holds."""
    taken_out: int | None = None
    """The correction by which the factor counts nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person said of the judgement: of the factor of one rule, or of the band. It is undone only by people.

    `value` is what the factor looked at, as the person saw it. `basis` are (rule, value) on which the correction rests: of a
    factor its own, of a lowered band all that spoke for risk. A correction whose basis has changed is stale.
    """

    id: int
    rule: str | None
    verdict: Verdict | None
    band: Band | None
    lowers: bool
    """The band was lowered, and not raised."""
    value: str
    basis: tuple[tuple[str, str], ...]
    reason: str
    by: str
    made: str
    needs_second: bool
    """It takes out a minimum band, or lowers below one: it counts only when a second person confirmed it."""
    confirmed: str | None = None
    confirmed_by: str | None = None
    """None with `confirmed` set: the store had one user then."""

    @property
    def effective(self) -> bool:
        """Whether nobody else has to agree first."""
        return not self.needs_second or self.confirmed is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCorrection:
    """A correction that was not undone, as the card shows it. `says` is one sentence: by whom, when, why, and what it does."""

    id: int
    rule: str | None
    verdict: Verdict | None
    band: Band | None
    value: str
    by: str
    made: str
    reason: str
    confirmed_by: str | None
    state: CorrectionState
    says: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCard:
    """Risk and actionability (0 to 100, one decimal), a band, and all reasons.

    The card is a function of the stored reports, hash lists and corrections, never of their order of arrival.
    """

    band: Band
    risk: float
    actionability: float
    factors: tuple[Factor, ...]
    would_change_if: tuple[Message, ...]
    flags: tuple[str, ...]
    """Short words for the queue ("escalated", "victim in Pakistan", "child lane" ...); screens translate them."""
    rules: str
    """Version and short hash of the rules that made it."""
    rescore_at: str | None = None
    near: tuple[Band, ...] = ()
    """Bands in which the report would stand if every point of risk were a tenth more or less; empty for a stable card."""
    corrections: tuple[CardCorrection, ...] = ()
    """What people said of this card, the oldest first."""


class Clock(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A deadline.

    `due` is ISO 8601 UTC, and `basis` says what it is counted from and how certain that is.
    """

    name: str
    due: str
    basis: Message
    estimated: bool = False
    duty: bool = False
    """A person has to do it: after its time it is overdue, while data that ran out may be gone."""


OFFICER_DECIDES = Message("Officer decides.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LawSuggestion:
    """A section of law that may apply, or was examined and does not (`offered` False).

    An officer decides.

    `certainty` says how sure it is that the section holds as stated: "certain", "probable", "unverified". `investigators` say who
    may investigate since when.
    """

    act: str
    section: str
    title: str
    offered: bool
    why: Message
    certainty: str
    holds_from: str
    holds_until: str | None
    source: str
    investigators: tuple[str, ...]
    note: Message = OFFICER_DECIDES
    only_marked: bool = False
    """It rests on marks of the provider alone, and on no act that the report states. Papers for a court leave it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the rest of the store knows about one report, so that `priority` needs no store."""

    links: tuple[Link, ...] = ()
    prior_reports: int = 0
    """Distinct other events of linked reports on the same reported user. Those cleared or closed as no offence are left out."""
    named_only: int = 0
    """Reports that the source names as earlier ones on the reported user, and that are not linked with this one."""
    same_telephone: int = 0
    """Distinct other events that share a telephone number of the reported user, and nothing that identifies the user."""
    not_counted: tuple[str, ...] = ()
    """Numbers of reports on the same reported user that were left out."""
    shared_files: int = 0
    """Files of this report that stand in other reports too."""
    spread: int = 0
    """In how many other reports the most widespread file of this one stands."""
    lists_checked: tuple[tuple[str, str], ...] = ()
    """(name, date) of each hash list that was asked."""
    hits: tuple[ListHit, ...] = ()
    verdicts: tuple[tuple[str, str], ...] = field(default=())
    """(sha256, verdict) given by people."""
    recurring_sentences: frozenset[str] = frozenset()
    """Fingerprints of sentences of this report that recur over many reports of its provider."""
    corrections: tuple[Correction, ...] = ()
    """What people said of the judgement of this report and nobody undid, by id."""

"""What the product concludes, always with reasons: place, links, score, clocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from triage.message import NOTHING, Message
from triage.model.match_way import HashKind, MatchWay

Of = Literal["suspect", "victim", "recipient", "associated", "picture", "incident", "mentioned"]
Band = Literal["A", "B", "C", "D", "E"]
BANDS: tuple[Band, ...] = ("A", "B", "C", "D", "E")
"""The gravest first, as rows number them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceEvidence:
    """One piece of evidence of place. `weight` is for Pakistan when positive, against when negative, 0 when it only routes.

    `why` says what it rests on; `against` what speaks against it (empty when nothing does).
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPlace:
    """The verdict for one of reported user, victim and picture: the sum of that one's printed weights."""

    of: Of
    in_pakistan: bool | None
    verdict: Literal["yes", "likely", "unclear", "no"]
    total: int
    province: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """`in_pakistan` of the report as a whole: True, False or None (unclear). `office` is an id of offices.toml or "HQ"."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TieKey:
    """Something two reports may share. `value` is normalised; `strong` keys tie alone, weak ones only together."""

    kind: str
    value: str
    strength: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A tie to another report, with what it rests on and a strength of 1 to 100."""

    report_id: str
    via: str
    value: str
    strength: int
    same_user: bool = True
    """Whether what is shared is the reported user's in both reports; a shared victim or recipient is a tie, but no earlier report
    on that user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHit:
    """A hash of this report found in a hash list. `tier` exact, near or possible; `distance` for the latter two.

    `list_kind` is what the entry counts as under the list's profile. `sha256` is that of the bytes, else the strongest hash
    that the source declared. `says` is what the list states of the entry, for people (series, victim identified ...).
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
        """In bits; None for the same bytes."""
        return None if self.way is None else self.way.distance

    @property
    def counts(self) -> bool:
        """Whether scores and verdicts may use it."""
        return self.tier != "possible" and not self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One rule that applied: its points, the field and value it looked at, why, and whether it counts for risk or action."""

    rule: str
    points: float
    field: str
    value: Message
    why: Message
    axis: Literal["risk", "actionability", "floor", "note"]
    band: Band | None = None
    """The minimum band that a floor holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCard:
    """Two numbers of 0 to 100 with one decimal, a band, and all reasons. A function of the stored set, never of arrival."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Something that runs out. `due` is ISO 8601 UTC; `basis` says from what it runs and how sure that is."""

    name: str
    due: str
    basis: Message
    estimated: bool = False


OFFICER_DECIDES = Message("Officer decides.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LawSuggestion:
    """A section that may apply, or one that was looked at and does not (`offered` False). An officer decides.

    `certainty` is how sure it is that the section holds as stated: "certain", "probable", "unverified". `investigators` names the
    one body that may investigate today, or none when the table names none.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the rest of the store says of one report; handed to `priority` so that it needs no store."""

    links: tuple[Link, ...] = ()
    prior_reports: int = 0
    """Distinct other events in the store on the same reported user, those that were cleared or closed as no offence left out."""
    same_telephone: int = 0
    """Distinct other events that share a telephone number of the reported user, and nothing that identifies the user."""
    not_counted: tuple[str, ...] = ()
    """Numbers of reports that were left out."""
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

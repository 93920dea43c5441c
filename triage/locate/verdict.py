"""From pieces to printed weights, sums, verdicts and provinces. A verdict is the sum of printed weights and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from triage.locate.phone import NATIONAL_LANDLINE
from triage.locate.piece import Piece
from triage.locate.rules import DECIDING, Verdict, rules
from triage.message import Message, join
from triage.model.judgement import Of, PersonPlace, PlaceEvidence

_ORDER: tuple[Of, ...] = ("suspect", "victim", "picture", "recipient", "associated", "incident", "mentioned")
_RANK: dict[Verdict, int] = {"no": 0, "unclear": 1, "likely": 2, "yes": 3}
IN_PAKISTAN: dict[Verdict, bool | None] = {"yes": True, "likely": True, "unclear": None, "no": False}


def settle(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The pieces with the points that count, in an order that depends on nothing but themselves.

    Strongest first: the same source counts once, a group up to its cap, everything against one person up to
    `verdict.most_against`, and those who do not decide hardly at all.
    """
    spent: dict[tuple[Of, str, bool], int] = defaultdict(int)
    seen: set[tuple[Of, str, str]] = set()
    out = []
    for piece in sorted(set(pieces), key=_key):
        points = int(piece.points * rules().share[piece.of] / 100)
        repeated = (piece.of, piece.group, piece.source) in seen
        seen.add((piece.of, piece.group, piece.source))
        counted = 0 if repeated else _within_caps(piece, points, spent)
        out.append(_printed(piece, counted, repeated=repeated))
    return tuple(out)


def _key(piece: Piece) -> tuple[object, ...]:
    return (
        _ORDER.index(piece.of), -abs(piece.points), -piece.points, piece.kind, piece.value, piece.rule, piece.says, piece.why,
        piece.against, piece.source, piece.province or "", piece.district or "", piece.country or "",
    )  # fmt: skip


def _within_caps(piece: Piece, points: int, spent: dict[tuple[Of, str, bool], int]) -> int:
    positive = points > 0
    group = rules().groups[piece.group]
    rooms = [(piece.group, group.most_for if positive else group.most_against)]
    if piece.of not in DECIDING:
        others = rules().others
        rooms.append(("", others.most_for if positive else others.most_against))
    elif not positive:
        rooms.append(("", rules().verdict.most_against))
    size = min([abs(points), *(room - spent[piece.of, name, positive] for name, room in rooms)])
    for name, _ in rooms:
        spent[piece.of, name, positive] += size
    return size if positive else -size


def _printed(piece: Piece, counted: int, *, repeated: bool) -> Piece:
    if counted == piece.points:
        return piece
    if repeated:
        note = Message("It repeats other evidence in this list and counts once.")
    elif piece.of not in DECIDING:
        note = Message("It is not about the reported user, the victim or an image, so it counts little or not at all.")
    else:
        note = Message("Alone it would count {points}; evidence of one kind counts only up to a limit.", points=piece.points)
    return replace(piece, points=counted, why=join(piece.why, note), votes=0 if repeated else piece.votes)


def printed(pieces: Sequence[Piece]) -> tuple[PlaceEvidence, ...]:
    return tuple(
        PlaceEvidence(
            kind=p.kind,
            value=p.value,
            of=p.of,
            says=p.says,
            weight=p.points,
            why=p.why,
            against=p.against,
            province=p.province,
            district=p.district,
            country=p.country,
        )
        for p in pieces
    )


def verdict(pieces: Sequence[Piece]) -> tuple[Verdict, int]:
    """The verdict on these pieces, and their sum. "no" needs evidence against and none for Pakistan; language neither places
    anyone nor keeps anyone from being elsewhere, so it does not stand in the way."""
    total = sum(p.points for p in pieces)
    limits = rules().verdict
    if total >= limits.yes:
        return "yes", total
    if total >= limits.likely:
        return "likely", total
    if total <= limits.no and not any(p.points > 0 and p.group != "language" for p in pieces):
        return "no", total
    return "unclear", total


def by_person(pieces: Sequence[Piece], present: Iterable[Of]) -> tuple[PersonPlace, ...]:
    """For reported user, victim and picture: whoever has evidence, or is `present` in the report without any."""
    there = set(present)
    out = []
    for of in DECIDING:
        own = [p for p in pieces if p.of == of]
        if not own and of not in there:
            continue
        found, total = verdict(own)
        named = province(own)[0] if found != "no" else None
        out.append(PersonPlace(of=of, in_pakistan=IN_PAKISTAN[found], verdict=found, total=total, province=named))
    return tuple(out)


def overall(pieces: Sequence[Piece], people: Sequence[PersonPlace]) -> tuple[Verdict, int]:
    """For the report: what the sum of all says, but never less than its reported user, victim or picture alone.

    A child in Pakistan is not weighed away by a reported user abroad.
    """
    found, total = verdict(pieces)
    placed = [p.verdict for p in people if IN_PAKISTAN[p.verdict]]
    return max([found, *placed], key=lambda v: _RANK[v]), total


def province(pieces: Sequence[Piece]) -> tuple[str | None, str | None]:
    """The province that the pieces name clearly, and a district in it, or None. Caps play no part: the more pieces name a
    place, the clearer it is. A landline without a country code names one only where the others say Pakistan by themselves."""
    others = [p for p in pieces if p.rule != NATIONAL_LANDLINE]
    if not IN_PAKISTAN[verdict(others)[0]]:
        pieces = others
    provinces: dict[str, int] = defaultdict(int)
    districts: dict[tuple[str, str], int] = defaultdict(int)
    for p in pieces:
        if p.province and p.votes:
            provinces[p.province] += p.votes
            if p.district:
                districts[p.province, p.district] += p.votes
    named = _clearest(provinces)
    if named is None:
        return None, None
    within = {district: points for (pr, district), points in districts.items() if pr == named}
    return named, _clearest(within)


def _clearest(points: dict[str, int]) -> str | None:
    ranked = sorted(points.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < rules().verdict.province:
        return None
    if len(ranked) > 1 and ranked[0][1] < 2 * ranked[1][1]:
        return None
    return ranked[0][0]

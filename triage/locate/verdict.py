"""Turns evidence into printed weights, sums, verdicts and provinces. A verdict is the sum of printed weights and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from msgspec.structs import replace

from triage.locate.evidence import Evidence
from triage.locate.phone import NATIONAL_LANDLINE
from triage.locate.rules import DECIDING, INCIDENT_POSITIONS, Verdict, read_rules
from triage.message import Message, join
from triage.model.judgement import Of, PersonPlace, PlaceEvidence

_ORDER: tuple[Of, ...] = (
    "suspect", "victim", "complainant", "picture", "recipient", "associated", "incident", "mentioned",
)  # fmt: skip
_RANK: dict[Verdict, int] = {"no": 0, "unclear": 1, "likely": 2, "yes": 3}
INCIDENT: Of = "incident"
IN_PAKISTAN: dict[Verdict, bool | None] = {"yes": True, "likely": True, "unclear": None, "no": False}


def settle(items: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Returns the evidence with the points that count, in an order that depends on nothing else.

    The strongest comes first. The same source counts once, and a group counts up to its cap. All that speaks against one person
    counts up to `verdict.most_against`. Those who do not decide count little.
    """
    spent: dict[tuple[Of, str, bool], int] = defaultdict(int)
    seen: set[tuple[Of, str, str]] = set()
    out = []
    for item in _sort_different(items):
        points = item.points if counts_whole(item) else int(item.points * read_rules().share[item.of] / 100)
        repeated = (item.of, item.group, item.source) in seen
        seen.add((item.of, item.group, item.source))
        counted = 0 if repeated else _limit_points(item, points, spent)
        out.append(_explain_points(item, counted, repeated=repeated))
    return tuple(out)


def _sort_different(items: Iterable[Evidence]) -> list[Evidence]:
    """Returns each item once, in order. Only items of equal keys are compared: hashing their words takes longer than sorting."""
    keyed = sorted(((_make_sort_key(item), item) for item in items), key=itemgetter(0))
    found: list[Evidence] = []
    for _, same in groupby(keyed, key=itemgetter(0)):
        different: list[Evidence] = []
        for _, item in same:
            if item not in different:
                different.append(item)
        found += different
    return found


def counts_whole(item: Evidence) -> bool:
    """Returns whether evidence decides: on one of DECIDING, or a stated location of the incident."""
    if item.of in DECIDING:
        return True
    return item.of == "incident" and (item.rule in INCIDENT_POSITIONS or (item.kind == "address" and item.points != 0))


def _make_sort_key(item: Evidence) -> tuple[object, ...]:
    return (
        _ORDER.index(item.of), -abs(item.points), -item.points, item.kind, item.value, item.rule, item.says, item.why,
        item.against, item.source, item.province or "", item.district or "", item.country or "",
    )  # fmt: skip


def _limit_points(item: Evidence, points: int, spent: dict[tuple[Of, str, bool], int]) -> int:
    positive = points > 0
    group = read_rules().groups[item.group]
    rooms = [(item.group, group.most_for if positive else group.most_against)]
    if not counts_whole(item):
        others = read_rules().others
        rooms.append(("", others.most_for if positive else others.most_against))
    elif not positive:
        rooms.append(("", read_rules().verdict.most_against))
    size = min([abs(points), *(room - spent[item.of, name, positive] for name, room in rooms)])
    for name, _ in rooms:
        spent[item.of, name, positive] += size
    return size if positive else -size


def _explain_points(item: Evidence, counted: int, *, repeated: bool) -> Evidence:
    if counted == item.points:
        return item
    if repeated:
        note = Message("It repeats other evidence in this list and counts once.")
    elif not counts_whole(item):
        note = Message("It is not about the reported user, the victim or an image, so it counts little or not at all.")
    else:
        note = Message("Alone it would count {points}; evidence of one kind counts only up to a limit.", points=item.points)
    return replace(item, points=counted, why=join(item.why, note), votes=0 if repeated else item.votes)


def print_evidence(items: Sequence[Evidence]) -> tuple[PlaceEvidence, ...]:
    """Returns the evidence as it is printed and stored."""
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
        for p in items
    )


def judge(items: Sequence[Evidence]) -> tuple[Verdict, int]:
    """Returns the verdict on the evidence, and its sum.

    "no" needs evidence against Pakistan and none for it. Language does not count as evidence for it here.
    """
    total = sum(p.points for p in items)
    limits = read_rules().verdict
    if total >= limits.yes:
        return "yes", total
    if total >= limits.likely:
        return "likely", total
    if total <= limits.no and not any(p.points > 0 and p.group != "language" for p in items):
        return "no", total
    return "unclear", total


def judge_people(items: Sequence[Evidence], present: Iterable[Of]) -> tuple[PersonPlace, ...]:
    """Returns the verdicts for those of DECIDING with evidence, or `present` in the report without any.

    The incident has a verdict when the report states its location.
    """
    there = set(present)
    out = []
    for of in (*DECIDING, INCIDENT):
        own = [p for p in items if p.of == of]
        if of == INCIDENT and not any(counts_whole(p) for p in own):
            continue
        if not own and of not in there:
            continue
        found, total = judge(own)
        named = find_province(own)[0] if found != "no" else None
        out.append(PersonPlace(of=of, in_pakistan=IN_PAKISTAN[found], verdict=found, total=total, province=named))
    return tuple(out)


def judge_report(items: Sequence[Evidence], people: Sequence[PersonPlace]) -> tuple[Verdict, int]:
    """Returns the report's verdict and sum: what all evidence says, but never less than one of `people` alone.

    A child in Pakistan is not weighed away by a reported user abroad.
    """
    found, total = judge(items)
    placed = [p.verdict for p in people if IN_PAKISTAN[p.verdict]]
    return max([found, *placed], key=lambda v: _RANK[v]), total


def find_province(items: Sequence[Evidence]) -> tuple[str | None, str | None]:
    """Returns the province that the evidence names clearly, and a district in it, or None.

    Caps play no part: the more often a place is named, the clearer it is. A landline without a country code names a province only
    where the other evidence says Pakistan by itself.
    """
    others = [p for p in items if p.rule != NATIONAL_LANDLINE]
    if not IN_PAKISTAN[judge(others)[0]]:
        items = others
    provinces: dict[str, int] = defaultdict(int)
    districts: dict[tuple[str, str], int] = defaultdict(int)
    for p in items:
        if p.province and p.votes:
            provinces[p.province] += p.votes
            if p.district:
                districts[p.province, p.district] += p.votes
    named = _find_clearest(provinces)
    if named is None:
        return None, None
    within = {district: points for (pr, district), points in districts.items() if pr == named}
    return named, _find_clearest(within)


def _find_clearest(points: dict[str, int]) -> str | None:
    ranked = sorted(points.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < read_rules().verdict.province:
        return None
    if len(ranked) > 1 and ranked[0][1] < 2 * ranked[1][1]:
        return None
    return ranked[0][0]

"""Why two are like one another, in a sentence: hash, which part turned how, both distances, what PDQ thinks of both, the list."""

from __future__ import annotations

import re
from collections.abc import Mapping

from triage.jobs.likeness.swept import UNCHECKED
from triage.ui.matches.pair import Pair
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, trn, word
from triage.ui.text.refusals import refusal

TURNS = {
    "upright": mark("upright"),
    "turned left": mark("turned left"),
    "turned half": mark("turned upside down"),
    "turned right": mark("turned right"),
    "flipped": mark("flipped top to bottom"),
    "mirrored": mark("mirrored"),
    "transposed": mark("turned and mirrored"),
    "transversed": mark("turned and mirrored the other way"),
    "film": mark("as videos"),
}
SIDES = {
    "top": mark("top"),
    "bottom": mark("bottom"),
    "left": mark("left"),
    "right": mark("right"),
    "left and right": mark("left and right"),
    "top and bottom": mark("top and bottom"),
    "top left": mark("top left"),
    "top right": mark("top right"),
    "bottom left": mark("bottom left"),
    "bottom right": mark("bottom right"),
}
_SIDE = "|".join(sorted(SIDES, key=len, reverse=True))
PARTS = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"whole", mark("the whole")),
        (r"trimmed|inside the borders", mark("what is inside the borders")),
        (r"photo inside", mark("the photo inside it")),
        (r"centre -(?P<n>\d+) %", mark("the middle, {n} % cut off around it")),
        (rf"(?P<side>{_SIDE}) -(?P<n>\d+) %", mark("the corner {side}, {n} % cut off")),
        (rf"(?P<side>{_SIDE}) cut off, (?P<n>\d+) %", mark("all but {n} % at {side}")),
        (r"square in the middle", mark("the middle, cut to a square")),
        (r"(?P<shape>\d+:\d+) in the middle", mark("the middle, cut to {shape}")),
        (rf"middle towards the (?P<side>{_SIDE})", mark("its middle, further {side}")),
        (r"uneven crop", mark("a part, cut off by another amount at each side")),
        (r"tilted crop", mark("a part, turned back a little")),
        (r"middle turned 3 degrees (?P<side>left|right)", mark("the middle, turned a little to the {side}")),
    )
)
_PART = re.compile(r"(?P<part>.+?) of (?P<whose>this|the other)(?:, |$)")


def variant(text: str) -> Safe:
    """ "turned left, centre -10 % of this" in words."""
    said, rest = [], text
    while (turn := rest.split(", ", 1)[0]) in TURNS:
        said.append(word(TURNS[turn]))
        rest = rest[len(turn) + 2 :]
    while (found := _PART.match(rest)) is not None:
        part = _part(found["part"])
        said.append(tr("of this one {part}", part=part) if found["whose"] == "this" else tr("of the other {part}", part=part))
        rest = rest[found.end() :]
    if rest:
        said.append(isolated(rest))
    return report_words.listed(said)


def _part(text: str) -> Safe:
    for pattern, said in PARTS:
        if (found := pattern.fullmatch(text)) is not None:
            values = {name: word(SIDES[value]) if name == "side" else ltr(value) for name, value in found.groupdict().items()}
            return tr(said, **values)  # tr-ok: marked in PARTS
    return isolated(text)


def tier(pair: Pair) -> Safe:
    """What it counts for now."""
    if pair.joined_by is not None:
        return tr("{name} marked them as the same", name=pair.joined_by)
    if pair.possible:
        return tr("Possible match: not counted until confirmed")
    return tr("Match: it counts until rejected")


NOT_SWEPT = (
    mark("turned, cropped and possible copies: not looked for yet; the sweep does"),
    mark("possible copies: not looked for yet; the sweep does"),
    mark("uneven crops: not looked for yet; the sweep does"),
    mark("turned copies: not looked for yet; the sweep does"),
)
"""Of a file what the sweep has still to do, as the jobs say it."""


def not_checked(missing: str) -> Safe:
    """One of a file's `not_checked`."""
    if missing not in NOT_SWEPT and missing.startswith(UNCHECKED):
        missing = tr("uneven crops: {why}", why=refusal(missing.removeprefix(UNCHECKED)))
    return tr("not checked: {what}", what=word(missing))


def unchecked(pictures: Mapping[str, int]) -> Safe:
    """Of the whole store, why -> how many pictures."""
    why = report_words.listed(refusal(why) for why in pictures)
    n = sum(pictures.values())
    return trn("{n} picture not checked for uneven crops: {why}", "{n} pictures not checked for uneven crops: {why}", n, why=why)


def distances(pair: Pair) -> Safe:
    """Both of them, and out of how many bits: 0 is the same."""
    kind = tr("PDQ of frames, median") if pair.hash == "pdq of frames" else ltr("PDQ")
    first = tr("{hash}: {n} of 256 bits differ", hash=kind, n=pair.distance)
    if pair.second is None:
        return first
    return report_words.listed([first, tr("second hash: {n} of 480 differ", n=pair.second)])


def quality(pair: Pair) -> Safe:
    """A list says nothing of its picture's."""
    here = tr("not measured") if pair.quality is None else tr("{n} of 100", n=pair.quality)
    if pair.list is not None:
        return tr("this one {here}, the list does not say", here=here)
    there = tr("not measured") if pair.other_quality is None else tr("{n} of 100", n=pair.other_quality)
    return tr("this one {here}, the other {there}", here=here, there=there)


def short(pair: Pair) -> Safe:
    """A line of a list: which other, how near, turned how."""
    if pair.list is not None:
        other = tr("{list} of {date}", list=isolated(pair.list), date=ltr(pair.list_date or ""))
    else:
        other = ltr(pair.other_report or pair.other[:12])
    near = tr("possibly") if pair.possible else tr("distance {n}", n=pair.distance)
    return report_words.listed([other, near, variant(pair.variant)])

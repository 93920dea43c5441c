"""Plans the whole feed from a seed: which reports there are, what they share, and how each document is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import cycle

import numpy as np

from triage_demo.feed.gallery import Gallery
from triage_demo.feed.people import Dice
from triage_demo.feed.pictures import Picture
from triage_demo.feed.records import Report
from triage_demo.feed.stage import Stage
from triage_demo.feed.stories import STORIES, Story

MEMBERS_PER_HUNDRED = 4
MEMBER_SHARE = 0.28
"""Of the stories in which a planted person may appear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A planned feed: its reports and images, and the arguments it was made from."""

    seed: int
    until: datetime
    reports: tuple[Report, ...]
    pictures: tuple[Picture, ...]


def plan(seed: int, reports: int, until: datetime) -> Plan:
    """Plans so many reports that end before `until` (aware), the same for the same arguments."""
    dice = Dice(np.random.default_rng((seed, 1)))
    gallery = Gallery(seed, dice)
    stage = Stage(dice, until, gallery, members=max(2, reports * MEMBERS_PER_HUNDRED // 100))
    cast = cycle(stage.cast)
    told = []
    for turn, story in enumerate(_schedule(reports, dice)):
        stage.begin()
        member = next(cast) if story.members and dice.chance(MEMBER_SHARE) else None
        report = story.tell(stage, member)
        if member is not None:
            report = replace(report, cluster=member.cluster)
            member.seen.append(stage.number)
        told.append(_quirk(report, turn))
    return Plan(seed=seed, until=until, reports=tuple(told), pictures=gallery.pictures)


def _schedule(reports: int, dice: Dice) -> Iterator[Story]:
    """Returns the stories in random order: each by its share, at least once while there is room."""
    counts = [max(1, round(story.share * reports)) for story in STORIES]
    while sum(counts) > reports:
        counts[counts.index(max(counts))] -= 1
    counts[0] += reports - sum(counts)
    chosen = [story for story, count in zip(STORIES, counts, strict=True) for _ in range(count)]
    return (chosen[int(i)] for i in dice.rng.permutation(len(chosen)))


def _quirk(report: Report, turn: int) -> Report:
    """Returns the report, every so often changed in one of the ways of real writers."""
    if report.form == "json":
        return _quirk_json(report, turn)
    if turn % 17 == 3:
        return replace(
            report, extra=(("ageAssertionDiscrepancy", "states two different ages"), ("newElementOf2027", f"kept {turn}"))
        )
    if turn % 17 == 9:
        return replace(report, annotations=(*report.annotations, "informational"))
    if turn % 11 == 5 and not report.files:
        return replace(report, number=None, key=f"unnumbered-{turn:03d}")
    return replace(report, quirks=frozenset({"text flags"})) if turn % 5 == 0 else report


def _quirk_json(report: Report, turn: int) -> Report:
    """Returns a JSON report, every so often changed in one of the ways of real writers, or as a PDF."""
    printable = repr(report).isascii()
    if printable and turn % 3 == 1 and not report.annotations and not report.escalation:
        return _as_pdf(report, "auto-referred" if turn % 6 == 1 else report.designation)
    kinds = ("bom", "nulls", "n/a", "int number", "typed incident")
    quirks = {kinds[turn % 7]} if turn % 7 < len(kinds) else set()
    return replace(report, quirks=frozenset(quirks | ({"pdf too"} if printable and turn % 3 == 0 else set())))


def _as_pdf(report: Report, designation: str | None) -> Report:
    """Returns the report as a PDF alone, without what its pages have no label for."""
    files = tuple(replace(file, relevance=None, legacy_meme=None, tags=()) for file in report.files)
    return replace(report, form="pdf", files=files, designation=designation)

"""Describes in words why two files match."""

from __future__ import annotations

from collections.abc import Mapping

from triage.message import Message
from triage.model.match_way import FRAME_PDQ
from triage.ui.matches.match_pair import MatchPair
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, isolated, ltr, tr, tr_message, trn, word
from triage.ui.text.match_way_words import describe_way


def describe_tier(pair: MatchPair) -> Safe:
    """Returns whether the pair counts as a match now, and who decided that."""
    if pair.joined_by is not None:
        return tr("{name} marked them as the same", name=pair.joined_by)
    if pair.possible:
        return tr("Possible match: not counted until confirmed")
    return tr("Match: it counts until rejected")


def describe_not_checked(missing: Message) -> Safe:
    """Returns in words which check of a file was not made."""
    return tr("not checked: {what}", what=tr_message(missing))


def describe_unchecked(pictures: Mapping[str, int]) -> Safe:
    """Returns how many images of the store were not checked for uneven crops; `pictures` maps reasons to counts."""
    why = report_words.listed(word(why) for why in pictures)
    n = sum(pictures.values())
    return trn("{n} picture not checked for uneven crops: {why}", "{n} pictures not checked for uneven crops: {why}", n, why=why)


def describe_distances(pair: MatchPair) -> Safe:
    """Returns how many bits of each hash differ."""
    way = pair.way
    kind = tr("PDQ of frames, median") if way.hash_kind == FRAME_PDQ else ltr("PDQ")
    first = tr("{hash}: {n} of 256 bits differ", hash=kind, n=way.distance)
    if way.dhash_distance is None:
        return first
    return report_words.listed([first, tr("difference hash: {n} of 480 bits differ", n=way.dhash_distance)])


def describe_quality(pair: MatchPair) -> Safe:
    """Returns the PDQ quality of both images, 0 to 100; a hash list does not state one."""
    here = tr("not measured") if pair.quality is None else tr("{n} of 100", n=pair.quality)
    if pair.list is not None:
        return tr("this one {here}, the list does not say", here=here)
    there = tr("not measured") if pair.other_quality is None else tr("{n} of 100", n=pair.other_quality)
    return tr("this one {here}, the other {there}", here=here, there=there)


def describe_pair(pair: MatchPair) -> Safe:
    """Returns a pair in one line: the other file, the distance and how the images match."""
    if pair.list is not None:
        other = tr("{list} of {date}", list=isolated(pair.list), date=times.calendar_day(pair.list_date or ""))
    else:
        other = ltr(pair.other_report or pair.other[:12])
    near = tr("possibly") if pair.possible else tr("distance {n}", n=pair.way.distance)
    return report_words.listed([other, near, describe_way(pair.way)])

"""Says in words what a cell, a facet or a heading of the gallery stands for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from triage.model.casework import Grade
from triage.model.gallery import (
    ANY_GRADE,
    KINDS,
    NO_OFFICE,
    NO_WARNING,
    SEEN,
    STATES,
    UNCERTAIN,
    VIEWERS,
    FileFacet,
    FileState,
    GalleryCell,
    GalleryHeading,
    GalleryPart,
    GalleryScope,
    Grouping,
)
from triage.ui.kit.keys import find_key
from triage.ui.text import report_words, times
from triage.ui.text.annotation_words import describe_annotation
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, trn, word
from triage.wellbeing import is_kept_away

if TYPE_CHECKING:
    from triage.jobs.reading.gallery_items import GalleryItems

FACETS = {
    FileFacet.STATE: mark("State"),
    FileFacet.GRADE: mark("Grade"),
    FileFacet.KIND: mark("Kind"),
    FileFacet.LIST: mark("Hash list"),
    FileFacet.WARNING: mark("Provider's warning"),
    FileFacet.OFFICE: mark("Office"),
    FileFacet.VIEWER: mark("Viewed by"),
}
STATE_WORDS = dict(
    zip(
        STATES,
        (
            mark("unseen"),
            mark("seen, not graded"),
            mark("graded"),
            mark("second grade open"),
            mark("known"),
            mark("possible match"),
            mark("held hash"),
            mark("on no list"),
            mark("not checked"),
        ),
        strict=True,
    )
)
VIEWER_WORDS = dict(zip(VIEWERS, (mark("me"), mark("somebody else"), mark("nobody")), strict=True))
KIND_WORDS = dict(zip(KINDS, (mark("images"), mark("videos"), mark("other or not readable")), strict=True))
SHORT_GRADES = {
    Grade.ABUSE: mark("Abuse material"),
    Grade.EXPLOITIVE: mark("Exploitative"),
    Grade.AGE_UNCERTAIN: mark("Age uncertain"),
    Grade.ADULT: mark("Adult"),
    Grade.INNOCENT: mark("Innocent"),
    Grade.DRAWING: mark("Drawing or AI"),
    Grade.OTHER: mark("Not pertinent"),
}
"""Short enough for a button; the whole stands in the question and in the list of keys."""
GROUPINGS = {
    Grouping.REPORT: mark("report"),
    Grouping.USER: mark("reported user"),
    Grouping.SERIES: mark("series of near copies"),
    Grouping.LIST: mark("hash list"),
    Grouping.DAY: mark("day received"),
    Grouping.NONE: mark("not grouped"),
}
UNREAD = GalleryHeading(name="…")
"""Stands in while a heading is on its way."""
REST = {
    Grouping.USER: mark("No reported user is named"),
    Grouping.SERIES: mark("Without a near copy"),
    Grouping.LIST: mark("On no hash list"),
    Grouping.DAY: mark("Day not stated"),
}


def describe_value(facet: FileFacet, value: str) -> Safe:
    """Returns a value of a facet in words."""
    if value == NO_OFFICE:
        return tr("no office")
    if value == NO_WARNING:
        return tr("none stated")
    if facet is FileFacet.STATE:
        return word(STATE_WORDS[value])
    if facet is FileFacet.VIEWER:
        return word(VIEWER_WORDS[value])
    if facet is FileFacet.KIND:
        return word(KIND_WORDS[value])
    if facet is FileFacet.WARNING:
        return describe_annotation(value)
    return word(value) if facet is FileFacet.GRADE else ltr(value)


def describe_state(state: FileState, cell: GalleryCell | None, grade: str | None) -> Safe:
    """Returns in a few words what is known of a content: its grade before its matches, and these before views."""
    if state & FileState.GRADED:
        graded = word(grade or "")
        return tr("{grade}, inherited", grade=graded) if state & FileState.INHERITED else graded
    if state & FileState.GRADE_UNREADABLE:
        return tr("grade can't be read")
    if state & FileState.DISAGREE:
        return tr("graders disagree")
    if state & FileState.WAITS:
        return tr("waits for another grader") if state & FileState.MINE else tr("second grade open")
    if cell is not None and cell.conflict:
        return tr("lists disagree")
    if state & FileState.EXACT:
        return tr("known, exact")
    if state & FileState.NEAR:
        return tr("known, near")
    if state & FileState.SEEN_BY_ME:
        return tr("seen, you")
    if state & FileState.SEEN_BY_OTHERS:
        return tr("seen")
    if state & FileState.POSSIBLE:
        return tr("possible match")
    return tr("held hash") if state & FileState.HELD else tr("unseen")


def describe_viewer(state: FileState) -> Safe:
    """Returns who viewed a content unblurred, without a name: what a person viewed is that person's own."""
    if state & FileState.SEEN_BY_ME:
        return tr("you")
    return tr("somebody else") if state & FileState.SEEN_BY_OTHERS else tr("nobody")


def name_mark(state: FileState) -> str:
    """Returns the shape beside the state: full, diamond, half, square or open."""
    if state & ANY_GRADE:
        return "full"
    if state & (FileState.EXACT | FileState.NEAR):
        return "diamond"
    if state & SEEN:
        return "half"
    return "square" if state & UNCERTAIN else "open"


def describe_warnings(current: GalleryCell | None, chosen: list[GalleryCell]) -> list[Safe]:
    """Returns what providers warn of: of the current file by name, of all chosen ones by warning, and how many have none."""
    said = []
    if current is not None and current.warnings:
        what = report_words.listed(describe_annotation(name) for name in current.warnings)
        said.append(tr("{file}: the provider warns of {what}.", file=ltr(current.name), what=what))
    counted = Counter(name for cell in chosen for name in cell.warnings)
    if len(chosen) > 1 and counted:
        what = report_words.listed(Safe(f"{describe_annotation(name)} ({number(n)})") for name, n in counted.most_common())
        said.append(tr("Of all selected: {what}.", what=what))
    rest = sum(not cell.warnings for cell in chosen)
    if rest:
        said.append(
            trn(
                "{n} file: no serious warning stated by the provider.",
                "{n} files: no serious warning stated by the provider.",
                rest,
            )
        )
    return said


def describe_scope(scope: GalleryScope) -> Safe:
    """Returns whose files are shown."""
    return {
        "store": lambda: tr("all reports"),
        "report": lambda: tr("report {report}", report=ltr(scope.name)),
        "case": lambda: tr("case {case}", case=ltr(scope.name)),
        "like": lambda: tr("near copies of {file}", file=ltr(scope.name[:12])),
        "list": lambda: tr("hits of {list}", list=isolated(scope.name)),
        "queue": lambda: tr("the queue as filtered"),
        "waiting": lambda: tr("files with an open grade"),
    }[scope.kind]()


def describe_heading(grouping: Grouping, key: int, heading: GalleryHeading | None) -> Safe:
    """Returns the title of a group."""
    if key < 0:
        return word(REST[grouping])
    if grouping is Grouping.DAY:
        return times.day(date(1970, 1, 1) + timedelta(days=key))
    if heading is None:
        return Safe("…")
    if grouping is Grouping.REPORT:
        return tr("Report {report}", report=ltr(heading.name))
    if grouping is Grouping.SERIES:
        return tr("Series {name}", name=ltr(heading.name))
    return isolated(heading.name)


def describe_counts(media: int, files: int, reports: int) -> Safe:
    """Returns how much a scope holds."""
    return report_words.listed(
        [
            trn("{n} media item", "{n} media items", media),
            trn("{n} file", "{n} files", files),
            trn("{n} report", "{n} reports", reports),
        ]
    )


def describe_items(scope: GalleryScope, items: GalleryItems, kinds: Sequence[str]) -> Safe:
    """Returns whose files are shown, how many they are, and which part. `kinds` are the warnings the person keeps away from."""
    counts = describe_counts(len(items.media), items.files, items.reports)
    whose = describe_scope(scope)
    if items.part is not None:
        whose = tr("{scope}, {part}", scope=whose, part=describe_part(items.part))
    said = tr("{scope}: {counts}", scope=whose, counts=counts)
    return add_kept_away(said, items, kinds)


def describe_part(part: GalleryPart) -> Safe:
    """Returns which reports of a large scope are shown."""
    return tr(
        "reports {first} to {last} of {total}, the gravest first",
        first=number(min(part.start + 1, part.stop)),
        last=number(part.stop),
        total=number(part.total),
    )


def advise_without_files(part: GalleryPart | None) -> Safe:
    """Returns what to do when there are no files."""
    if part is not None:
        keys = {name: find_key("gallery", action).cap for name, action in (("next", "next_part"), ("earlier", "earlier_part"))}
        return tr("These reports hold no files. Go to the next part ({next}) or to the earlier one ({earlier}).", **keys)
    return tr(
        "Files whose content came with a report are shown. Import a bundle, or choose whose files to show: {key}",
        key=find_key("gallery", "scope").cap,
    )


def add_kept_away(said: Safe, items: GalleryItems, kinds: Sequence[str]) -> Safe:
    """Returns the counts with the number of contents that have a warning the person keeps away from."""
    codes = [code for code, name in enumerate(items.warning_names) if is_kept_away((name,), kinds)]
    away = len({int(at) for code in codes for at in items.warnings.item[items.warnings.code == code]})
    if not away:
        return said
    return tr("{said}, {more}", said=said, more=trn("{n} kept away from you", "{n} kept away from you", away))


def describe_copies(files: int, near: int) -> Safe | None:
    """Returns what lies under a cell: further exact copies and near copies, or None."""
    if near > 1:
        return trn("{n} near", "{n} near", near - 1)
    return tr("{n} copies", n=number(files)) if files > 1 else None

"""Facts about the files of a report that may suggest a section."""

from __future__ import annotations

import re
from collections.abc import Callable

from triage.law.context import LawContext, bare
from triage.message import Message, join
from triage.model.moment import format_pakistan_day
from triage.model.report import ReportFile

_UPLOADS = ("upload", "send", "sent", "share", "post", "transmit", "distribut", "download", "store", "save")
_VIEW = re.compile(r"(?<!re)(?<!pre)view|watch|search|brows|visit")
_OPENED = re.compile(
    r"(?:open|access)\w{0,60}(?:file|image|picture|photo|video|media|content|link)|(?:file|image|picture|photo|video|media|content|link)s?(?:open|access)"
)
_MATERIAL_TYPES = ("childpornography", "sexualabusematerial", "csam")
_CLASSES = ("A1", "A2", "B1", "B2")
_CLEARING_GRADES = ("adult", "innocent family or medical picture", "drawing or made by a machine", "not pertinent")
"""Grades given here that go before what a provider or a list states of a file."""
_SELF_MADE = frozenset({"possibleselfproduction", "selfproduced"})
_AMONG_MINORS = "minortominorinteraction"


def find_material(context: LawContext) -> Message | None:
    """Finds a file that was sent or kept, and something beside the incident type that speaks of its content.

    Material that a minor may have made of herself suggests nothing against her: see `find_material_of_minor`.
    """
    return None if find_material_of_minor(context) else _find_held_material(context)


def find_material_of_minor(context: LawContext) -> Message | None:
    """Finds material where the reported user may be the child shown: by marks and ages, never by a guess.

    Returns None where the report states that the reported user is an adult.
    """
    if context.user_is_stated_adult or _find_held_material(context) is None:
        return None
    if context.user_is_stated_minor and _marks_of(context) & (_SELF_MADE | {_AMONG_MINORS}):
        age = min(context.stated_ages("suspect"))
        return Message("The stated age of the reported user is {age}, and marks say that minors made the files.", age=age)
    held = [file for file in context.report.files if _describe_content(context, file) is not None]
    if held and all(_SELF_MADE & {bare(name) for name in file.entry.annotations} for file in held):
        return Message(
            "Each file is marked as possibly made by the child, and no age of an adult is stated for the reported user."
        )
    return None


def find_viewing(context: LawContext) -> Message | None:
    """Finds that somebody is said to have viewed material, where nothing says that material was kept or sent."""
    if not any(word in context.incident_type for word in _MATERIAL_TYPES) or _find_held_material(context):
        return None
    events = [each.event for each in context.report.identifiers if each.event and each.role not in ("reporter", "mentioned")]
    if any(word in bare(event) for event in events for word in _UPLOADS):
        return None
    seen = sorted({event for event in events if _is_viewing(bare(event))})
    if not seen:
        return None
    return Message("Recorded events are {events}; no file is stated to have been kept or sent.", events=tuple(seen))


def find_files_of_access(find_access: Callable[[LawContext], Message | None]) -> Callable[[LawContext], Message | None]:
    """Returns a check for files that came from somebody with access to the child, and that a person here graded as material."""

    def check(context: LawContext) -> Message | None:
        access = find_access(context)
        graded = any(file.occurrence and _find_grade(context, file) for file in context.report.files)
        if access is None or not graded:
            return None
        return join(access, Message("A file that came with the report was graded here as material."))

    return check


def _find_held_material(context: LawContext) -> Message | None:
    for file in context.report.files:
        content = _describe_content(context, file)
        if content is None or _only_viewed(context, file):
            continue
        name = file.entry.original_name or file.entry.name or file.entry.key
        if file.occurrence:
            return Message("File {name}: {content}; its bytes came with the report.", name=name, content=content)
        return Message("File {name}: {content}; the report lists it as uploaded.", name=name, content=content)
    return None


def _describe_content(context: LawContext, file: ReportFile) -> Message | None:
    """Returns what speaks of the content: a grade given here before all others, the provider's class, a hash list."""
    grades = _grades_of(context, file)
    if any(grade in _CLEARING_GRADES for grade in grades):
        return None
    graded = _find_grade(context, file)
    if graded is not None:
        return graded
    if (file.entry.classification or "").strip().upper() in _CLASSES:
        return Message("the provider gave it class {letter}", letter=str(file.entry.classification))
    sha256 = _sha256_of(file)
    for hit in context.surroundings.hits:
        if sha256 and hit.sha256 == sha256 and hit.list_kind == "known":
            return Message("hash list {list} of {day} holds it", list=hit.list_name, day=format_pakistan_day(hit.added))
    if file.entry.viewed_by_esp and any(word in context.incident_type for word in _MATERIAL_TYPES):
        return Message("the provider states that it viewed the file and reports it as such material; nobody here has graded it")
    return None


def _find_grade(context: LawContext, file: ReportFile) -> Message | None:
    for grade in _grades_of(context, file):
        if grade == "abuse material":
            return Message("it was graded here as abuse material")
        if grade == "exploitive":
            return Message("it was graded here as exploitive")
    return None


def _grades_of(context: LawContext, file: ReportFile) -> list[str]:
    sha256 = _sha256_of(file)
    return [grade for graded, grade in context.surroundings.verdicts if sha256 and sha256 == graded]


def _sha256_of(file: ReportFile) -> str:
    return file.occurrence.sha256 if file.occurrence else dict(file.entry.declared).get("sha256", "").casefold()


def _marks_of(context: LawContext) -> set[str]:
    of_files = (name for file in context.report.files for name in file.entry.annotations)
    return {bare(name) for name in (*context.report.annotations, *of_files)}


def _only_viewed(context: LawContext, file: ReportFile) -> bool:
    events = [bare(each.event) for each in context.report.identifiers if each.event and each.file == file.entry.key]
    return bool(events) and all(_is_viewing(each) for each in events)


def _is_viewing(event: str) -> bool:
    """Returns whether an event states that somebody viewed something. A look at one's account or a provider's review is none."""
    return _VIEW.search(event) is not None or _OPENED.search(event) is not None

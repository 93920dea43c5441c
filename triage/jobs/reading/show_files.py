"""Shows the files of one report: what the sources state, what the bytes are, and what is known of them elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from triage.jobs.load import LoadedReport, load_messages
from triage.jobs.reading.show_text import format_facts, format_sources
from triage.jobs.state.grades import load_grade_states
from triage.jobs.state.received_work import load_received_states
from triage.message import NOTHING, Message, join
from triage.model.casework import GRADED, GradeState
from triage.model.exhibits import format_file_exhibit
from triage.model.file_text import FileMessage, FileText, ShowFileText
from triage.model.films import ShowFilm
from triage.model.judgement import ListHit
from triage.model.matches import MatchingFile, NearMatch
from triage.model.media import Exif, MediaFacts
from triage.model.report import ReportFile
from triage.model.views import FileVerdict, ShowFile
from triage.store.database import Reader
from triage.store.queries import media, reports

if TYPE_CHECKING:
    from triage.jobs.matching.groups import FileGroup


DAMAGED_FACTS = Message("what was measured of the file is damaged in the store")


def show_files(
    db: Reader,
    report_id: int,
    loaded: LoadedReport,
    checked: Sequence[tuple[str, str]],
    found: Sequence[Sequence[ListHit]],
    not_counted: Sequence[Sequence[ListHit]],
    users: Mapping[int, str],
) -> tuple[ShowFile, ...]:
    """Returns the files of a report for showing.

    `checked` are the lists of known material, `found` the matches of each file that count, and `not_counted` those that a person
    has to judge.
    """
    from triage.jobs.matching import films
    from triage.jobs.matching.groups import find_group
    from triage.jobs.matching.list_verdict import describe_verdict
    from triage.jobs.matching.sweep_state import list_not_swept
    from triage.jobs.matching.why import list_similar_files

    graded = load_grade_states(db, list(loaded.medium_ids.values()), users)
    holding = media.load_linkable_reports(db, list(loaded.medium_ids.values()))
    number, messages = reports.load_number(db, report_id), load_messages(db, report_id)
    elsewhere = load_received_states(db, report_id, number, users)
    exhibits = _name_exhibits(db, report_id)
    shown = []
    for file, hits, others_said in zip(loaded.report.files, found, not_counted, strict=True):
        sha256 = file.occurrence.sha256 if file.occurrence else None
        medium_id = loaded.medium_ids.get(sha256 or "")
        others = [i for i in holding.get(medium_id or 0, []) if i != report_id]
        measured = loaded.media.get(sha256 or "")
        group = None if medium_id is None else find_group(db, medium_id)
        shown.append(
            _build_file(
                file,
                measured,
                problem=DAMAGED_FACTS.key if sha256 in loaded.damaged_media else "not measured yet",
                film=films.describe_frames(db, medium_id, measured),
                in_films=() if medium_id is None else films.list_video_matches(db, medium_id),
                exhibit=_find_exhibit(exhibits, file),
                file_text=_build_file_text(measured.file_text if measured else None, messages.get(sha256 or "", ())),
                verdict=_add_grade(
                    describe_verdict(checked, hits, measured, others_said),
                    graded.get(medium_id or 0) or elsewhere.get(_own_sha256(file)),
                    number,
                ),
                group=None if group is None or group.held else group,
                held=_describe_held(group),
                seen_in=tuple(reports.load_number(db, i) for i in others),
                alike=() if medium_id is None else list_similar_files(db, medium_id, users),
                not_checked=() if medium_id is None else list_not_swept(db, medium_id),
            )
        )
    return tuple(shown)


def _own_sha256(file: ReportFile) -> str:
    """Returns the SHA-256 of a file's bytes, else the one that the source declared, or ""."""
    return file.occurrence.sha256 if file.occurrence else dict(file.entry.declared).get("sha256", "").lower()


def _name_exhibits(db: Reader, report_id: int) -> dict[tuple[str, str], str]:
    """Returns (SHA-256, name) -> exhibit of the report's files. Under the name "" stands the first file with these bytes."""
    first_number = reports.load_first_number(db, report_id)
    found: dict[tuple[str, str], str] = {}
    for row in media.list_exhibits(db, report_id):
        exhibit = format_file_exhibit(first_number, row.exhibit)
        found[row.sha256, row.name] = exhibit
        found.setdefault((row.sha256, ""), exhibit)
    return found


def _find_exhibit(exhibits: Mapping[tuple[str, str], str], file: ReportFile) -> str | None:
    """Returns the exhibit of a file, or None when its bytes did not come."""
    there = file.occurrence
    return None if there is None else exhibits.get((there.sha256, there.name)) or exhibits.get((there.sha256, ""))


def _describe_held(group: FileGroup | None) -> Message | None:
    """Returns the message for a group that is held for review, or None."""
    if group is None or not group.held:
        return None
    return Message("Held for review: {n} different files are similar to one another; a lead has to decide.", n=group.size)


def _add_grade(verdict: FileVerdict, graded: GradeState | None, number: str) -> FileVerdict:
    """Adds the grade of the same bytes to the verdict. A grade that waits for a blind second one is not shown."""
    if graded is None:
        return verdict
    says, source, distance = graded.says, graded.inherited_from, graded.distance
    if says is not None and graded.report != number:
        says = Message(
            "inherited from the same bytes in report {report} (distance 0), {seen}", report=graded.report or "", seen=says
        )
        source, distance = source or graded.sha256, distance or 0
    told = Message("Grade: {state}.", state=Message(graded.state))  # message-ok
    if graded.state == GRADED and graded.grade is not None and says is not None:
        told = Message("Graded {grade}: {says}.", grade=Message(graded.grade), says=says)  # message-ok
    others = NOTHING
    if says is not None and graded.copies > 1:
        others = Message("One grade covers the exact copies in {n} reports.", n=graded.copies)
    return replace(
        verdict,
        why=join(verdict.why, told, others),
        grade_state=graded.state,
        grade=graded.grade,
        graded_by=graded.graded_by,
        graded_at=graded.graded_at,
        grade_says=says,
        inherited_from=source,
        inherited_distance=distance,
    )


def _build_file(
    file: ReportFile,
    measured: MediaFacts | None,
    *,
    problem: str,
    exhibit: str | None,
    film: ShowFilm | None,
    in_films: tuple[NearMatch, ...],
    file_text: ShowFileText | None,
    verdict: FileVerdict,
    group: FileGroup | None,
    held: Message | None,
    seen_in: tuple[str, ...],
    alike: tuple[MatchingFile, ...],
    not_checked: tuple[Message, ...],
) -> ShowFile:
    """Builds a file for showing. `problem` says why it has no measurements, if it has none."""
    entry, there = file.entry, file.occurrence
    declared = dict(entry.declared)
    hashes = measured.perceptual if measured else None
    return ShowFile(
        key=entry.key,
        name=entry.name or (there.name if there else None),
        original_name=entry.original_name,
        md5=there.md5 if there else declared.get("md5"),
        sha1=there.sha1 if there else declared.get("sha1"),
        sha256=there.sha256 if there else declared.get("sha256"),
        pdq=hashes.pdq.hex() if hashes else (None if there else declared.get("pdq")),
        pdq_quality=hashes.quality if hashes else None,
        phash=hashes.phash.hex() if hashes else None,
        size=there.size if there else None,
        mime=measured.mime if measured else None,
        present=there is not None,
        declared=declared,
        declared_hash_matches=file.declared_hash_matches,
        viewed_by_esp=entry.viewed_by_esp,
        exif_viewed_by_esp=entry.exif_viewed_by_esp,
        publicly_available=entry.publicly_available,
        classification=entry.classification,
        annotations=entry.annotations,
        relevance=entry.relevance,
        uploaded=entry.uploaded.utc if entry.uploaded else None,
        metadata=entry.metadata,
        facts=format_facts(entry.facts),
        exif=_format_exif(measured.exif if measured else None),
        problem=measured.problem if measured else problem if there else None,
        verdict=verdict,
        group=group.name if group else None,
        group_size=group.size if group else 1,
        held=held,
        seen_in=seen_in,
        alike=alike,
        not_checked=not_checked,
        sources=format_sources(entry.sources),
        duration_ms=measured.duration_ms if measured else None,
        film=film,
        in_films=in_films,
        file_text=file_text,
        exhibit=exhibit,
        uploaded_original=entry.uploaded.original if entry.uploaded else None,
        uploaded_zone=entry.uploaded.zone if entry.uploaded else None,
    )


def _build_file_text(text: FileText | None, messages: tuple[FileMessage, ...] | None) -> ShowFileText | None:
    """Builds the text of a file for showing, with what is missing of it; None: its stored messages are damaged."""
    if text is None:
        return None
    state: Literal["read", "read in part", "not read"] = "read"
    why = None
    if text.problem is not None:
        state, why = "not read", Message(text.problem)  # message-ok
    elif messages is None:
        state, why = "not read", Message("The stored messages of this file are damaged. Open the original.")
    elif not messages:
        state, why = "not read", Message("The files of this report hold more text than is read of one report. Open the original.")
    elif text.left_out or text.shortened:
        state = "read in part"
        why = Message(
            "Messages left out from the middle: {left_out}; long ones that are cut: {shortened}. The original file holds them.",
            left_out=text.left_out,
            shortened=text.shortened,
        )
    if state != "not read" and text.attachments:
        state, unread = "read in part", Message("Attached files that were not read: {n}. Open the original.", n=text.attachments)
        why = unread if why is None else Message("{one} {other}", one=why, other=unread)
    return ShowFileText(state=state, why=why, format=text.kind, count=text.count, left_out=text.left_out, messages=messages or ())


def _format_exif(exif: Exif | None) -> dict[str, str]:
    """Returns the Exif fields by name, with the position in degrees."""
    if exif is None:
        return {}
    found = dict(exif.fields)
    if exif.gps is not None:
        found["GPS"] = f"{exif.gps[0]:.6f}, {exif.gps[1]:.6f}"
    return found

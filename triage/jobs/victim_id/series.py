"""Opens series for victim identification and changes which media belong to them. People decide; the program only proposes."""

from __future__ import annotations

from collections.abc import Sequence

from triage.errors import NotFound, Refused
from triage.jobs.lookup import find_report
from triage.jobs.session import Session, now
from triage.jobs.state.grades import work_out_grade
from triage.jobs.victim_id.candidates import find_candidates
from triage.model.case_page import CaseFile, FileState
from triage.model.casework import GRADED
from triage.model.damage import GRADE_UNREADABLE, read_word
from triage.model.moment import pakistan_day
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.model.victim_id import SeriesRow, SeriesView, VictimClue, VictimState, VictimStateEntry
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import grades, media, neighbours, reports, victim_series
from triage.store.queries.victim_series import SeriesData

MOST_FILES = 60
"""Files of a series that are listed."""


def open_series(session: Session, report_number: str, sha256: Sequence[str]) -> SeriesView:
    """Opens a series with these files of a report.

    Raises:
        NotFound: if there is no such report, or it does not hold a file
        Refused: without the right, or without a file
    """
    session.require(Right.DECIDE)
    if not sha256:
        raise Refused("Choose at least one file for the series.")
    with session.store.batch() as batch:
        ids = [find_medium(batch, report_number, each) for each in sha256]
        number = victim_series.next_series_number(batch, str(pakistan_day(now()).year))
        series_id = victim_series.add_series(batch, number, now(), session.user.id)
        for medium_id in ids:
            victim_series.add_media(batch, series_id, medium_id, now(), session.user.id)
        batch.note("series opened", series=series_id, media=ids)
    return show_series(session, number)


def add_to_series(session: Session, number: str, report_number: str, sha256: str) -> SeriesView:
    """Puts a file of a report into a series.

    Raises:
        NotFound: if there is no such series or report, or the report does not hold the file
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        series = find_series(batch, number)
        medium_id = find_medium(batch, report_number, sha256)
        if victim_series.add_media(batch, series.id, medium_id, now(), session.user.id):
            batch.note("series joined", series=series.id, media=[medium_id])
    return show_series(session, number)


def take_from_series(session: Session, number: str, sha256: str) -> SeriesView:
    """Takes a file out of a series.

    Raises:
        NotFound: if there is no such series, or the file is not in it
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        series = find_series(batch, number)
        medium = media.find_media_item(batch, sha256)
        if medium is None or not victim_series.remove_media(batch, series.id, medium.id):
            raise NotFound("Series {number} does not hold the file {file}.", number=series.number, file=sha256)
        batch.note("series left", series=series.id, media=[medium.id])
    return show_series(session, number)


def list_series(session: Session) -> tuple[SeriesRow, ...]:
    """Returns a line for each series, the newest first."""
    session.require(Right.READ_REPORT)
    users = session.store.users.names()
    with session.reading() as db:
        return tuple(_build_row(each, users) for each in victim_series.list_series(db))


def show_series(session: Session, number: str) -> SeriesView:
    """Returns everything recorded of a series, and the media that may belong to it.

    Raises:
        NotFound: if there is no such series
    """
    session.require(Right.READ_REPORT)
    users = session.store.users.names()
    with session.reading() as db:
        series = find_series(db, number)
        ids = victim_series.list_media(db, series.id)
        held = media.load_reports_of_media(db, ids)
        joined = neighbours.load_cases_of_reports(db, {report for found in held.values() for report in found})
        return SeriesView(
            row=_build_row(series, users),
            states=tuple(
                VictimStateEntry(
                    state=read_word(VictimState, state), source=source, note=note, recorded=recorded, by=_name(users, user)
                )
                for state, source, note, recorded, user in victim_series.list_states(db, series.id)
            ),
            clues=tuple(
                VictimClue(
                    id=each.id,
                    kind=each.kind,
                    words=each.words,
                    sha256=each.sha256,
                    added=each.added,
                    by=_name(users, each.user_id),
                    crop=each.crop,
                    crop_at_ms=each.crop_at_ms,
                )
                for each in victim_series.list_clues(db, series.id)
            ),
            files=build_files(db, ids[:MOST_FILES]),
            candidates=find_candidates(db, ids),
            cases=tuple(sorted(set(joined.values()))),
        )


def build_files(db: Reader, medium_ids: Sequence[int]) -> tuple[CaseFile, ...]:
    """Returns these media items as files, each with a report that holds it; those that no report holds are left out."""
    places, graded = media.load_places(db, medium_ids), grades.load_grades(db, medium_ids)
    numbers = reports.load_numbers(db, {found[0][0] for found in places.values()})
    return tuple(
        CaseFile(
            sha256=media.load_sha256(db, medium_id),
            name=places[medium_id][0][1],
            report=numbers[places[medium_id][0][0]],
            copies=len({report for report, _, _ in places[medium_id]}),
            state=_find_state(graded.get(medium_id)),
        )
        for medium_id in medium_ids
        if medium_id in places
    )


def find_series(db: Reader, number: str) -> SeriesData:
    """Returns a series by its number, in any case of letters.

    Raises:
        NotFound: if there is no such series
    """
    found = victim_series.find_series(db, number.strip().upper())
    if found is None:
        raise NotFound("There is no series {number}; see the list of series for those there are.", number=number)
    return found


def find_medium(batch: Batch, report_number: str, sha256: str) -> int:
    """Returns the id of a media item that a report holds.

    Raises:
        NotFound: if there is no such report, or it does not hold the file
    """
    report_id = find_report(batch, report_number)
    found = media.find_media_item(batch, sha256)
    if found is None or report_id not in media.load_reports_of_media(batch, [found.id]).get(found.id, []):
        raise NotFound("Report {report} holds no medium {file}.", report=report_number, file=sha256)
    return found.id


def _build_row(series: SeriesData, users: dict[int, str]) -> SeriesRow:
    """Builds the line of a series."""
    return SeriesRow(
        number=series.number,
        state=read_word(VictimState, series.state or VictimState.NOT_KNOWN),
        media=series.media,
        reports=series.reports,
        clues=series.clues,
        opened=series.opened,
        by=_name(users, series.user_id),
    )


def _find_state(rows: list[grades.GradeRow] | None) -> FileState:
    """Returns whether a file is graded, or waits for a second person."""
    if not rows:
        return "not graded"
    state = work_out_grade(rows)[0]
    return "graded" if state == GRADED else "unreadable" if state == GRADE_UNREADABLE else "waits"


def _name(users: dict[int, str], user: int) -> str:
    """Returns a user's name."""
    return name_user(users, user)

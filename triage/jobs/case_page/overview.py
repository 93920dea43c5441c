"""Puts together what the page of a case shows, in one call."""

from __future__ import annotations

from triage.jobs.case_page.acts import CaseState, list_acts, list_papers
from triage.jobs.case_page.contents import read_contents
from triage.jobs.casework.case_rows import list_case_rows
from triage.jobs.casework.cases import show_case
from triage.jobs.casework.diary import list_entries
from triage.jobs.casework.source_report import list_missing
from triage.jobs.lookup import find_case
from triage.jobs.officer import describe_officer
from triage.jobs.requests.life import list_requests_of_case
from triage.jobs.session import Session, now
from triage.jobs.state.grades import work_out_grade
from triage.message import Message
from triage.model.case_page import CaseFile, CaseOverview, FileState
from triage.model.casework import GRADED, Grade
from triage.model.damage import GRADE_UNREADABLE
from triage.model.moment import pakistan_day, parse_utc
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import case_media, grades, outgoing, reports

MOST_FILES = 12  # that the page of a case shows in one strip
MOST_PACKETS = 8  # the newest, on the page of a case
MOST_IDENTIFIERS = 60  # on the page of a case
MOST_ENTRIES = 8  # the newest of the diary, on the page of a case


def load_case_page(session: Session, number: str) -> CaseOverview:
    """Returns all that the page of a case shows.

    Raises:
        NotFound: if there is no such case
    """
    session.require(Right.READ_REPORT)
    case, rows = show_case(session, number), list_case_rows(session, number)
    asked = list_requests_of_case(session, number)
    moment = now()
    ids = [row.id for row in rows]
    missing = list_missing(
        describe_officer(session), (n.kind for n in case.numbers), offices=any(row.office for row in rows), reports=bool(rows)
    )
    with session.reading() as db:
        found = find_case(db, number)
        media, graded = case_media.count_media(db, found.id), case_media.count_graded_media(db, found.id, tuple(Grade))
        state = CaseState(
            case=case,
            rows=rows,
            requests=asked,
            ungraded=media - graded,
            noticed=frozenset(case_media.list_noticed_reports(db, found.id)),
            referred=frozenset(case_media.list_referred_reports(db, found.id)),
            now=parse_utc(moment),
            packets=_describe_packets(db, found.id, session.store.users.names()),
        )
        contents = read_contents(db, ids, moment)
        entries = list_entries(db, found, session.store.users.names())
        return CaseOverview(
            case=case,
            rows=rows,
            acts=list_acts(state),
            requests=asked,
            papers=list_papers(state, [Message(each) for each in missing]),  # message-ok
            files=_list_files(db, found.id),
            media=media,
            graded=graded,
            identifiers=tuple(contents.identifiers[:MOST_IDENTIFIERS]),
            identifiers_left=max(0, len(contents.identifiers) - MOST_IDENTIFIERS),
            tracks=tuple(contents.tracks),
            unread=contents.unread,
            entries=tuple(reversed(entries))[:MOST_ENTRIES],
            entries_count=len(entries),
        )


def _describe_packets(db: Reader, case_id: int, users: dict[int, str]) -> list[Message]:
    """Returns a line for each packet with reports of the case, the newest first."""
    return [
        Message(
            "{name}, {day}, by {user}; reports of this case: {n}",
            name=row.name,
            day=pakistan_day(row.written).isoformat(),
            user=name_user(users, row.user_id),
            n=row.reports,
        )
        for row in outgoing.list_packets_of_case(db, case_id)[:MOST_PACKETS]
    ]


def _list_files(db: Reader, case_id: int) -> tuple[CaseFile, ...]:
    """Returns the first files of the case, those that nobody graded before others."""
    rows = case_media.list_media(db, case_id, MOST_FILES)
    graded = grades.load_grades(db, [medium for medium, *_ in rows])
    numbers = reports.load_numbers(db, {report for _, _, report, _, _ in rows})
    return tuple(
        CaseFile(sha256=sha256, name=name, report=numbers[report], copies=copies, state=_find_state(graded.get(medium)))
        for medium, sha256, report, name, copies in rows
    )


def _find_state(rows: list[grades.GradeRow] | None) -> FileState:
    """Returns whether a file is graded, or waits for a second person."""
    if not rows:
        return "not graded"
    state = work_out_grade(rows)[0]
    return "graded" if state == GRADED else "unreadable" if state == GRADE_UNREADABLE else "waits"

"""Finds what a person names: a report, a case, a hash list. The refusal lists what there is."""

from __future__ import annotations

from triage.errors import NotFound
from triage.message import Message
from triage.model.choices import MOST_NAMED, name_choices
from triage.store.database import Reader
from triage.store.queries import cases, lists, reports
from triage.store.queries.cases import CaseRow
from triage.store.queries.lists import ListRow


def find_report(db: Reader, report_number: str) -> int:
    """Returns the report's internal id, by its present or an earlier number.

    Raises:
        NotFound: if there is no such report
    """
    report_id = reports.find_report(db, report_number)
    if report_id is None:
        choices = name_choices(reports.list_first_numbers(db, MOST_NAMED + 1), Message("triage queue"))
        raise NotFound("There is no report {report}; {choices}.", report=report_number, choices=choices)
    return report_id


def find_case(db: Reader, number: str) -> CaseRow:
    """Returns a case by its number, in any case of letters.

    Raises:
        NotFound: if there is no such case
    """
    case = cases.find_case(db, number.strip().upper())
    if case is None:
        choices = name_choices([each.number for each in cases.list_oldest_cases(db, MOST_NAMED + 1)], Message("triage case list"))
        raise NotFound("There is no case {number}; {choices}.", number=number, choices=choices)
    return case


def find_list(db: Reader, name: str) -> ListRow:
    """Returns a list by its name.

    Raises:
        NotFound: if there is no such list
    """
    row = lists.find_list(db, name)
    if row is None:
        choices = name_choices([each.name for each in lists.load_lists(db)], Message("triage lists list"))
        raise NotFound("There is no list named {name}; {choices}.", name=repr(name), choices=choices)
    return row

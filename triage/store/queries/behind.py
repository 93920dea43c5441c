"""SQL that lists the reports behind a part of a figure which the queue's planes don't hold, from an index of what they share.

Reports come as one text of ids with commas, since a hundred thousand rows would take ten times as long to fetch.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.store.database import Reader
from triage.store.queries import encode_json_array

_ENDED = "('closed', 'referred', 'case_opened')"
_LAST = "(SELECT d.status FROM decision d WHERE d.report_id = s.report_id AND d.undone = 0 ORDER BY d.id DESC LIMIT 1)"
_LINE = "request_line_report o JOIN request_line l ON l.id = o.line_id JOIN request r ON r.id = l.request_id"


def list_due_reports(db: Reader, begin: int, end: int, name: int | None) -> str:
    """Returns the reports with a deadline from `begin` to before `end`; with a code, only deadlines of this name."""
    names = "SELECT id FROM code WHERE kind = 'due_name' AND id = coalesce(?, id)"
    return _list(db, f"report_id FROM deadline WHERE due >= ? AND due < ? AND name IN ({names})", (begin, end, name))


def list_finished_reports(db: Reader, user_id: int, since: str) -> str:
    """Returns the reports to which a person gave an outcome since a time, by decisions that stand."""
    return _list(
        db, f"report_id FROM decision WHERE taken >= ? AND user_id = ? AND undone = 0 AND status IN {_ENDED}", (since, user_id)
    )


def list_sampled_reports(db: Reader, bands: Sequence[int], week: str | None, statuses: Sequence[str]) -> str:
    """Returns the sampled reports that were drawn from these bands, in a week or in any, and have one of these statuses."""
    return _list(
        db,
        f"report_id FROM sample s WHERE band IN (SELECT value FROM json_each(?)) {'' if week is None else 'AND week = ?'}"
        f" AND {_LAST} IN (SELECT value FROM json_each(?))",
        (encode_json_array(bands), *(() if week is None else (week,)), encode_json_array(statuses)),
    )


def list_reports_with_officer(db: Reader) -> str:
    """Returns the reports whose case has an officer."""
    return _list(db, "c.report_id FROM case_file f JOIN case_report c ON c.case_id = f.id WHERE f.officer IS NOT NULL")


def list_requested_reports(db: Reader, *, answered: bool) -> str:
    """Returns the reports behind a line of a request that was sent, or of one with a reply."""
    wanted = "EXISTS (SELECT 1 FROM request_reply p WHERE p.request_id = r.id)" if answered else "r.sent IS NOT NULL"
    return _list(db, f"o.report_id FROM {_LINE} WHERE {wanted}")


def list_reports_in_cases(db: Reader, stages: Sequence[str] = ()) -> str:
    """Returns the reports that are in a case; with stages, in a case that reached one of them."""
    if not stages:
        return _list(db, "report_id FROM case_report")
    return _list(
        db,
        "report_id FROM case_report WHERE case_id IN"
        " (SELECT case_id FROM case_stage WHERE stage IN (SELECT value FROM json_each(?)))",
        (encode_json_array(stages),),
    )


def _list(db: Reader, select: str, params: Sequence[object] = ()) -> str:
    """Returns the ids of a query as one text; its first column is the id, named alike."""
    column = select.split()[0]
    return str(db.value(f"SELECT json_group_array({column}){select.removeprefix(column)}", params))[1:-1]

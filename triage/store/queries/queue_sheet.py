"""SQL of what the sheet of the queue says beside the queue's own rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.model.casework import Grade
from triage.store.database import Params, Reader
from triage.store.queries import encode_json_array

_THESE = "(SELECT value FROM json_each(?))"


GRADES = ", ".join(f"'{each.value}'" for each in Grade)
"""The grades as they are stored; another word is no grade that is known."""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What is known about the work on some reports, each by report; reports without any are missing."""

    cases: dict[int, tuple[str, str]]
    """(case number, its present stage)."""
    notices: dict[int, int]
    """Number of preservation notices."""
    ungraded: dict[int, int]
    """Number of present media items that nobody has graded."""
    folded: dict[int, int]
    """Number of reports that stand as duplicates of it."""


def load_sheet_facts(db: Reader, report_ids: Iterable[int]) -> SheetFacts:
    """Returns what is known about the work on these reports."""
    these = (encode_json_array(report_ids),)
    return SheetFacts(
        cases={
            report_id: (number, stage)
            for report_id, number, stage in db.all(
                "SELECT c.report_id, f.number,"
                " (SELECT s.stage FROM case_stage s WHERE s.case_id = f.id ORDER BY s.id DESC LIMIT 1)"
                f" FROM case_report c JOIN case_file f ON f.id = c.case_id WHERE c.report_id IN {_THESE}",
                these,
            )
        },
        notices=_count(db, f"SELECT report_id, count(*) FROM preservation_notice WHERE report_id IN {_THESE} GROUP BY 1", these),
        ungraded=_count(
            db,
            f"SELECT o.report_id, count(DISTINCT o.media_item_id) FROM file o WHERE o.report_id IN {_THESE}"
            " AND NOT EXISTS (SELECT 1 FROM grade g WHERE g.media_item_id = o.media_item_id"
            f" AND g.grade IN ({GRADES})) GROUP BY 1",
            these,
        ),
        folded=_count(db, f"SELECT duplicates_of, count(*) FROM queue WHERE duplicates_of IN {_THESE} GROUP BY 1", these),
    )


def _count(db: Reader, sql: str, params: Params) -> dict[int, int]:
    return {key: int(count) for key, count in db.all(sql, params)}

"""SQL of what belongs to the reports of a case: media, notices and referrals."""

from __future__ import annotations

from collections.abc import Collection

from triage.store.database import Reader
from triage.store.queries import format_placeholders

_OF_CASE = "FROM case_report c JOIN file o ON o.report_id = c.report_id WHERE c.case_id = ?1"


def count_media(db: Reader, case_id: int) -> int:
    """Counts the different media items of the case."""
    return int(db.value(f"SELECT count(DISTINCT o.media_item_id) {_OF_CASE}", (case_id,)))


def count_graded_media(db: Reader, case_id: int, known: Collection[str]) -> int:
    """Counts the different media items of the case that have a grade of the `known` words."""
    return int(
        db.value(
            f"SELECT count(DISTINCT o.media_item_id) {_OF_CASE} AND EXISTS (SELECT 1 FROM grade g"
            f" WHERE g.media_item_id = o.media_item_id AND g.grade IN ({format_placeholders(len(known))}))",
            (case_id, *known),
        )
    )


def list_media(db: Reader, case_id: int, most: int) -> list[tuple[int, str, int, str, int]]:
    """Returns (media item, SHA-256, a report of the case that holds it, file name, reports of the case that hold it).

    At most `most`; those that nobody graded come first, then those of most reports.
    """
    return [
        (medium, sha256, report, name, copies)
        for medium, sha256, report, name, copies in db.all(
            "SELECT m.id, m.sha256, min(o.report_id), min(o.name), count(DISTINCT o.report_id) AS copies"
            " FROM case_report c JOIN file o ON o.report_id = c.report_id JOIN media_item m ON m.id = o.media_item_id"
            " WHERE c.case_id = ?1 GROUP BY m.id"
            " ORDER BY EXISTS (SELECT 1 FROM grade g WHERE g.media_item_id = m.id), copies DESC, m.id LIMIT ?2",
            (case_id, most),
        )
    ]


def list_noticed_reports(db: Reader, case_id: int) -> list[str]:
    """Returns the numbers of the case's reports for which a preservation notice is recorded."""
    return [
        number
        for (number,) in db.all(
            "SELECT r.number FROM case_report c JOIN report r ON r.id = c.report_id WHERE c.case_id = ?"
            " AND EXISTS (SELECT 1 FROM preservation_notice n WHERE n.report_id = c.report_id)",
            (case_id,),
        )
    ]


def list_referred_reports(db: Reader, case_id: int) -> list[str]:
    """Returns the numbers of the case's reports that were referred to a body."""
    return [
        number
        for (number,) in db.all(
            "SELECT r.number FROM case_report c JOIN report r ON r.id = c.report_id WHERE c.case_id = ?"
            " AND EXISTS (SELECT 1 FROM referral f WHERE f.report_id = c.report_id)",
            (case_id,),
        )
    ]

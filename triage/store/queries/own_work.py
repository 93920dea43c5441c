"""SQL of the reports on which one person worked: what became of them, and which of their files needed no view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.model.digest_kinds import DIGEST_KINDS
from triage.store.database import Reader
from triage.store.queries import encode_json_array, list_blocks

_WORKED = (
    "SELECT report_id, max(at) AS at FROM (SELECT report_id, taken AS at FROM decision WHERE user_id = ?1 AND undone = 0"
    " UNION ALL SELECT report_id, given FROM grade WHERE user_id = ?1) GROUP BY report_id"
)
"""Reports on which the person decided, or graded a file."""
_LISTED = " OR ".join(
    f"EXISTS (SELECT 1 FROM list_hash h WHERE h.hash_kind = '{kind}' AND h.value = unhex(m.{kind}))" for kind in DIGEST_KINDS
)


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A media item of a person's reports: how many files of theirs hold it, and how it is known without a view."""

    medium: int
    files: int
    known: bool
    """Somebody graded the same bytes, or a list holds them."""
    inherited: bool
    """It took over the grade of a matching image."""


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report on which a person worked, and where it stands. `stage` is that of its case."""

    number: str
    worked: str
    status: str
    reason: str | None
    decided: str | None
    case: str | None
    stage: str | None
    staged: str | None


def list_own_files(db: Reader, user_id: int) -> list[OwnFile]:
    """Returns the media items of the person's reports."""
    rows = db.all(
        "SELECT m.id, count(*), EXISTS (SELECT 1 FROM grade g WHERE g.media_item_id = m.id AND g.inherited_from IS NULL)"
        f" OR {_LISTED}, EXISTS (SELECT 1 FROM grade g WHERE g.media_item_id = m.id AND g.inherited_from IS NOT NULL),"
        f" {', '.join(f'unhex(m.{kind})' for kind in DIGEST_KINDS)}"
        f" FROM ({_WORKED}) w JOIN file f ON f.report_id = w.report_id JOIN media_item m ON m.id = f.media_item_id"
        " GROUP BY m.id",
        (user_id,),
    )
    listed = set[bytes]()
    for list_id in list_blocks.list_packed(db):
        for column, kind in enumerate(DIGEST_KINDS, 4):
            asked = sorted({row[column] for row in rows if not row[2]})
            listed.update(value for value, _ in list_blocks.find_digests(db, list_id, kind, asked))
    return [
        OwnFile(medium, files, bool(known) or not listed.isdisjoint(digests), bool(inherited))
        for medium, files, known, inherited, *digests in rows
    ]


def list_own_reports(db: Reader, user_id: int, limit: int) -> list[OwnReport]:
    """Returns the person's reports that have an outcome or a case, the latest outcome first."""
    return [
        OwnReport(*row)
        for row in db.all(
            "SELECT r.number, w.at, d.status, d.reason, d.taken, c.number, s.stage, s.since"
            f" FROM ({_WORKED}) w JOIN report r ON r.id = w.report_id"
            " LEFT JOIN decision d ON d.id = (SELECT max(id) FROM decision WHERE report_id = w.report_id AND undone = 0)"
            " LEFT JOIN case_report j ON j.report_id = w.report_id LEFT JOIN case_file c ON c.id = j.case_id"
            " LEFT JOIN case_stage s ON s.id = (SELECT max(id) FROM case_stage WHERE case_id = j.case_id)"
            " WHERE d.status IN ('closed', 'referred', 'case_opened') OR c.id IS NOT NULL"
            " ORDER BY max(coalesce(d.taken, ''), coalesce(s.since, '')) DESC, r.id DESC LIMIT ?2",
            (user_id, limit),
        )
    ]


def load_bands_and_flags(db: Reader, report_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Returns (report, band, flags) of these reports, in the order of bands."""
    rows = db.all(
        "SELECT q.report_id, q.band, q.flags FROM json_each(?) i CROSS JOIN queue q ON q.report_id = i.value"
        " ORDER BY q.band, q.number_key",
        (encode_json_array(report_ids),),
    )
    return [(i, band, flags) for i, band, flags in rows]

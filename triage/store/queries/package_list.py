"""SQL of lists of work packages and of conflicts: their ids, and the rows that are shown of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from triage.store.database import Reader
from triage.store.queries import encode_json_array
from triage.store.queries.exchange import CONFLICT, PACKAGE, ConflictRow, PackageRow

_WHOLE = "(direction = 'sent' OR imported IS NOT NULL)"
"""Without those whose import was interrupted."""

_SAME_STORE = (
    "SELECT 1 FROM work_package_report o JOIN work_package w ON w.id = o.package"
    " WHERE o.report_id = k.report_id AND w.age_key = p.age_key"
)
_RETURNED = "EXISTS (SELECT 1 FROM work_results r WHERE r.package = w.id)"
UNANSWERED = (
    "work_package_report k JOIN work_package p ON p.id = k.package WHERE {of} AND CASE p.direction"
    f" WHEN 'sent' THEN NOT EXISTS ({_SAME_STORE} AND w.id >= p.id AND o.told IS NOT NULL)"
    f" ELSE p.imported IS NOT NULL AND NOT EXISTS ({_SAME_STORE} AND"
    f" ((w.direction = 'sent' AND w.id > p.id) OR (w.direction = 'received' AND w.id >= p.id AND {_RETURNED}))) END"
)
"""The packages `p` with a report `k` that one of two stores still works on; `of` chooses the reports.

A package that was sent is answered once that store said something of the report, in results or in a later package. One that was
received is answered once results were made here, of it or a later one, or the report was sent back.
"""


def list_package_ids(db: Reader, direction: str | None = None) -> array[int]:
    """Returns the ids of all packages, or of those of one direction, the newest first."""
    sql = f"SELECT id FROM work_package WHERE {_WHOLE} AND direction = ifnull(?, direction) ORDER BY id DESC"
    return array("q", (i for (i,) in db.each(sql, (direction,))))


def count_overdue_packages(db: Reader, today: str) -> int:
    """Returns how many packages were due before this day and have no results."""
    sql = (
        f"SELECT count(*) FROM work_package p WHERE {_WHOLE} AND due < ?"
        " AND NOT EXISTS (SELECT 1 FROM work_results r WHERE r.package = p.id)"
    )
    return int(db.value(sql, (today,)))


def list_unanswered_packages(db: Reader, report_id: int) -> list[PackageRow]:
    """Returns the packages by which the report is out, or came here and was not returned, the oldest first."""
    found = f"SELECT p.id FROM {UNANSWERED.format(of='k.report_id = ?')}"
    return [PackageRow(*row) for row in db.all(f"{PACKAGE} WHERE id IN ({found}) ORDER BY id", (report_id,))]


def load_packages(db: Reader, ids: Iterable[int]) -> list[PackageRow]:
    """Returns these packages, the newest first."""
    sql = f"{PACKAGE} WHERE id IN (SELECT value FROM json_each(?)) AND {_WHOLE} ORDER BY id DESC"
    return [PackageRow(*row) for row in db.all(sql, (encode_json_array(ids),))]


def find_newest_package(db: Reader, package_id: str) -> PackageRow | None:
    """Returns the package that was sent or received with this name, or None; the newer of two."""
    row = db.first(f"{PACKAGE} WHERE package_id = ? AND {_WHOLE} ORDER BY id DESC LIMIT 1", (package_id,))
    return PackageRow(*row) if row else None


def name_packages(db: Reader, most: int, direction: str | None = None) -> list[str]:
    """Returns the names of the newest packages, or of those of one direction."""
    sql = f"SELECT package_id FROM work_package WHERE {_WHOLE} AND direction = ifnull(?, direction) ORDER BY id DESC LIMIT ?"
    return [name for (name,) in db.all(sql, (direction, most))]


def list_stations(db: Reader) -> list[tuple[str, str]]:
    """Returns (age key, fingerprint of the signing key) of the other stores whose signing key is known, the newest first."""
    sql = (
        f"SELECT age_key, fingerprint FROM work_package WHERE fingerprint IS NOT NULL AND {_WHOLE}"
        " GROUP BY age_key, fingerprint ORDER BY max(id) DESC"
    )
    return [(age_key, fingerprint) for age_key, fingerprint in db.all(sql)]


def load_results_times(db: Reader, packages: Iterable[int]) -> dict[int, tuple[int, str | None]]:
    """Returns package -> how many results files it has, and when the last one was imported; without those that have none."""
    sql = (
        "SELECT package, count(*), max(imported) FROM work_results WHERE package IN (SELECT value FROM json_each(?))"
        " GROUP BY package"
    )
    return {package: (n, last) for package, n, last in db.all(sql, (encode_json_array(packages),))}


def count_open_conflicts(db: Reader, packages: Iterable[int]) -> dict[int, int]:
    """Returns package -> how many conflicts wait for a lead, of these packages."""
    sql = (
        "SELECT package, count(*) FROM work_conflict WHERE resolved IS NULL"
        " AND package IN (SELECT value FROM json_each(?)) GROUP BY package"
    )
    return dict(db.all(sql, (encode_json_array(packages),)))


def count_open_conflicts_of_reports(db: Reader, report_ids: Iterable[int]) -> dict[int, int]:
    """Returns report -> how many conflicts wait for a lead, in whichever package."""
    sql = (
        "SELECT report_id, count(*) FROM work_conflict WHERE resolved IS NULL"
        " AND report_id IN (SELECT value FROM json_each(?)) GROUP BY report_id"
    )
    return dict(db.all(sql, (encode_json_array(report_ids),)))


def list_conflict_ids(db: Reader, package: int | None = None, *, waiting: bool = False) -> array[int]:
    """Returns the ids of the conflicts of all packages or of one, the newest first; `waiting`: without resolved ones."""
    of_package = "package = ?1 AND report_id IN (SELECT report_id FROM work_package_report WHERE package = ?1)"
    where = ["1"] + [of_package] * (package is not None) + ["resolved IS NULL"] * waiting
    # With the plus, those that wait are read from their own index, without the resolved ones and what all of them state.
    sql = f"SELECT id FROM work_conflict WHERE {' AND '.join(where)} ORDER BY {'+id' if waiting else 'id'} DESC"
    return array("q", (i for (i,) in db.each(sql, () if package is None else (package,))))


def load_conflicts(db: Reader, ids: Iterable[int]) -> list[ConflictRow]:
    """Returns these conflicts, the oldest first."""
    sql = f"{CONFLICT} WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id"
    return [ConflictRow(*row) for row in db.all(sql, (encode_json_array(ids),))]

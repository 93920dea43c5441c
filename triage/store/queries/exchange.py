"""SQL of work packages and results: what was sent and received, what people elsewhere did, and what both sides changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array

Direction = Literal["sent", "received"]


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A work package that was sent or received. `bundles` is a JSON object."""

    id: int
    package_id: str
    direction: Direction
    fingerprint: str | None
    age_key: str
    made: str
    due: str | None
    reports: int
    media: int
    bundles: str
    imported: str | None
    user_id: int


@dataclass(frozen=True, slots=True)
class ResultsRow:
    """A results file. `imported` is None when it was made here."""

    id: str
    package: int
    sequence: int
    made: str
    imported: str | None
    user_id: int


@dataclass(frozen=True, slots=True)
class PackageReportRow:
    """A report of a package; `base`, `seen` and `told` are JSON."""

    package: int
    report_id: int
    number: str
    base: str
    seen: str
    told: str | None


@dataclass(frozen=True, slots=True)
class WorkEntryRow:
    """What somebody of another workstation did; `body` is JSON."""

    id: int
    report_id: int
    fingerprint: str
    uid: str
    kind: str
    hash: str | None
    made: str
    body: str


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A field that both sides changed, with the number of its report. `change` is JSON."""

    id: int
    package: int
    package_id: str
    fingerprint: str | None
    report_id: int
    number: str
    field: str
    here: str | None
    there: str | None
    change: str
    found: str
    resolved: str | None
    taken: str | None
    reason: str | None
    resolved_by: int | None


# -- people of other workstations -------------------------------------------------------------------------------------------


def find_remote_user(db: Reader, fingerprint: str, name: str) -> int | None:
    """Returns the id of this person of another workstation, or None."""
    found = db.value("SELECT id FROM remote_user WHERE fingerprint = ? AND name = ?", (fingerprint, name))
    return None if found is None else int(found)


def add_remote_user(batch: Writer, fingerprint: str, name: str) -> int:
    """Adds a person of another workstation, unless known; returns the id, which is below 0."""
    known = find_remote_user(batch, fingerprint, name)
    if known is not None:
        return known
    new = int(batch.value("SELECT coalesce(min(id), 0) - 1 FROM remote_user"))
    batch.execute("INSERT INTO remote_user (id, fingerprint, name) VALUES (?,?,?)", (new, fingerprint, name))
    return new


# -- packages and results ---------------------------------------------------------------------------------------------------

PACKAGE = (
    "SELECT id, package_id, direction, fingerprint, age_key, made, due, reports, media, bundles, imported, user_id"
    " FROM work_package"
)
_RESULTS = "SELECT id, package, sequence, made, imported, user_id FROM work_results"


def add_package(
    batch: Writer,
    *,
    package_id: str,
    direction: Direction,
    fingerprint: str | None,
    age_key: str,
    made: str,
    due: str | None,
    reports: int,
    media: int,
    user_id: int,
) -> int:
    """Adds a package; returns its row's id. A received one is not imported yet."""
    return batch.insert(
        "INSERT INTO work_package (package_id, direction, fingerprint, age_key, made, due, reports, media, bundles, user_id)"
        " VALUES (?,?,?,?,?,?,?,?,'{}',?)",
        (package_id, direction, fingerprint, age_key, made, due, reports, media, user_id),
    )


def find_package(db: Reader, package_id: str, direction: Direction) -> PackageRow | None:
    """Returns the package with this id, or None."""
    row = db.first(f"{PACKAGE} WHERE package_id = ? AND direction = ?", (package_id, direction))
    return PackageRow(*row) if row else None


def load_package(db: Reader, package: int) -> PackageRow:
    """Returns the package of an existing row."""
    return PackageRow(*db.all(f"{PACKAGE} WHERE id = ?", (package,))[0])


def save_bundles(batch: Writer, package: int, bundles: str) -> None:
    """Stores which bundles the import of a package made."""
    batch.execute("UPDATE work_package SET bundles = ? WHERE id = ?", (bundles, package))


def mark_package_imported(batch: Writer, package: int, imported: str) -> None:
    """Records that a received package was imported to its end."""
    batch.execute("UPDATE work_package SET imported = ? WHERE id = ?", (imported, package))


def set_package_fingerprint(batch: Writer, package: int, fingerprint: str) -> None:
    """Records whose results came back for a package that was sent."""
    batch.execute("UPDATE work_package SET fingerprint = ? WHERE id = ?", (fingerprint, package))


def find_fingerprint_of_age_key(db: Reader, age_key: str) -> str | None:
    """Returns the signing key that a signed file of the store with this age key had, the newest first, or None."""
    found = db.value(
        "SELECT fingerprint FROM work_package WHERE age_key = ? AND fingerprint IS NOT NULL ORDER BY id DESC LIMIT 1", (age_key,)
    )
    return None if found is None else str(found)


def add_results(batch: Writer, row: ResultsRow) -> None:
    """Adds a results file."""
    batch.execute(
        "INSERT INTO work_results (id, package, sequence, made, imported, user_id) VALUES (?,?,?,?,?,?)",
        (row.id, row.package, row.sequence, row.made, row.imported, row.user_id),
    )


def find_results(db: Reader, results_id: str) -> ResultsRow | None:
    """Returns the results file with this id, or None."""
    row = db.first(f"{_RESULTS} WHERE id = ?", (results_id,))
    return ResultsRow(*row) if row else None


def list_results(db: Reader, package: int) -> list[ResultsRow]:
    """Returns the results files of a package, by their sequence."""
    return [ResultsRow(*row) for row in db.all(f"{_RESULTS} WHERE package = ? ORDER BY sequence", (package,))]


# -- reports of packages ----------------------------------------------------------------------------------------------------

_REPORT = "SELECT package, report_id, number, base, seen, told FROM work_package_report"


def save_package_report(batch: Writer, row: PackageReportRow) -> None:
    """Adds or replaces a report of a package."""
    batch.execute(
        "INSERT OR REPLACE INTO work_package_report (package, report_id, number, base, seen, told) VALUES (?,?,?,?,?,?)",
        (row.package, row.report_id, row.number, row.base, row.seen, row.told),
    )


def list_package_reports(db: Reader, package: int) -> list[PackageReportRow]:
    """Returns the reports of a package that still exist, by number."""
    return [PackageReportRow(*row) for row in db.all(f"{_REPORT} WHERE package = ? ORDER BY number", (package,))]


def list_packages_of_report(db: Reader, report_id: int) -> list[PackageReportRow]:
    """Returns the report as it stands in each of its packages, the oldest first."""
    return [PackageReportRow(*row) for row in db.all(f"{_REPORT} WHERE report_id = ? ORDER BY package", (report_id,))]


def list_other_packages(db: Reader, report_id: int, fingerprint: str, package: int) -> list[tuple[Direction, PackageReportRow]]:
    """Returns the report as it stands in all other packages exchanged with a store that stated something of it there."""
    rows = db.all(
        "SELECT p.direction, r.package, r.report_id, r.number, r.base, r.seen, r.told FROM work_package_report r"
        " JOIN work_package p ON p.id = r.package"
        " WHERE r.report_id = ? AND p.fingerprint = ? AND r.package <> ? AND r.told IS NOT NULL ORDER BY r.package",
        (report_id, fingerprint, package),
    )
    return [(direction, PackageReportRow(*row)) for direction, *row in rows]


def find_reports_of_same_bytes(db: Reader, report_ids: Sequence[int]) -> list[set[int]]:
    """Returns, of each document that these reports have or had, all reports that have or had it, these included."""
    sql = "SELECT DISTINCT sha256 FROM source WHERE report_id IN (SELECT value FROM json_each(?))"
    digests = [sha256 for (sha256,) in db.all(sql, (encode_json_array(report_ids),))]
    return list(find_reports_of_bytes(db, digests).values())


def find_reports_of_bytes(db: Reader, digests: Sequence[str]) -> dict[str, set[int]]:
    """Returns SHA-256 -> the reports that have or had a document with these bytes."""
    found: dict[str, set[int]] = {}
    for sha256, report_id in db.all(
        "SELECT sha256, report_id FROM source WHERE sha256 IN (SELECT value FROM json_each(?))", (encode_json_array(digests),)
    ):
        found.setdefault(sha256, set()).add(report_id)
    return found


# -- what was done elsewhere ------------------------------------------------------------------------------------------------

_ENTRY = "SELECT id, report_id, fingerprint, uid, kind, hash, made, body FROM work_entry"


def save_entry(
    batch: Writer,
    *,
    report_id: int,
    fingerprint: str,
    uid: str,
    kind: str,
    hash: str | None,
    made: str,
    body: str,
    newest: bool,
) -> bool:
    """Adds what somebody did elsewhere; returns whether it is new.

    A row that came before gets its newest form, unless the file is older than one that was imported.
    """
    known = has_entry(batch, fingerprint, report_id, uid)
    if known and not newest:
        return False
    batch.execute(
        "INSERT INTO work_entry (report_id, fingerprint, uid, kind, hash, made, body) VALUES (?,?,?,?,?,?,?)"
        " ON CONFLICT (fingerprint, report_id, uid) DO UPDATE SET body = excluded.body, made = excluded.made,"
        " hash = excluded.hash",
        (report_id, fingerprint, uid, kind, hash, made, body),
    )
    return not known


def has_entry(db: Reader, fingerprint: str, report_id: int, uid: str) -> bool:
    """Returns whether this row of another store came before."""
    sql = "SELECT 1 FROM work_entry WHERE fingerprint = ? AND report_id = ? AND uid = ?"
    return db.value(sql, (fingerprint, report_id, uid)) is not None


def list_entries(db: Reader, report_ids: Iterable[int], kind: str) -> list[WorkEntryRow]:
    """Returns the entries of these reports of one kind, the oldest first."""
    sql = f"{_ENTRY} WHERE report_id IN (SELECT value FROM json_each(?)) AND kind = ? ORDER BY made, fingerprint, uid"
    return [WorkEntryRow(*row) for row in db.all(sql, (encode_json_array(report_ids), kind))]


def list_entries_of_hashes(db: Reader, hashes: Sequence[str], kind: str) -> list[WorkEntryRow]:
    """Returns the entries of one kind about files with these hashes ("sha256:<hex>"), the oldest first."""
    if not hashes:
        return []
    sql = f"{_ENTRY} WHERE hash IN (SELECT value FROM json_each(?)) AND kind = ? ORDER BY made, fingerprint, uid"
    return [WorkEntryRow(*row) for row in db.all(sql, (encode_json_array(hashes), kind))]


def load_grade_entries(db: Reader, report_ids: Iterable[int]) -> dict[int, list[WorkEntryRow]]:
    """Returns report -> the grades from elsewhere of files that it holds or declares, the oldest first.

    Files that somebody here graded, or begins to grade, are left out: what stands here decides, and a blind grader learns
    nothing.
    """
    found: dict[int, list[WorkEntryRow]] = {}
    sql = (
        "SELECT DISTINCT h.report_id, e.id, e.report_id, e.fingerprint, e.uid, e.kind, e.hash, e.made, e.body FROM file_hash h"
        " JOIN work_entry e ON e.hash = 'sha256:' || lower(hex(h.value)) AND e.kind = 'grade'"
        " WHERE h.hash_kind = 'sha256' AND h.report_id IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM grade g"
        " JOIN media_item m ON m.id = g.media_item_id WHERE m.sha256 = lower(hex(h.value)))"
        " ORDER BY e.made, e.fingerprint, e.uid"
    )
    for report_id, *row in db.all(sql, (encode_json_array(report_ids),)):
        found.setdefault(report_id, []).append(WorkEntryRow(*row))
    return found


def find_reports_of_hash(db: Reader, named: str) -> list[int]:
    """Returns the reports that hold or declare a file with this hash, "sha256:<hex>"."""
    kind, _, value = named.partition(":")
    rows = db.all("SELECT DISTINCT report_id FROM file_hash WHERE hash_kind = ? AND value = ?", (kind, bytes.fromhex(value)))
    return [i for (i,) in rows]


def has_entries(db: Reader, kind: str) -> bool:
    """Returns whether anything of this kind ever came from elsewhere."""
    return db.value("SELECT 1 FROM work_entry WHERE kind = ? LIMIT 1", (kind,)) is not None


def find_received_corrections(db: Reader, report_id: int) -> dict[str, tuple[int, bool]]:
    """Returns origin -> (id, whether it was undone) of the corrections of a report that came from elsewhere."""
    return {
        origin: (i, undone is not None)
        for origin, i, undone in db.all(
            "SELECT origin, id, undone FROM correction WHERE report_id = ? AND origin IS NOT NULL", (report_id,)
        )
    }


def set_correction_origin(batch: Writer, correction_id: int, origin: str) -> None:
    """Records which row of another store a correction is."""
    batch.execute("UPDATE correction SET origin = ? WHERE id = ?", (origin, correction_id))


def find_local_corrections(db: Reader, report_id: int) -> set[int]:
    """Returns the ids of the report's corrections that were made in this store."""
    # Without the plus, the index of origins is searched: all corrections of the store that have none.
    return {i for (i,) in db.all("SELECT id FROM correction WHERE report_id = ? AND +origin IS NULL", (report_id,))}


# -- conflicts --------------------------------------------------------------------------------------------------------------

CONFLICT = (
    "SELECT c.id, c.package, p.package_id, p.fingerprint, c.report_id, w.number, c.field, c.here, c.there, c.change, c.found,"
    " c.resolved, c.taken, c.reason, c.resolved_by FROM work_conflict c JOIN work_package p ON p.id = c.package"
    " JOIN work_package_report w ON w.package = c.package AND w.report_id = c.report_id"
)


def add_conflict(
    batch: Writer, *, package: int, report_id: int, field: str, here: str | None, there: str | None, change: str, found: str
) -> None:
    """Adds a conflict that waits for a lead."""
    batch.execute(
        "INSERT INTO work_conflict (package, report_id, field, here, there, change, found) VALUES (?,?,?,?,?,?,?)",
        (package, report_id, field, here, there, change, found),
    )


def update_open_conflicts(
    batch: Writer, *, fingerprint: str, package: int, report_id: int, field: str, here: str | None, there: str | None, change: str
) -> int:
    """Brings the open conflicts with a store on a field up to date, in whichever package they arose; returns their number."""
    return batch.execute(
        "UPDATE work_conflict SET here = ?, there = ?, change = ? WHERE report_id = ? AND field = ? AND resolved IS NULL"
        " AND EXISTS (SELECT 1 FROM work_package p WHERE p.id = +work_conflict.package AND (p.fingerprint = ? OR p.id = ?))",
        (here, there, change, report_id, field, fingerprint, package),
    )


def mark_conflict_resolved(
    batch: Writer, conflict: int, *, here: str | None, resolved: str, taken: str, reason: str, user_id: int
) -> None:
    """Records which value a lead chose and why."""
    batch.execute(
        "UPDATE work_conflict SET here = ?, resolved = ?, taken = ?, reason = ?, resolved_by = ? WHERE id = ?",
        (here, resolved, taken, reason, user_id, conflict),
    )


def list_conflicts(db: Reader, package: int | None = None, report_id: int | None = None) -> list[ConflictRow]:
    """Returns the conflicts of all packages, or of one, or of one report, the oldest first, with those that were resolved."""
    wanted = [(column, value) for column, value in (("c.package", package), ("c.report_id", report_id)) if value is not None]
    where = " AND ".join(f"{column} = ?" for column, _ in wanted) or "1"
    return [ConflictRow(*row) for row in db.all(f"{CONFLICT} WHERE {where} ORDER BY c.id", [value for _, value in wanted])]

"""Reports, their numbers and aliases, versions, and the source documents that make them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import among, chunks, marks


@dataclass(frozen=True, slots=True)
class SourceRow:
    id: int
    slot: str
    format: str
    path: str
    sha256: str
    parsed: bytes
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    n: int
    imported: str
    bundle_id: int
    changes: str


_SOURCE = "id, slot, format, path, sha256, parsed, since, until"


def find(db: Reader, number: str) -> int | None:
    """The report's internal id, by its number or an alias."""
    found = db.value("SELECT report_id FROM report_number WHERE number = ?", (number,))
    return None if found is None else int(found)


def find_all(db: Reader, wanted: Sequence[str]) -> dict[str, int]:
    """As `find`, of many: those that are there."""
    sql = "SELECT number, report_id FROM report_number WHERE number IN ({})"
    return {number: i for some in chunks(wanted) for number, i in db.all(sql.format(marks(len(some))), some)}


def number(db: Reader, report_id: int) -> str:
    return str(db.value("SELECT number FROM report WHERE id = ?", (report_id,)))


def numbers(db: Reader, report_ids: Iterable[int]) -> dict[int, str]:
    return dict(db.all("SELECT id, number FROM report WHERE id IN (SELECT value FROM json_each(?))", (among(report_ids),)))


def all_aliases(db: Reader) -> Iterator[tuple[str, int]]:
    """(number, report id) of every number by which a report is known."""
    yield from db.each("SELECT number, report_id FROM report_number")


def aliases(db: Reader, report_id: int) -> tuple[str, ...]:
    return tuple(n for (n,) in db.all("SELECT number FROM report_number WHERE report_id = ? ORDER BY number", (report_id,)))


def aliases_among(db: Reader, report_ids: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for i, alias in db.all(
        "SELECT report_id, number FROM report_number WHERE report_id IN (SELECT value FROM json_each(?)) ORDER BY number",
        (among(report_ids),),
    ):
        found.setdefault(i, []).append(alias)
    return found


def is_local(report_number: str) -> bool:
    return report_number.startswith("L-")


def add(batch: Writer, report_number: str) -> int:
    """The record speaks of reports by id, so that of a destroyed one is never given again."""
    report_id = batch.insert(
        "INSERT INTO report (id, number, version) VALUES (1 + max(coalesce((SELECT max(id) FROM report), 0),"
        " coalesce((SELECT max(report_id) FROM destruction), 0)), ?, 0)",
        (report_number,),
    )
    batch.execute("INSERT INTO report_number (number, report_id) VALUES (?,?)", (report_number, report_id))
    return report_id


def rename(batch: Writer, report_id: int, report_number: str) -> None:
    """The number arrived: the local one stays as an alias, so that old links hold."""
    batch.execute("UPDATE report SET number = ? WHERE id = ?", (report_number, report_id))
    batch.execute("INSERT INTO report_number (number, report_id) VALUES (?,?)", (report_number, report_id))


def holding_source(db: Reader, sha256: str) -> list[tuple[int, str]]:
    """(report id, number) of the reports that have a current document with these bytes."""
    return [
        (i, n)
        for i, n in db.all(
            "SELECT DISTINCT r.id, r.number FROM source s JOIN report r ON r.id = s.report_id"
            " WHERE s.sha256 = ? AND s.until IS NULL ORDER BY r.id",
            (sha256,),
        )
    ]


def speaking(db: Reader, digests: Sequence[str]) -> set[str]:
    """Those of these SHA-256 that are current documents of some report."""
    sql = "SELECT DISTINCT sha256 FROM source WHERE until IS NULL AND sha256 IN ({})"
    return {held for some in chunks(digests) for (held,) in db.all(sql.format(marks(len(some))), some)}


def sources(db: Reader, report_id: int, version: int | None = None) -> list[SourceRow]:
    """The documents that make up a version (the current one without a number), in a fixed order."""
    if version is None:
        rows = db.all(f"SELECT {_SOURCE} FROM source WHERE report_id = ? AND until IS NULL ORDER BY slot, path, id", (report_id,))
    else:
        rows = db.all(
            f"SELECT {_SOURCE} FROM source WHERE report_id = ? AND since <= ? AND (until IS NULL OR until > ?)"
            " ORDER BY slot, path, id",
            (report_id, version, version),
        )
    return [SourceRow(*row) for row in rows]


def parsed_among(db: Reader, report_ids: Iterable[int]) -> dict[int, list[bytes]]:
    """Report -> its current documents as they were read, in the order of `sources`."""
    found: dict[int, list[bytes]] = {}
    for i, parsed in db.all(
        "SELECT report_id, parsed FROM source WHERE report_id IN (SELECT value FROM json_each(?)) AND until IS NULL"
        " ORDER BY report_id, slot, path, id",
        (among(report_ids),),
    ):
        found.setdefault(i, []).append(parsed)
    return found


def add_source(
    batch: Writer,
    report_id: int,
    *,
    slot: str,
    format: str,
    path: str,
    sha256: str,
    parsed: bytes,
    since: int,
    until: int | None = None,
) -> None:
    """With `until` the same as `since` it never speaks, and is only kept."""
    batch.execute(
        "INSERT INTO source (report_id, slot, format, path, sha256, parsed, since, until) VALUES (?,?,?,?,?,?,?,?)",
        (report_id, slot, format, path, sha256, parsed, since, until),
    )


def held(db: Reader, report_id: int) -> set[tuple[str, str]]:
    """(slot without its number, SHA-256) of all documents that the report has or had."""
    rows = db.all("SELECT slot, sha256 FROM source WHERE report_id = ?", (report_id,))
    return {(slot.partition("#")[0], sha256) for slot, sha256 in rows}


def supersede(batch: Writer, source_id: int, version: int) -> None:
    """From `version` on, this document no longer speaks. One that came in the same version never spoke at all."""
    batch.execute("UPDATE source SET until = ? WHERE id = ?", (version, source_id))


def versions(db: Reader, report_id: int) -> list[VersionRow]:
    return [
        VersionRow(*row)
        for row in db.all(
            "SELECT n, imported, bundle_id, changes FROM report_version WHERE report_id = ? ORDER BY n", (report_id,)
        )
    ]


def put_version(batch: Writer, report_id: int, n: int, *, imported: str, bundle_id: int, changes: str) -> None:
    batch.execute(
        "INSERT OR REPLACE INTO report_version (report_id, n, imported, bundle_id, changes) VALUES (?,?,?,?,?)",
        (report_id, n, imported, bundle_id, changes),
    )
    batch.execute("UPDATE report SET version = ? WHERE id = ?", (n, report_id))


def count(db: Reader) -> int:
    return int(db.value("SELECT count(*) FROM report"))


def index_texts(batch: Writer, rows: Sequence[tuple[int, str]]) -> None:
    """Replace the searchable words of reports."""
    batch.executemany("DELETE FROM report_text WHERE rowid = ?", [(i,) for i, _ in rows])
    batch.executemany("INSERT INTO report_text (rowid, body) VALUES (?,?)", rows)

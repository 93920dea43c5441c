"""SQL of reports, their numbers, their versions, and the source documents that they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from triage.errors import StoreError
from triage.store.compression import Dictionary, compress, decompress
from triage.store.database import Reader, Row, Writer
from triage.store.queries import encode_json_array, format_placeholders, split_into_chunks

Held = Literal["waiting", "earlier", "refused"]
"""Why a document does not count like others. "waiting": it says less or something else, and a person has not chosen. "earlier": a
fuller one took its place without a person, so it still counts for the band. "refused": by a person."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source document of a report; it counts from version `since` until, not including, version `until`.

    `parsed` is the encoded Document; the store holds it compressed. `held` says why it does not count like that: see `Held`.
    """

    id: int
    slot: str
    format: str
    path: str
    sha256: str
    parsed: bytes
    since: int
    until: int | None
    held: Held | None

    @property
    def repeats(self) -> bool:
        """Whether it only repeats in other bytes what was there; it is kept, and never counted."""
        return self.until == self.since


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """A document that counts for the band of its report, as it is stored; `held` is None for one that nobody questions."""

    parsed: bytes
    held: Held | None


@dataclass(frozen=True, slots=True)
class VersionChoice:
    """What a person chose about a version of a report."""

    report_id: int
    n: int
    choice: str
    chosen: str
    user_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a report: when and by which bundle it came; `changes` is JSON."""

    n: int
    imported: str
    bundle_id: int
    changes: str


_SOURCE = "id, slot, format, path, sha256, parsed, since, until, held"


def find_report(db: Reader, number: str) -> int | None:
    """Returns the id of the report with this number, also an earlier or local number, or None."""
    found = db.value("SELECT report_id FROM report_number WHERE number = ?", (number,))
    return None if found is None else int(found)


def find_reports(db: Reader, wanted: Sequence[str]) -> dict[str, int]:
    """Returns number -> report id, as `find_report`; numbers of no report are missing."""
    sql = "SELECT number, report_id FROM report_number WHERE number IN ({})"
    return {
        number: i for some in split_into_chunks(wanted) for number, i in db.all(sql.format(format_placeholders(len(some))), some)
    }


def load_number(db: Reader, report_id: int) -> str:
    """Returns the present number of an existing report."""
    return str(db.value("SELECT number FROM report WHERE id = ?", (report_id,)))


def load_numbers(db: Reader, report_ids: Iterable[int]) -> dict[int, str]:
    """Returns report -> its present number."""
    return dict(
        db.all("SELECT id, number FROM report WHERE id IN (SELECT value FROM json_each(?))", (encode_json_array(report_ids),))
    )


def load_arrivals(db: Reader, report_ids: Iterable[int]) -> dict[int, int]:
    """Returns report -> when its first version was imported, in seconds since 1970."""
    return dict(
        db.all(
            "SELECT report_id, unixepoch(imported) FROM report_version"
            " WHERE report_id IN (SELECT value FROM json_each(?)) AND n = 1",
            (encode_json_array(report_ids),),
        )
    )


def has_number_with_first_zero(db: Reader) -> bool:
    """Returns whether the number of a report begins with 0; NCMEC's do not."""
    return db.value("SELECT 1 FROM report WHERE number >= '0' AND number < '1' LIMIT 1") is not None


def iter_numbers(db: Reader) -> Iterator[tuple[str, int]]:
    """Yields (number, report) of every number by which a report is known."""
    yield from db.each("SELECT number, report_id FROM report_number")


def list_numbers(db: Reader, report_id: int) -> tuple[str, ...]:
    """Returns all numbers by which the report is known, in order."""
    return tuple(n for (n,) in db.all("SELECT number FROM report_number WHERE report_id = ? ORDER BY number", (report_id,)))


def load_all_numbers(db: Reader, report_ids: Iterable[int]) -> dict[int, list[str]]:
    """Returns report -> all numbers by which it is known, in order."""
    found: dict[int, list[str]] = {}
    for i, alias in db.all(
        "SELECT report_id, number FROM report_number WHERE report_id IN (SELECT value FROM json_each(?)) ORDER BY number",
        (encode_json_array(report_ids),),
    ):
        found.setdefault(i, []).append(alias)
    return found


def is_local(report_number: str) -> bool:
    """Returns whether this is a local number, given because NCMEC's did not come yet."""
    return report_number.startswith("L-")


def add_report(batch: Writer, report_number: str) -> int:
    """Adds a report without versions; returns its id.

    The id of a destroyed report is never given again, because the audit log names reports by id.
    """
    report_id = batch.insert(
        "INSERT INTO report (id, number, version, first_number) VALUES (1 + max(coalesce((SELECT max(id) FROM report), 0),"
        " coalesce((SELECT max(report_id) FROM destruction), 0)), ?1, 0, ?1)",
        (report_number,),
    )
    batch.execute("INSERT INTO report_number (number, report_id) VALUES (?,?)", (report_number, report_id))
    return report_id


def set_number(batch: Writer, report_id: int, report_number: str, sort_key: str) -> None:
    """Gives the report its arrived number, also in the queue. The local number stays valid, so that old links hold."""
    batch.execute("UPDATE report SET number = ? WHERE id = ?", (report_number, report_id))
    batch.execute("UPDATE queue SET number_key = ? WHERE report_id = ?", (sort_key, report_id))
    batch.execute("INSERT INTO report_number (number, report_id) VALUES (?,?)", (report_number, report_id))


def find_reports_with_source(db: Reader, sha256: str, slot: str) -> list[tuple[int, str]]:
    """Returns (report, number) of the reports that have or had a document with these bytes in this slot, whatever its number.

    Those that still count it come first.
    """
    return [
        (i, n)
        for i, n in db.all(
            "SELECT r.id, r.number FROM source s JOIN report r ON r.id = s.report_id"
            " WHERE s.sha256 = ?1 AND (s.slot = ?2 OR substr(s.slot, 1, length(?2) + 1) = ?2 || '#')"
            " GROUP BY r.id, r.number ORDER BY min(s.until IS NOT NULL), r.id",
            (sha256, slot),
        )
    ]


def find_known_documents(db: Reader, digests: Sequence[str]) -> set[str]:
    """Returns those of these SHA-256 that are or were documents of some report."""
    sql = "SELECT DISTINCT sha256 FROM source WHERE sha256 IN ({})"
    return {held for some in split_into_chunks(digests) for (held,) in db.all(sql.format(format_placeholders(len(some))), some)}


def list_sources(db: Reader, report_id: int, version: int | None = None) -> list[SourceRow]:
    """Returns the documents of a version of the report (the current one without a number), in a fixed order.

    Those that wait for a person are among them.
    """
    if version is None:
        rows = db.all(f"SELECT {_SOURCE} FROM source WHERE report_id = ? AND until IS NULL ORDER BY slot, path, id", (report_id,))
    else:
        rows = db.all(
            f"SELECT {_SOURCE} FROM source WHERE report_id = ? AND since <= ? AND (until IS NULL OR until > ?)"
            " ORDER BY slot, path, id",
            (report_id, version, version),
        )
    return [_build_source(row) for row in rows]


def load_parsed_documents(db: Reader, report_ids: Iterable[int]) -> dict[int, list[bytes]]:
    """Returns report -> its current encoded documents, in the order of `list_sources`."""
    return {i: list(map(unpack_document, stored)) for i, stored in load_stored_documents(db, report_ids).items()}


def load_stored_documents(db: Reader, report_ids: Iterable[int]) -> dict[int, list[bytes]]:
    """Returns report -> its current documents that nobody questions, as they are stored, in the same order.

    `unpack_document` reads them. Those that wait for a person are left out: nothing is written out of them.
    """
    found: dict[int, list[bytes]] = {}
    for i, parsed in db.all(
        "SELECT report_id, parsed FROM source WHERE report_id IN (SELECT value FROM json_each(?)) AND until IS NULL"
        " AND held IS NULL ORDER BY report_id, slot, path, id",
        (encode_json_array(report_ids),),
    ):
        found.setdefault(i, []).append(parsed)
    return found


def load_judged_documents(db: Reader, report_ids: Iterable[int]) -> dict[int, list[JudgedDocument]]:
    """Returns report -> the documents that count for its band, in the order of their paths and bytes.

    These are the current ones, those that wait, and earlier ones that gave way without a person.
    """
    found: dict[int, list[JudgedDocument]] = {}
    for i, parsed, held in db.all(
        "SELECT report_id, parsed, held FROM source WHERE report_id IN (SELECT value FROM json_each(?))"
        " AND (until IS NULL OR held = 'earlier') ORDER BY report_id, path, sha256, id",
        (encode_json_array(report_ids),),
    ):
        found.setdefault(i, []).append(JudgedDocument(parsed, held))
    return found


def _build_source(row: Row) -> SourceRow:
    """Builds a document from the columns `_SOURCE`."""
    source_id, slot, format_name, path, sha256, parsed, since, until, held = row
    return SourceRow(source_id, slot, format_name, path, sha256, unpack_document(parsed), since, until, held)


def unpack_document(parsed: bytes) -> bytes:
    """Returns the encoded document. Damaged bytes are returned as they are: no decoder takes them, so that one report is lost."""
    try:
        return decompress(parsed)
    except StoreError:
        return parsed


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
    held: Held | None = None,
) -> None:
    """Adds a document to the report. If `until` is the same as `since`, it is stored but never counts.

    It gets the report's next exhibit number, or the number that the same bytes have in the report.
    """
    batch.execute(
        "INSERT INTO source (report_id, slot, format, path, sha256, parsed, since, until, held, exhibit)"
        " SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9, coalesce((SELECT exhibit FROM source WHERE sha256 = ?5 AND report_id = ?1 LIMIT 1),"
        " 1 + coalesce((SELECT max(exhibit) FROM source WHERE report_id = ?1), 0))",
        (report_id, slot, format, path, sha256, compress(parsed, Dictionary.DOCUMENTS), since, until, held),
    )


def list_all_sources(db: Reader, report_id: int) -> list[tuple[int, SourceRow]]:
    """Returns (exhibit number, document) of all versions of the report, also of those that never counted, by exhibit number."""
    rows = db.all(f"SELECT exhibit, {_SOURCE} FROM source WHERE report_id = ? ORDER BY exhibit, id", (report_id,))
    return [(row[0], _build_source(row[1:])) for row in rows]


def load_first_number(db: Reader, report_id: int) -> str:
    """Returns the number under which the exhibits of an existing report are numbered."""
    return str(db.value("SELECT first_number FROM report WHERE id = ?", (report_id,)))


def list_known_documents(db: Reader, report_id: int) -> set[tuple[str, str]]:
    """Returns (slot without its number, SHA-256) of all documents that the report has or had."""
    rows = db.all("SELECT slot, sha256 FROM source WHERE report_id = ?", (report_id,))
    return {(slot.partition("#")[0], sha256) for slot, sha256 in rows}


def set_source_state(batch: Writer, source_id: int, until: int | None, held: Held | None) -> None:
    """Says until which version a document counts, and whether it is held. If it came in that version, it never counted."""
    batch.execute("UPDATE source SET until = ?, held = ? WHERE id = ?", (until, held, source_id))


def find_held(db: Reader, report_ids: Iterable[int]) -> dict[int, set[Held]]:
    """Returns report -> how documents of it are held, "waiting" or "earlier"; reports without such documents are missing."""
    found: dict[int, set[Held]] = {}
    for i, held in db.all(
        "SELECT DISTINCT report_id, held FROM source WHERE held IN ('waiting', 'earlier')"
        " AND report_id IN (SELECT value FROM json_each(?))",
        (encode_json_array(report_ids),),
    ):
        found.setdefault(i, set()).add(held)
    return found


def list_reports_with_held(db: Reader) -> list[int]:
    """Returns the reports that have a document that waits, or an earlier one that still counts for the band."""
    return [i for (i,) in db.all("SELECT DISTINCT report_id FROM source WHERE held IN ('waiting', 'earlier') ORDER BY report_id")]


def add_version_choice(batch: Writer, choice: VersionChoice) -> None:
    """Adds what a person chose about a version."""
    batch.execute(
        "INSERT INTO version_choice (report_id, n, choice, chosen, user_id, reason) VALUES (?,?,?,?,?,?)",
        (choice.report_id, choice.n, choice.choice, choice.chosen, choice.user_id, choice.reason),
    )


def list_version_choices(db: Reader, report_id: int) -> list[VersionChoice]:
    """Returns what people chose about the versions of a report, the oldest first."""
    sql = "SELECT report_id, n, choice, chosen, user_id, reason FROM version_choice WHERE report_id = ? ORDER BY id"
    return [VersionChoice(*row) for row in db.all(sql, (report_id,))]


def list_versions(db: Reader, report_id: int) -> list[VersionRow]:
    """Returns the versions of the report, the oldest first."""
    return [
        VersionRow(*row)
        for row in db.all(
            "SELECT n, imported, bundle_id, changes FROM report_version WHERE report_id = ? ORDER BY n", (report_id,)
        )
    ]


def save_version(batch: Writer, report_id: int, n: int, *, imported: str, bundle_id: int, changes: str) -> None:
    """Stores or replaces version `n` and makes it the current one."""
    batch.execute(
        "INSERT INTO report_version (report_id, n, imported, bundle_id, changes) VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE"
        " SET (imported, bundle_id, changes) = (excluded.imported, excluded.bundle_id, excluded.changes)",
        (report_id, n, imported, bundle_id, changes),
    )
    batch.execute("UPDATE report SET version = ? WHERE id = ?", (n, report_id))


def list_first_numbers(db: Reader, most: int) -> list[str]:
    """Returns the numbers of at most so many reports, the lowest first."""
    return [number for (number,) in db.all("SELECT number FROM report ORDER BY number LIMIT ?", (most,))]


def count_reports(db: Reader) -> int:
    """Returns the number of reports."""
    return int(db.value("SELECT n FROM row_count WHERE name = 'reports'"))


def replace_file_warnings(batch: Writer, report_ids: Iterable[int], rows: Sequence[tuple[int, str, str]]) -> None:
    """Replaces the grave warnings of these reports by (report, SHA-256 of a file or "" for the report, warning)."""
    batch.execute(
        "DELETE FROM file_warning WHERE report_id IN (SELECT value FROM json_each(?))", (encode_json_array(report_ids),)
    )
    batch.executemany("INSERT INTO file_warning (report_id, sha256, warning) VALUES (?,?,?)", sorted(rows))


def find_last_report(db: Reader) -> int:
    """Returns the highest id of a report, or 0."""
    return int(db.value("SELECT max(id) FROM report") or 0)

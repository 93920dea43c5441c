"""SQL of the gallery: which files a scope holds, and the facts by which they are filtered, each as narrow rows of ids.

Nothing here opens a wide row of `media_item` for all files: kinds, digests and states come from indexes and small tables. `Only`
limits a query to some ids; None reads all, which is cheaper for a large scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from triage.model.digest_kinds import DIGEST_KINDS
from triage.store.database import Params, Reader, Row
from triage.store.queries import encode_json_array, format_placeholders, list_blocks, split_into_chunks

_AT_ONCE = 5_000
Only = Sequence[int] | None
ACCOUNT_KINDS = ("user_id", "username", "email", "phone", "handle")
"""Kinds of link keys that name a reported user, the most telling first."""
_NOT_CLEARED = "NOT EXISTS (SELECT 1 FROM cleared c WHERE c.report_id = o.report_id)"


def _limit(column: str, only: Only, word: str = "AND") -> tuple[str, list[str]]:
    """Returns a condition on a column, and its parameter."""
    if only is None:
        return "", []
    return f" {word} {column} IN (SELECT value FROM json_each(?))", [encode_json_array(only)]


def iter_files_of_reports(db: Reader, report_ids: Only, *, with_cleared: bool = False) -> Iterator[Row]:
    """Yields (media item, report) of each file of these reports, or of all. Reports of cleared people are left out."""
    where, params = _limit("o.report_id", report_ids)
    apart = "" if with_cleared else f" AND {_NOT_CLEARED}"
    return db.each(f"SELECT o.media_item_id, o.report_id FROM file o WHERE o.report_id IS NOT NULL{where}{apart}", params)


def has_more_files(db: Reader, most: int) -> bool:
    """Returns whether reports hold more than `most` files."""
    sql = "SELECT 1 FROM file WHERE report_id IS NOT NULL LIMIT 1 OFFSET ?"
    return db.value(sql, (most,)) is not None


def iter_files_of_media(db: Reader, medium_ids: Sequence[int]) -> Iterator[Row]:
    """Yields (media item, report) of each file of these media items. Reports of cleared people are left out."""
    where, params = _limit("o.media_item_id", medium_ids)
    return db.each(
        f"SELECT o.media_item_id, o.report_id FROM file o WHERE o.report_id IS NOT NULL{where} AND {_NOT_CLEARED}", params
    )


def iter_report_facts(db: Reader, report_ids: Iterable[int]) -> Iterator[Row]:
    """Yields (report, band, risk, actionability, office or -1, day of receipt in Pakistan or -1) of judged reports."""
    return db.each(
        "SELECT q.report_id, q.band, q.risk, q.actionability, coalesce(q.office, -1), coalesce((q.received + 18000) / 86400, -1)"
        " FROM json_each(?) i CROSS JOIN queue q ON q.report_id = i.value",
        (encode_json_array(report_ids),),
    )


def iter_seen(db: Reader, only: Only) -> Iterator[Row]:
    """Yields (media item,) of what somebody viewed unblurred."""
    where, params = _limit("media_item_id", only, "WHERE")
    return db.each(f"SELECT media_item_id FROM media_seen{where}", params)


def iter_images(db: Reader, only: Only) -> Iterator[Row]:
    """Yields (media item,) of images that could be decoded."""
    where, params = _limit("id", only)
    return db.each(f"SELECT id FROM media_item WHERE pdq IS NOT NULL{where}", params)


def iter_videos(db: Reader, only: Only) -> Iterator[Row]:
    """Yields (media item,) of videos that could be decoded."""
    where, params = _limit("media_item_id", only, "WHERE")
    return db.each(f"SELECT media_item_id FROM video{where}", params)


COUNTS, POSSIBLE, HELD = 1, 2, 3
"""How a match with a list counts: as a match, as a possible match, or not as long as its hash is held for review."""


def iter_list_matches(db: Reader, only: Only) -> Iterator[Row]:
    """Yields (media item, list, how it counts) of near matches with lists, without those that a person rejected."""
    where, params = _limit("n.media_item_id", only)
    return db.each(
        f"SELECT DISTINCT n.media_item_id, n.list_id, CASE WHEN s.is_same THEN {COUNTS}"
        f" WHEN h.id IS NOT NULL AND h.outcome IS NOT 'confirmed' THEN {HELD} WHEN n.possible THEN {POSSIBLE} ELSE {COUNTS} END"
        " FROM list_match n LEFT JOIN list_verdict s ON s.value = n.value AND s.media_item_id = n.media_item_id"
        f" LEFT JOIN held_hash h ON h.value = n.value WHERE s.is_same IS NOT 0{where}",
        params,
    )


def iter_exact_list_matches(db: Reader, only: Only) -> Iterator[Row]:
    """Yields (media item, list) of media items of which a list holds a digest."""
    where, params = _limit("m.id", only, "WHERE")
    for kind in DIGEST_KINDS:
        if db.value("SELECT 1 FROM list_hash WHERE hash_kind = ? LIMIT 1", (kind,)) is not None:
            yield from db.each(
                f"SELECT DISTINCT m.id, h.list_id FROM media_item m CROSS JOIN list_hash h ON h.hash_kind = '{kind}'"
                f" AND h.value = unhex(m.{kind}){where}",
                params,
            )
        packed = list_blocks.list_packed(db)
        rows = db.each(f"SELECT unhex(m.{kind}), m.id FROM media_item m{where} ORDER BY 1", params) if packed else iter(())
        while some := list(islice(rows, _AT_ONCE)):
            for list_id in packed:
                values = [value for value, _ in groupby(row[0] for row in some)]
                found = {value for value, _ in list_blocks.find_digests(db, list_id, kind, values)}
                yield from ((medium_id, list_id) for value, medium_id in some if value in found)


def find_media_of_list(db: Reader, list_id: int) -> set[int]:
    """Returns the media items that the list holds, exactly or by a match, possible matches included."""
    near = db.all(
        "SELECT DISTINCT n.media_item_id FROM list_match n LEFT JOIN list_verdict s ON s.value = n.value"
        " AND s.media_item_id = n.media_item_id WHERE n.list_id = ? AND s.is_same IS NOT 0",
        (list_id,),
    )
    return {i for (i,) in near} | {i for i, of_list in iter_exact_list_matches(db, None) if of_list == list_id}


def iter_warnings(db: Reader, medium_ids: Iterable[int]) -> Iterator[Row]:
    """Yields (media item, warning), each once, of what all reports that hold these media items state of them or of the report."""
    return db.each(
        "SELECT DISTINCT m.id, w.warning FROM json_each(?) j JOIN media_item m ON m.id = j.value"
        " CROSS JOIN file f ON f.media_item_id = m.id CROSS JOIN file_warning w ON w.report_id = f.report_id"
        " AND w.sha256 IN (m.sha256, '')",
        (encode_json_array(medium_ids),),
    )


def list_report_warnings(db: Reader, report_id: int, sha256: str) -> list[str] | None:
    """Returns the grave warnings that a report states of itself and of one of its files; None while it is not indexed."""
    if db.value("SELECT 1 FROM report_digest WHERE report_id = ?", (report_id,)) is None:
        return None
    sql = "SELECT DISTINCT warning FROM file_warning WHERE report_id = ? AND sha256 IN (?, '') ORDER BY warning"
    return [warning for (warning,) in db.all(sql, (report_id, sha256))]


def iter_accounts(db: Reader, report_ids: Iterable[int]) -> Iterator[Row]:
    """Yields (report, rank of the kind, account) of the keys that name reported users; the lowest rank tells most."""
    ranks = " ".join(f"WHEN '{kind}' THEN {rank}" for rank, kind in enumerate(ACCOUNT_KINDS))
    kinds = format_placeholders(len(ACCOUNT_KINDS))
    return db.each(
        f"SELECT report_id, CASE kind {ranks} END, value FROM link_key WHERE kind IN ({kinds}) AND strength > 0"
        " AND report_id IN (SELECT value FROM json_each(?))",
        [*ACCOUNT_KINDS, encode_json_array(report_ids)],
    )


# -- near copies -----------------------------------------------------------------------------------------------------------


def iter_matches(db: Reader, only: Only) -> Iterator[Row]:
    """Yields (a, b, distance) of matching media items of which one is among `only`, without those that a person rejected."""
    unsaid = "NOT EXISTS (SELECT 1 FROM rejected_match x WHERE x.a = n.a AND x.b = n.b)"
    if only is None:
        yield from db.each(f"SELECT n.a, n.b, n.distance FROM media_match n WHERE {unsaid}")
        return
    those = encode_json_array(only)
    yield from db.each(
        f"SELECT n.a, n.b, n.distance FROM media_match n WHERE n.a IN (SELECT value FROM json_each(?1)) AND {unsaid}"
        f" UNION SELECT n.a, n.b, n.distance FROM media_match n WHERE n.b IN (SELECT value FROM json_each(?1)) AND {unsaid}",
        (those,),
    )


def list_rejected_matches(db: Reader, only: Only) -> list[tuple[int, int]]:
    """Returns the pairs of media items that a person said are not the same, of which the first is among `only`."""
    where, params = _limit("a", only, "WHERE")
    return [(a, b) for a, b in db.all(f"SELECT a, b FROM rejected_match{where}", params)]


def load_digests(db: Reader, medium_ids: Sequence[int]) -> dict[int, str]:
    """Returns media item -> SHA-256."""
    return dict(db.all("SELECT id, sha256 FROM media_item WHERE id IN (SELECT value FROM json_each(?))", _ids(medium_ids)))


def _ids(values: Sequence[int]) -> Params:
    return (encode_json_array(values),)


# -- what a cell shows -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CellRow:
    """A media item as a cell needs it: `facts` are encoded, and None until it was measured; `digests` are by kind."""

    sha256: str
    size: int
    facts: bytes | None
    digests: dict[str, bytes]


def load_cell_rows(db: Reader, medium_ids: Sequence[int]) -> dict[int, CellRow]:
    """Returns media item -> what a cell needs of it."""
    columns = ", ".join(f"unhex({kind})" for kind in DIGEST_KINDS)
    found = {}
    for part in split_into_chunks(medium_ids):
        for row in db.all(
            f"SELECT id, sha256, size, facts, {columns} FROM media_item WHERE id IN ({format_placeholders(len(part))})", part
        ):
            found[row[0]] = CellRow(row[1], row[2], row[3], dict(zip(DIGEST_KINDS, row[4:], strict=True)))
    return found


def load_names(db: Reader, report_id: int, medium_ids: Sequence[int]) -> dict[int, str]:
    """Returns media item -> the name of its first file in the report.

    The report's files are walked, since one content may stand in very many reports.
    """
    return {
        medium_id: name
        for medium_id, _, name in db.all(
            "SELECT media_item_id, min(id), name FROM file INDEXED BY file_report WHERE report_id = ?"
            " AND media_item_id IN (SELECT value FROM json_each(?)) GROUP BY media_item_id",
            (report_id, encode_json_array(medium_ids)),
        )
    }

"""Media by SHA-256, where they occur, and what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import among, chunks, marks


@dataclass(frozen=True, slots=True)
class MediumRow:
    id: int
    sha256: str
    md5: str
    sha1: str
    size: int
    item: int
    facts: bytes | None


@dataclass(frozen=True, slots=True)
class OccurrenceRow:
    medium_id: int
    sha256: str
    md5: str
    sha1: str
    size: int
    name: str
    path: str
    level: str


_MEDIUM = "id, sha256, md5, sha1, size, item, facts"


def medium(db: Reader, sha256: str) -> MediumRow | None:
    row = db.one(f"SELECT {_MEDIUM} FROM media_item WHERE sha256 = ?", (sha256,))
    return MediumRow(*row) if row else None


def ids_of(db: Reader, digests: Sequence[str]) -> dict[str, int]:
    """Medium ids by SHA-256, of those that are there."""
    sql = "SELECT sha256, id FROM media_item WHERE sha256 IN ({})"
    return {sha256: i for some in chunks(digests) for sha256, i in db.all(sql.format(marks(len(some))), some)}


def by_id(db: Reader, medium_id: int) -> MediumRow | None:
    row = db.one(f"SELECT {_MEDIUM} FROM media_item WHERE id = ?", (medium_id,))
    return MediumRow(*row) if row else None


def sha256_of(db: Reader, medium_id: int) -> str:
    return str(db.value("SELECT sha256 FROM media_item WHERE id = ?", (medium_id,)))


def pdq_of(db: Reader, medium_id: int) -> bytes | None:
    found = db.value("SELECT pdq FROM media_item WHERE id = ?", (medium_id,))
    return found if isinstance(found, bytes) else None


def quality_of(db: Reader, medium_id: int) -> int | None:
    """PDQ's, of a picture."""
    found = db.value("SELECT quality FROM media_item WHERE id = ?", (medium_id,))
    return None if found is None else int(found)


def add(batch: Writer, *, sha256: str, md5: str, sha1: str, size: int, item: int, facts: bytes | None = None) -> int:
    """Without `facts` it waits for being measured. People's own accounts of what they saw speak of media by id, so that of a
    destroyed one is never given again."""
    return batch.insert(
        "INSERT INTO media_item (id, sha256, md5, sha1, size, item, facts)"
        " VALUES (1 + max(coalesce((SELECT max(id) FROM media_item), 0),"
        " coalesce((SELECT max(media_item_id) FROM destroyed_mark), 0)), ?,?,?,?,?,?)",
        (sha256, md5, sha1, size, item, facts),
    )


def set_facts(batch: Writer, measured: Iterable[tuple[int, bytes, bytes | None, int | None]]) -> None:
    """(medium id, facts, PDQ, quality) of each."""
    batch.executemany("UPDATE media_item SET facts = ?2, pdq = ?3, quality = ?4 WHERE id = ?1", measured)


def pending(db: Reader) -> list[int]:
    """Sealed but not measured yet: large media, or what a kill left behind."""
    return [i for (i,) in db.all("SELECT id FROM media_item WHERE facts IS NULL ORDER BY id")]


def window_blocks(db: Reader, qualities: range, after: int = -1) -> Iterator[list[tuple[int, bytes, bytes | None]]]:
    """(medium id, PDQ, hashes of its windows) of all pictures of these qualities behind one, some thousands at a time; None for
    those that came before windows were kept."""
    sql = (
        "SELECT m.id, m.pdq, w.hashes FROM media_item m LEFT JOIN image_hashes w ON w.media_item_id = m.id"
        " WHERE m.id > ? AND m.quality BETWEEN ? AND ? ORDER BY m.id LIMIT ?"
    )
    while block := db.all(sql, (after, qualities[0], qualities[-1], _BLOCK)):
        yield [(i, p, w) for i, p, w in block]
        after = block[-1][0]


_BLOCK = 10_000


def set_windows(batch: Writer, taken: Iterable[tuple[int, bytes]]) -> None:
    """(medium id, hashes) of each."""
    batch.executemany("INSERT OR REPLACE INTO image_hashes (media_item_id, hashes) VALUES (?,?)", taken)


def windows(db: Reader, medium_id: int) -> bytes | None:
    found = db.value("SELECT hashes FROM image_hashes WHERE media_item_id = ?", (medium_id,))
    return found if isinstance(found, bytes) else None


def unswept(db: Reader, stage: int, worst_band: int | None = None) -> list[int]:
    """Pictures that the sweep has not brought to a stage yet (1: matches, 2: possible ones, 3: uneven crops too): of the gravest
    reports first, then the newest. With `worst_band` only those of reports in it or in a graver one."""
    return [
        i
        for (i,) in db.all(
            "SELECT w.media_item_id FROM image_hashes w LEFT JOIN file o ON o.media_item_id = w.media_item_id"
            " LEFT JOIN queue q ON q.report_id = o.report_id WHERE w.swept < 3 AND w.swept < ?2"
            " GROUP BY w.media_item_id HAVING ?1 IS NULL OR min(q.band) <= ?1"
            " ORDER BY coalesce(min(q.band), 9), w.media_item_id DESC",
            (worst_band, stage),
        )
    ]


def count_unswept(db: Reader) -> int:
    return int(db.value("SELECT count(*) FROM image_hashes WHERE swept < 3"))


def unchecked(db: Reader) -> list[int]:
    """Pictures that could not be asked for as uneven crops when their turn came."""
    return [i for (i,) in db.all("SELECT media_item_id FROM image_hashes WHERE unchecked IS NOT NULL ORDER BY 1 DESC")]


def count_unchecked(db: Reader) -> dict[str, int]:
    """Why -> how many."""
    sql = "SELECT unchecked, count(*) FROM image_hashes WHERE unchecked IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    return dict(db.all(sql))


def swept(db: Reader, medium_id: int) -> tuple[int, str | None] | None:
    """(how far a picture has come, why it could not be asked for as an uneven crop); None of what is not compared."""
    row = db.one("SELECT swept, unchecked FROM image_hashes WHERE media_item_id = ?", (medium_id,))
    return None if row is None else (row[0], row[1])


def set_swept(batch: Writer, medium_id: int, stage: int, unchecked: str | None = None) -> None:
    sql = "UPDATE image_hashes SET swept = ?, unchecked = ? WHERE media_item_id = ?"
    batch.execute(sql, (stage, unchecked, medium_id))


def count_windows(db: Reader) -> int:
    """Pictures whose windows are kept."""
    return int(db.value("SELECT count(*) FROM image_hashes"))


def count_pictures(db: Reader, least_quality: int) -> int:
    """That may match."""
    return int(db.value("SELECT count(*) FROM media_item WHERE quality >= ?", (least_quality,)))


def count(db: Reader) -> int:
    return int(db.value("SELECT count(*) FROM media_item"))


def add_occurrence(
    batch: Writer, report_id: int | None, bundle_id: int, medium_id: int, name: str, path: str, level: str
) -> bool:
    """Whether it is a new one: the same bytes under the same name in the same report (or bundle) are kept once."""
    added = batch.execute(
        "INSERT INTO file (report_id, bundle_id, media_item_id, name, path, level) SELECT ?1, ?2, ?3, ?4, ?5, ?6"
        " WHERE NOT EXISTS (SELECT 1 FROM file WHERE report_id IS ?1 AND media_item_id = ?3 AND name = ?4"
        " AND (?1 IS NOT NULL OR path = ?5))",
        (report_id, bundle_id, medium_id, name, path, level),
    )
    return added == 1


def occurrences(db: Reader, report_id: int) -> list[OccurrenceRow]:
    return [
        OccurrenceRow(*row)
        for row in db.all(
            "SELECT m.id, m.sha256, m.md5, m.sha1, m.size, o.name, o.path, o.level FROM file o"
            " JOIN media_item m ON m.id = o.media_item_id WHERE o.report_id = ? ORDER BY o.path, o.name, m.sha256",
            (report_id,),
        )
    ]


def reports_holding(db: Reader, medium_ids: Sequence[int]) -> dict[int, list[int]]:
    """Medium id -> ids of the reports in which it occurs."""
    found: dict[int, list[int]] = {}
    for part in chunks(medium_ids):
        for m, r in db.all(
            f"SELECT DISTINCT media_item_id, report_id FROM file WHERE media_item_id IN ({marks(len(part))})"
            " AND report_id IS NOT NULL ORDER BY media_item_id, report_id",
            part,
        ):
            found.setdefault(m, []).append(r)
    return found


def reports_linked(db: Reader, medium_ids: Sequence[int]) -> dict[int, list[int]]:
    """As `reports_holding`, without those that are set apart because the person was cleared: they tie to nobody."""
    found = reports_holding(db, medium_ids)
    apart = {i for (i,) in db.all("SELECT report_id FROM cleared")}
    return {m: [r for r in held if r not in apart] for m, held in found.items()} if apart else found


def names_of(db: Reader, medium_id: int) -> tuple[str, ...]:
    return tuple(n for (n,) in db.all("SELECT DISTINCT name FROM file WHERE media_item_id = ? ORDER BY name", (medium_id,)))


def path_of(db: Reader, medium_id: int) -> str:
    """Where it lay when it came first; "" when nothing holds it any more."""
    return str(db.value("SELECT path FROM file WHERE media_item_id = ? ORDER BY id LIMIT 1", (medium_id,)) or "")


def facts_of(db: Reader, report_id: int) -> list[tuple[str, bytes | None]]:
    """(sha256, facts) of the media of a report."""
    return [
        (s, f)
        for s, f in db.all(
            "SELECT DISTINCT m.sha256, m.facts FROM file o JOIN media_item m ON m.id = o.media_item_id WHERE o.report_id = ?",
            (report_id,),
        )
    ]


HeldRow = tuple[int, OccurrenceRow, bytes | None]
"""(report, occurrence, facts)"""


def held(db: Reader, report_ids: Iterable[int]) -> list[HeldRow]:
    """The media of reports, in the order of `occurrences`."""
    return [
        (row[0], OccurrenceRow(*row[1:9]), row[9])
        for row in db.all(
            "SELECT o.report_id, m.id, m.sha256, m.md5, m.sha1, m.size, o.name, o.path, o.level, m.facts"
            " FROM file o JOIN media_item m ON m.id = o.media_item_id WHERE o.report_id IN (SELECT value FROM json_each(?))"
            " ORDER BY o.report_id, o.path, o.name, m.sha256",
            (among(report_ids),),
        )
    ]


def spread(db: Reader, report_ids: Iterable[int], most: int) -> dict[int, dict[int, int]]:
    """Report -> medium -> how many other reports hold it, those of cleared people left out, counted up to `most`; media that no
    other report holds are missing."""
    found: dict[int, dict[int, int]] = {}
    for i, medium_id, others in db.all(
        "SELECT o.report_id, o.media_item_id, (SELECT count(*) FROM (SELECT DISTINCT x.report_id FROM file x"
        "  WHERE x.media_item_id = o.media_item_id AND x.report_id <> o.report_id"
        "  AND NOT EXISTS (SELECT 1 FROM cleared c WHERE c.report_id = x.report_id) LIMIT ?2)) AS others"
        " FROM file o WHERE o.report_id IN (SELECT value FROM json_each(?1)) AND others > 0"
        " GROUP BY o.report_id, o.media_item_id",
        (among(report_ids), most),
    ):
        found.setdefault(i, {})[medium_id] = others
    return found

"""SQL of media items by SHA-256, of the files in which they occur, and of what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Row, Writer
from triage.store.queries import encode_json_array, format_placeholders, split_into_chunks


@dataclass(frozen=True, slots=True)
class MediaItemRow:
    """A media item. `item` is its vault item; `facts` is None until it was measured."""

    id: int
    sha256: str
    md5: str
    sha1: str
    size: int
    item: int
    facts: bytes | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file in a report: the media item, the file's name, its path in the bundle and its level."""

    medium_id: int
    sha256: str
    md5: str
    sha1: str
    size: int
    name: str
    path: str
    level: str


@dataclass(frozen=True, slots=True)
class ExhibitRow:
    """A file as it came with a report: its exhibit number, name, path in the bundle, bytes, and the bundle that brought it."""

    exhibit: int
    name: str
    path: str
    sha256: str
    size: int
    bundle_id: int


_MEDIUM = "id, sha256, md5, sha1, size, item, facts"
_FILE = "m.id, m.sha256, m.md5, m.sha1, m.size, o.name, o.path, o.level"
"""The columns of a `FileRow`."""


def find_media_item(db: Reader, sha256: str) -> MediaItemRow | None:
    """Returns the media item with this SHA-256, or None."""
    row = db.first(f"SELECT {_MEDIUM} FROM media_item WHERE sha256 = ?", (sha256,))
    return MediaItemRow(*row) if row else None


def load_media_ids(db: Reader, digests: Sequence[str]) -> dict[str, int]:
    """Returns SHA-256 -> media item id; bytes that are not in the store are missing."""
    sql = "SELECT sha256, id FROM media_item WHERE sha256 IN ({})"
    return {
        sha256: i for some in split_into_chunks(digests) for sha256, i in db.all(sql.format(format_placeholders(len(some))), some)
    }


def load_media_item(db: Reader, medium_id: int) -> MediaItemRow | None:
    """Returns the media item with this id, or None."""
    row = db.first(f"SELECT {_MEDIUM} FROM media_item WHERE id = ?", (medium_id,))
    return MediaItemRow(*row) if row else None


def load_sha256(db: Reader, medium_id: int) -> str:
    """Returns the SHA-256 of an existing media item, in hex."""
    return str(db.value("SELECT sha256 FROM media_item WHERE id = ?", (medium_id,)))


def load_pdq(db: Reader, medium_id: int) -> bytes | None:
    """Returns the PDQ hash of the image, or None."""
    found = db.value("SELECT pdq FROM media_item WHERE id = ?", (medium_id,))
    return found if isinstance(found, bytes) else None


def load_quality(db: Reader, medium_id: int) -> int | None:
    """Returns the PDQ quality of the image (0 to 100), or None."""
    found = db.value("SELECT quality FROM media_item WHERE id = ?", (medium_id,))
    return None if found is None else int(found)


def add_media_items(batch: Writer, items: Sequence[Row]) -> range:
    """Adds media items; returns their ids in order.

    `items` are (SHA-256, MD5, SHA-1, size, vault item, facts, PDQ hash, PDQ quality, encoded messages of its text). Without facts
    an item waits to be measured. The id of a destroyed media item is never given again, because people's own records of what they
    viewed name media items by id.
    """
    highest = "SELECT max(id) AS id FROM media_item UNION ALL SELECT max(media_item_id) FROM destroyed_mark"
    first = 1 + int(batch.value(f"SELECT coalesce(max(id), 0) FROM ({highest})"))
    ids = range(first, first + len(items))
    sql = "INSERT INTO media_item (id, sha256, md5, sha1, size, item, facts, pdq, quality, text) VALUES (?,?,?,?,?,?,?,?,?,?)"
    batch.executemany(sql, ((i, *item) for i, item in zip(ids, items, strict=True)))
    return ids


def set_facts(batch: Writer, measured: Iterable[tuple[int, bytes, bytes | None, int | None]]) -> None:
    """Stores what was measured. `measured` are (media item, facts, PDQ hash, PDQ quality)."""
    batch.executemany("UPDATE media_item SET facts = ?2, pdq = ?3, quality = ?4 WHERE id = ?1", measured)


def set_text(batch: Writer, medium_id: int, facts: bytes, text: bytes | None) -> None:
    """Stores the facts of a media item whose text was read again, and the encoded messages of the text."""
    batch.execute("UPDATE media_item SET facts = ?, text = ? WHERE id = ?", (facts, text, medium_id))


def list_quarantined_items(db: Reader) -> list[MediaItemRow]:
    """Returns the media items whose bytes are quarantined and could not be read since: damaged or locked files of reports."""
    waiting = "SELECT sha256 FROM quarantined WHERE resolved IS NULL"
    return [MediaItemRow(*row) for row in db.all(f"SELECT {_MEDIUM} FROM media_item WHERE sha256 IN ({waiting}) ORDER BY id")]


def forget_facts(batch: Writer, sha256: str) -> bool:
    """Marks a media item as not measured, so that the next import measures it again; returns whether there is one."""
    return batch.execute("UPDATE media_item SET facts = NULL WHERE sha256 = ?", (sha256,)) > 0


def list_unmeasured(db: Reader) -> list[int]:
    """Returns the media items that are sealed but not measured: large ones, or what a kill left behind."""
    return [i for (i,) in db.all("SELECT id FROM media_item WHERE facts IS NULL ORDER BY id")]


def iter_window_blocks(db: Reader, qualities: range, *, least_stage: int = -1) -> Iterator[list[tuple[int, bytes, bytes | None]]]:
    """Yields (media item, PDQ hash, packed window hashes or None) of images, in blocks of at most 2,500.

    Only images whose PDQ quality is in `qualities`, and that were brought to this stage of comparing; 0: compared at all.
    """
    sql = (
        "SELECT m.id, m.pdq, w.hashes FROM media_item m LEFT JOIN image_hashes w ON w.media_item_id = m.id"
        " WHERE m.id > ? AND +m.quality BETWEEN ? AND ? AND coalesce(w.swept, 0) >= ? ORDER BY m.id LIMIT ?"
    )  # the plus keeps the index of qualities away: it would sort all images for each block
    after = -1
    while block := db.all(sql, (after, qualities[0], qualities[-1], least_stage, _BLOCK)):
        yield [(i, p, w) for i, p, w in block]
        after = block[-1][0]


_BLOCK = 2_500  # of 6 KB each, and they are copied more than once


def save_windows(batch: Writer, taken: Iterable[tuple[int, bytes]], stage: int = 0) -> None:
    """Stores (media item, packed window hashes) of images that are at this stage of comparing."""
    sql = (  # OR REPLACE takes twice as long, also where nothing is replaced
        "INSERT INTO image_hashes (media_item_id, hashes, swept) VALUES (?,?,?)"
        " ON CONFLICT DO UPDATE SET hashes = excluded.hashes, swept = excluded.swept, unchecked = NULL"
    )
    batch.executemany(sql, ((medium_id, hashes, stage) for medium_id, hashes in taken))


def load_windows(db: Reader, medium_id: int) -> bytes | None:
    """Returns the packed window hashes of the image, or None."""
    found = db.value("SELECT hashes FROM image_hashes WHERE media_item_id = ?", (medium_id,))
    return found if isinstance(found, bytes) else None


def list_unswept_images(db: Reader, stage: int, worst_band: int | None = None, first_item: int = 0) -> list[int]:
    """Returns images that the background comparison has not brought to a stage, those of the gravest reports first.

    Stages: -1 not compared yet, 1 matches, 2 possible matches, 3 uneven crops too. Within a band the newest come first. With
    `worst_band` only images of reports in this band or a graver one, with `first_item` only media items from this id on.
    """
    return [
        i
        for (i,) in db.all(
            "SELECT w.media_item_id FROM image_hashes w LEFT JOIN file o ON o.media_item_id = w.media_item_id"
            " LEFT JOIN queue q ON q.report_id = o.report_id WHERE w.swept < 3 AND w.swept < ?2"
            " AND w.media_item_id >= ?3 GROUP BY w.media_item_id HAVING ?1 IS NULL OR min(q.band) <= ?1"
            " ORDER BY coalesce(min(q.band), 9), w.media_item_id DESC",
            (worst_band, stage, first_item),
        )
    ]


def find_last_image(db: Reader) -> int:
    """Returns the highest id of an image, or 0. There are no more images than that, and to count them takes time."""
    return int(db.value("SELECT coalesce(max(media_item_id), 0) FROM image_hashes"))


def count_unswept_images(db: Reader) -> int:
    """Returns the number of images that the background comparison has not finished with."""
    return int(db.value("SELECT count(*) FROM image_hashes WHERE swept < 3"))


def list_unchecked_images(db: Reader) -> list[int]:
    """Returns the images that could not be compared as uneven crops, the newest first."""
    return [i for (i,) in db.all("SELECT media_item_id FROM image_hashes WHERE unchecked IS NOT NULL ORDER BY 1 DESC")]


def count_unchecked_images(db: Reader) -> dict[str, int]:
    """Returns reason -> number of images that could not be compared as uneven crops."""
    sql = "SELECT unchecked, count(*) FROM image_hashes WHERE unchecked IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    return dict(db.all(sql))


def load_sweep_stage(db: Reader, medium_id: int) -> tuple[int, str | None] | None:
    """Returns (stage, reason why not compared as an uneven crop or None), or None for what is not compared."""
    row = db.first("SELECT swept, unchecked FROM image_hashes WHERE media_item_id = ?", (medium_id,))
    return None if row is None else (row[0], row[1])


def save_sweep_stage(batch: Writer, medium_id: int, stage: int, unchecked: str | None = None) -> None:
    """Stores how far the background comparison came with the image."""
    sql = "UPDATE image_hashes SET swept = ?, unchecked = ? WHERE media_item_id = ?"
    batch.execute(sql, (stage, unchecked, medium_id))


def has_images_with_windows(db: Reader, least: int) -> bool:
    """Returns whether the window hashes of at least so many images are stored."""
    return least <= 0 or db.first("SELECT 1 FROM image_hashes LIMIT 1 OFFSET ?", (least - 1,)) is not None


def count_comparable_images(db: Reader, least_quality: int) -> int:
    """Returns the number of images with at least this PDQ quality."""
    return int(db.value("SELECT count(*) FROM media_item WHERE quality >= ?", (least_quality,)))


def count_media_items(db: Reader) -> int:
    """Returns the number of media items."""
    return int(db.value("SELECT n FROM row_count WHERE name = 'media'"))


def add_file(batch: Writer, report_id: int | None, bundle_id: int, medium_id: int, name: str, path: str, level: str) -> bool:
    """Adds a file; returns whether it is new.

    The same bytes under the same name in the same report are stored once. Without a report the path has to be the same too.
    A file of a report gets the report's next exhibit number.
    """
    added = batch.execute(
        "INSERT INTO file (report_id, bundle_id, media_item_id, name, path, level, exhibit) SELECT ?1, ?2, ?3, ?4, ?5, ?6,"
        " CASE WHEN ?1 IS NOT NULL THEN 1 + coalesce((SELECT max(exhibit) FROM file WHERE report_id = ?1), 0) END"
        " WHERE NOT EXISTS (SELECT 1 FROM file WHERE report_id IS ?1 AND media_item_id = ?3 AND name = ?4"
        " AND (?1 IS NOT NULL OR path = ?5))",
        (report_id, bundle_id, medium_id, name, path, level),
    )
    return added == 1


def list_files(db: Reader, report_id: int) -> list[FileRow]:
    """Returns the files of the report, by path, name and SHA-256."""
    return [
        FileRow(*row)
        for row in db.all(
            f"SELECT {_FILE} FROM file o"
            " JOIN media_item m ON m.id = o.media_item_id WHERE o.report_id = ? ORDER BY o.path, o.name, m.sha256",
            (report_id,),
        )
    ]


def list_exhibits(db: Reader, report_id: int) -> list[ExhibitRow]:
    """Returns every file that came with the report, by exhibit number."""
    return [
        ExhibitRow(*row)
        for row in db.all(
            "SELECT o.exhibit, o.name, o.path, m.sha256, m.size, o.bundle_id FROM file o"
            " JOIN media_item m ON m.id = o.media_item_id WHERE o.report_id = ? ORDER BY o.exhibit",
            (report_id,),
        )
    ]


def load_reports_of_media(db: Reader, medium_ids: Sequence[int]) -> dict[int, list[int]]:
    """Returns media item -> the reports that hold it; media items in no report are missing."""
    found: dict[int, list[int]] = {}
    for part in split_into_chunks(medium_ids):
        for m, r in db.all(
            f"SELECT DISTINCT media_item_id, report_id FROM file WHERE media_item_id IN ({format_placeholders(len(part))})"
            " AND report_id IS NOT NULL ORDER BY media_item_id, report_id",
            part,
        ):
            found.setdefault(m, []).append(r)
    return found


def count_files(db: Reader, medium_ids: Iterable[int]) -> int:
    """Returns in how many files of reports these media items occur."""
    return int(
        db.value(
            "SELECT count(*) FROM file WHERE media_item_id IN (SELECT value FROM json_each(?)) AND report_id IS NOT NULL",
            (encode_json_array(medium_ids),),
        )
    )


def load_places(db: Reader, medium_ids: Sequence[int]) -> dict[int, list[tuple[int, str, str]]]:
    """Returns media item -> (report, file name, path in the bundle) of each of its files; those of no report are left out."""
    found: dict[int, list[tuple[int, str, str]]] = {}
    for part in split_into_chunks(medium_ids):
        for medium_id, report_id, name, path in db.all(
            f"SELECT media_item_id, report_id, name, path FROM file WHERE media_item_id IN ({format_placeholders(len(part))})"
            " AND report_id IS NOT NULL ORDER BY media_item_id, report_id, path, name",
            part,
        ):
            found.setdefault(medium_id, []).append((report_id, name, path))
    return found


def load_linkable_reports(db: Reader, medium_ids: Sequence[int]) -> dict[int, list[int]]:
    """Returns media item -> the reports that hold it, without those of cleared people, who link to nobody."""
    found = load_reports_of_media(db, medium_ids)
    apart = {i for (i,) in db.all("SELECT report_id FROM cleared")}
    return {m: [r for r in held if r not in apart] for m, held in found.items()} if apart else found


def list_file_names(db: Reader, medium_id: int) -> tuple[str, ...]:
    """Returns the distinct file names of the media item, in order."""
    return tuple(n for (n,) in db.all("SELECT DISTINCT name FROM file WHERE media_item_id = ? ORDER BY name", (medium_id,)))


def load_first_path(db: Reader, medium_id: int) -> str:
    """Returns the path under which the media item came first, or "" when no file holds it any more."""
    return str(db.value("SELECT path FROM file WHERE media_item_id = ? ORDER BY id LIMIT 1", (medium_id,)) or "")


def list_facts(db: Reader, report_id: int) -> list[tuple[str, bytes | None]]:
    """Returns (SHA-256, encoded facts or None) of the media items of the report."""
    return [
        (s, f)
        for s, f in db.all(
            "SELECT DISTINCT m.sha256, m.facts FROM file o JOIN media_item m ON m.id = o.media_item_id WHERE o.report_id = ?",
            (report_id,),
        )
    ]


HeldRow = tuple[int, FileRow, bytes | None, int | None]
"""(report, occurrence, facts, bytes of its text or None)"""


def load_files(db: Reader, report_ids: Iterable[int]) -> list[HeldRow]:
    """Returns the files of these reports with their encoded facts, in the order of `list_files`."""
    return [
        (report_id, FileRow(*file), facts, text_length)
        for report_id, facts, text_length, *file in db.all(
            f"SELECT o.report_id, m.facts, length(m.text), {_FILE}"
            " FROM file o JOIN media_item m ON m.id = o.media_item_id WHERE o.report_id IN (SELECT value FROM json_each(?))"
            " ORDER BY o.report_id, o.path, o.name, m.sha256",
            (encode_json_array(report_ids),),
        )
    ]


def choose_texts(held: Iterable[HeldRow], most_bytes: int) -> dict[int, dict[str, int]]:
    """Returns report -> SHA-256 -> media item, of the texts that are read of each report: the first ones up to `most_bytes`.

    `held` is in the order of `load_files`, so that the choice depends on the report's files alone.
    """
    chosen: dict[int, dict[str, int]] = {}
    left: dict[int, int] = {}
    for report_id, row, _, size in held:
        if size is None or row.sha256 in chosen.get(report_id, {}):
            continue
        left[report_id] = left.get(report_id, most_bytes) - size
        if left[report_id] >= 0:
            chosen.setdefault(report_id, {})[row.sha256] = row.medium_id
    return chosen


def load_texts(db: Reader, medium_ids: Iterable[int]) -> dict[int, bytes]:
    """Returns media item -> its encoded text, of those that have one."""
    sql = "SELECT id, text FROM media_item WHERE id IN (SELECT value FROM json_each(?)) AND text IS NOT NULL"
    return dict(db.all(sql, (encode_json_array(medium_ids),)))


def count_other_holders(db: Reader, report_ids: Iterable[int], most: int) -> dict[int, dict[int, int]]:
    """Returns report -> media item -> how many other reports hold it, counted up to `most`.

    Reports of cleared people do not count. Media items that no other report holds are missing.
    """
    found: dict[int, dict[int, int]] = {}
    for i, medium_id, others in db.all(
        "SELECT o.report_id, o.media_item_id, (SELECT count(*) FROM (SELECT DISTINCT x.report_id FROM file x"
        "  WHERE x.media_item_id = o.media_item_id AND x.report_id <> o.report_id"
        "  AND NOT EXISTS (SELECT 1 FROM cleared c WHERE c.report_id = x.report_id) LIMIT ?2)) AS others"
        " FROM file o WHERE o.report_id IN (SELECT value FROM json_each(?1)) AND others > 0"
        " GROUP BY o.report_id, o.media_item_id",
        (encode_json_array(report_ids), most),
    ):
        found.setdefault(i, {})[medium_id] = others
    return found

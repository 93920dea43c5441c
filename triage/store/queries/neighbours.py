"""SQL of what lies around some reports: linked reports, widespread values, and near copies of their files."""

from __future__ import annotations

from collections.abc import Iterable

from triage.store.database import Reader
from triage.store.queries import encode_json_array


def load_link_strengths(db: Reader, report_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Returns (report, existing linked report) -> strength, the greater one of what the two score cards say."""
    found: dict[tuple[int, int], int] = {}
    for one, other, strength in db.all(
        "SELECT l.report_id, l.other_id, l.strength FROM report_link l JOIN report r ON r.id = l.other_id"
        " WHERE l.report_id IN (SELECT value FROM json_each(?1))"
        " UNION ALL SELECT l.other_id, l.report_id, l.strength FROM report_link l"
        " WHERE l.other_id IN (SELECT value FROM json_each(?1))",
        (encode_json_array(report_ids),),
    ):
        if one != other:
            found[one, other] = max(strength, found.get((one, other), 0))
    return found


def count_widespread_values(db: Reader, report_ids: Iterable[int], apart_from: Iterable[str], least: int) -> int:
    """Counts the link keys of these reports that at least `least` reports hold, without those of the kinds `apart_from`."""
    return int(
        db.value(
            "WITH t AS MATERIALIZED (SELECT DISTINCT link_key_digest(kind, CAST(value AS BLOB)) AS digest FROM link_key"
            "  WHERE report_id IN (SELECT value FROM json_each(?1)) AND kind NOT IN (SELECT value FROM json_each(?2)))"
            " SELECT count(*) FROM t"
            " WHERE (SELECT count(*) FROM (SELECT 1 FROM link_key_holders x WHERE x.digest = t.digest LIMIT ?3)) = ?3",
            (encode_json_array(report_ids), encode_json_array(apart_from), least),
        )
    )


NearRow = tuple[int, int, int, bool]
"""(media item, other media item, distance in bits, possible)"""

_NOT_REJECTED = "NOT EXISTS (SELECT 1 FROM rejected_match x WHERE x.a = min(n.a, n.b) AND x.b = max(n.a, n.b))"
_UNDECIDED = "NOT EXISTS (SELECT 1 FROM media_match m WHERE m.a = p.a AND m.b = p.b)"
_SOURCES = (
    "SELECT a, b, distance, 0 AS possible FROM media_match",
    f"SELECT a, b, distance, 1 AS possible FROM possible_match p WHERE {_UNDECIDED}",
    "SELECT a, b, distance, possible FROM video_match",
    "SELECT image AS a, video AS b, distance, 0 AS possible FROM frame_match",
)


def list_near_media(db: Reader, medium_ids: Iterable[int], most: int) -> list[NearRow]:
    """Returns the matches and possible matches of these images and videos, at most `most`, certain and near ones first.

    Pairs that a person rejected are left out.
    """
    parts = [
        f"SELECT n.a, n.b, n.distance, n.possible FROM json_each(?1) v JOIN ({source}) n ON n.{end} = v.value"
        f" WHERE {_NOT_REJECTED}"
        for source in _SOURCES
        for end in ("a", "b")
    ]
    return [
        (a, b, distance, bool(possible))
        for a, b, distance, possible in db.all(
            f"{' UNION '.join(parts)} ORDER BY 4, 3, 1, 2 LIMIT ?2", (encode_json_array(medium_ids), most)
        )
    ]


def list_held_hubs(db: Reader, medium_ids: Iterable[int], confirmed: str) -> set[int]:
    """Returns those of these media items that stand for so many near copies that they are held, and no lead confirmed it."""
    return {
        i
        for (i,) in db.all(
            "SELECT c.media_item_id FROM hub_image c LEFT JOIN held_hash h ON h.media_item_id = c.media_item_id"
            " WHERE c.media_item_id IN (SELECT value FROM json_each(?1)) AND h.id IS NOT NULL AND h.outcome IS NOT ?2",
            (encode_json_array(medium_ids), confirmed),
        )
    }


def list_rejected_pairs(db: Reader, medium_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Returns the pairs among these media items that a person rejected."""
    return [
        (a, b)
        for a, b in db.all(
            "SELECT a, b FROM rejected_match WHERE a IN (SELECT value FROM json_each(?1))"
            " AND b IN (SELECT value FROM json_each(?1))",
            (encode_json_array(medium_ids),),
        )
    ]


def load_cases_of_reports(db: Reader, report_ids: Iterable[int]) -> dict[int, str]:
    """Returns report -> number of its case, for the reports that are in one."""
    return dict(
        db.all(
            "SELECT c.report_id, f.number FROM case_report c JOIN case_file f ON f.id = c.case_id"
            " WHERE c.report_id IN (SELECT value FROM json_each(?))",
            (encode_json_array(report_ids),),
        )
    )


def load_media_files(db: Reader, report_ids: Iterable[int], most: int) -> list[tuple[int, int, str, str, str, str]]:
    """Returns (report, media item, SHA-256, MD5, SHA-1, file name) of files of these reports, at most `most`."""
    return [
        (report, medium, sha256, md5, sha1, name)
        for report, medium, sha256, md5, sha1, name in db.all(
            "SELECT o.report_id, m.id, m.sha256, m.md5, m.sha1, o.name FROM file o JOIN media_item m ON m.id = o.media_item_id"
            " WHERE o.report_id IN (SELECT value FROM json_each(?)) ORDER BY o.report_id, o.exhibit LIMIT ?",
            (encode_json_array(report_ids), most),
        )
    ]

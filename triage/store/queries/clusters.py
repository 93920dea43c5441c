"""SQL of links between reports and of the clusters that they form.

Both are stored when score cards are written, so that reading them is cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array


def load_links(db: Reader, report_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """Returns report -> linked report -> strength, as each report's own score card states it."""
    found: dict[int, dict[int, int]] = {}
    for i, other, strength in db.all(
        "SELECT report_id, other_id, strength FROM report_link WHERE report_id IN (SELECT value FROM json_each(?))",
        (encode_json_array(report_ids),),
    ):
        found.setdefault(i, {})[other] = strength
    return found


def replace_links(batch: Writer, report_id: int, others: Mapping[int, int]) -> None:
    """Replaces the links that the report's own score card states. `others` maps linked reports to strengths."""
    batch.execute("DELETE FROM report_link WHERE report_id = ?", (report_id,))
    batch.executemany(
        "INSERT INTO report_link (report_id, other_id, strength) VALUES (?,?,?)",
        [(report_id, other, strength) for other, strength in others.items()],
    )


def find_linked_reports(db: Reader, report_ids: Iterable[int]) -> set[int]:
    """Returns existing reports that are linked to one of these, whichever of the two score cards says so.

    A card may still name a report that was destroyed; that one is left out.
    """
    those = encode_json_array(report_ids)
    return {
        i
        for (i,) in db.all(
            "SELECT other_id FROM report_link JOIN report r ON r.id = other_id WHERE report_id IN (SELECT value"
            " FROM json_each(?1))"
            " UNION SELECT report_id FROM report_link WHERE other_id IN (SELECT value FROM json_each(?1))",
            (those,),
        )
    }


def find_existing_reports(db: Reader, report_ids: Iterable[int]) -> set[int]:
    """Returns those of these reports that exist."""
    those = encode_json_array(report_ids)
    return {i for (i,) in db.all("SELECT id FROM report WHERE id IN (SELECT value FROM json_each(?))", (those,))}


def load_cluster_roots(db: Reader, report_ids: Iterable[int]) -> dict[int, int]:
    """Returns report -> root of its cluster; reports without a cluster are missing."""
    those = encode_json_array(report_ids)
    return dict(db.all("SELECT report_id, root FROM cluster WHERE report_id IN (SELECT value FROM json_each(?))", (those,)))


def set_cluster_root(batch: Writer, report_ids: Iterable[int], root: int) -> None:
    """Puts each of the reports into the cluster with this root."""
    batch.executemany(
        "INSERT INTO cluster (report_id, root) VALUES (?,?) ON CONFLICT DO UPDATE SET root = excluded.root",
        [(i, root) for i in report_ids],
    )


def remove_from_cluster(batch: Writer, report_id: int) -> None:
    """Takes the report out of its cluster."""
    batch.execute("DELETE FROM cluster WHERE report_id = ?", (report_id,))


def merge_clusters(batch: Writer, old: Iterable[int], root: int) -> None:
    """Moves all members of the clusters `old` into the cluster `root`."""
    batch.executemany("UPDATE cluster SET root = ? WHERE root = ?", [(root, each) for each in old if each != root])


def list_cluster_members(db: Reader, root: int) -> list[int]:
    """Returns the reports in the cluster with this root, in ascending order."""
    return [i for (i,) in db.all("SELECT report_id FROM cluster WHERE root = ? ORDER BY report_id", (root,))]


def list_largest_clusters(db: Reader, limit: int) -> list[tuple[int, int]]:
    """Returns (root, number of reports) of clusters with at least two reports, the largest first."""
    return [
        (root, n) for root, n in db.all("SELECT root, n FROM cluster_size WHERE n > 1 ORDER BY n DESC, root LIMIT ?", (limit,))
    ]


def load_events(db: Reader, report_ids: Iterable[int], kind: str) -> dict[int, str]:
    """Returns report -> value of its link key of this kind, for the reports that have one.

    `kind` is the kind under which a report's event is stored.
    """
    those = encode_json_array(report_ids)
    return dict(
        db.all(
            "SELECT report_id, value FROM link_key WHERE kind = ?2 AND report_id IN (SELECT value FROM json_each(?1))",
            (those, kind),
        )
    )


def load_days(db: Reader, report_ids: Iterable[int]) -> list[tuple[int, str]]:
    """Returns (report, day of its incident or receipt as YYYY-MM-DD) of the reports that state one."""
    those = encode_json_array(report_ids)
    return [
        (i, day)
        for i, day in db.all(
            "SELECT report_id, date(max(day) * 86400, 'unixepoch') FROM link_key"
            " WHERE report_id IN (SELECT value FROM json_each(?)) AND day IS NOT NULL GROUP BY report_id",
            (those,),
        )
    ]

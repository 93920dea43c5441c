"""Bundles as they were received, every entry in them, original bytes, and what was set aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.model.handover import Container, Receipt
from triage.store.database import Reader, Writer
from triage.store.queries import chunks, marks


@dataclass(frozen=True, slots=True)
class BundleRow:
    id: int
    started: str
    finished: str | None
    user_id: int
    paths: str
    receipt: Receipt
    completed_by: int | None


@dataclass(frozen=True, slots=True)
class SetAsideRow:
    id: int
    bundle_id: int
    path: str
    reason: str
    sha256: str | None
    received: str


def start(batch: Writer, started: str, user_id: int, receipt: Receipt, paths: str) -> int:
    return batch.insert(
        "INSERT INTO bundle (started, user_id, received_from, carrier, note, paths, delivered_by, received_at, carrier_serial,"
        " seal, write_blocked) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            started,
            user_id,
            receipt.received_from,
            receipt.medium,
            receipt.note,
            paths,
            receipt.delivered_by,
            receipt.received_at,
            receipt.medium_serial,
            receipt.seal,
            receipt.write_blocked,
        ),
    )


def add_container(batch: Writer, bundle_id: int, container: Container) -> None:
    batch.execute(
        "INSERT OR REPLACE INTO container (bundle_id, path, kind, sha256, size) VALUES (?,?,?,?,?)",
        (bundle_id, container.path, container.kind, container.sha256, container.size),
    )


def containers(db: Reader, bundle_id: int) -> list[tuple[str, str, str, int]]:
    """(path, kind, sha256, size) of what was handed over."""
    return [
        (p, k, h, n)
        for p, k, h, n in db.all("SELECT path, kind, sha256, size FROM container WHERE bundle_id = ? ORDER BY path", (bundle_id,))
    ]


def finish(batch: Writer, bundle_id: int, finished: str) -> None:
    batch.execute("UPDATE bundle SET finished = ? WHERE id = ?", (finished, bundle_id))


def completes(db: Reader, bundle_id: int) -> list[int]:
    """The interrupted imports of which every entry came again, byte for byte and under the same path, in this one."""
    return [
        i
        for (i,) in db.all(
            "SELECT id FROM bundle b WHERE finished IS NULL AND completed_by IS NULL AND id <> ?1"
            " AND EXISTS (SELECT 1 FROM bundle_entry e WHERE e.bundle_id = b.id)"
            " AND NOT EXISTS (SELECT 1 FROM bundle_entry e WHERE e.bundle_id = b.id AND NOT EXISTS"
            " (SELECT 1 FROM bundle_entry f WHERE f.bundle_id = ?1 AND f.path = e.path AND f.sha256 = e.sha256)) ORDER BY id",
            (bundle_id,),
        )
    ]


def set_completed(batch: Writer, bundle_id: int, by: int) -> None:
    batch.execute("UPDATE bundle SET completed_by = ? WHERE id = ?", (by, bundle_id))


def bundle(db: Reader, bundle_id: int) -> BundleRow | None:
    row = db.one(
        "SELECT id, started, finished, user_id, paths, received_from, delivered_by, received_at, carrier, carrier_serial, seal,"
        " write_blocked, note, completed_by FROM bundle WHERE id = ?",
        (bundle_id,),
    )
    if row is None:
        return None
    came, by, when, medium, serial, seal, blocked, note, completed_by = row[5:]
    receipt = Receipt(
        received_from=came,
        delivered_by=by,
        received_at=when,
        medium=medium,
        medium_serial=serial,
        seal=seal,
        write_blocked=None if blocked is None else bool(blocked),
        note=note,
    )
    return BundleRow(row[0], row[1], row[2], row[3], row[4], receipt, completed_by)


def all_bundles(db: Reader) -> list[int]:
    """Newest first."""
    return [i for (i,) in db.all("SELECT id FROM bundle ORDER BY id DESC")]


def counts(db: Reader, bundle_id: int) -> dict[str, int]:
    """What a bundle brought: "reports" that are new or changed by it, and its entries by kind."""
    found = {
        str(kind): int(n)
        for kind, n in db.all("SELECT kind, count(*) FROM bundle_entry WHERE bundle_id = ? GROUP BY 1", (bundle_id,))
    }
    found["reports"] = int(db.value("SELECT count(*) FROM report_version WHERE bundle_id = ?", (bundle_id,)))
    return found


def add_entry(batch: Writer, bundle_id: int, path: str, sha256: str, kind: str) -> None:
    batch.execute(
        "INSERT OR REPLACE INTO bundle_entry (bundle_id, path, sha256, kind) VALUES (?,?,?,?)", (bundle_id, path, sha256, kind)
    )


def add_entries(batch: Writer, bundle_id: int, kind: str, entries: Iterable[tuple[str, str]]) -> None:
    """Of (path, sha256), as `add_entry`."""
    batch.executemany(
        "INSERT OR REPLACE INTO bundle_entry (bundle_id, path, sha256, kind) VALUES (?,?,?,?)",
        ((bundle_id, path, sha256, kind) for path, sha256 in entries),
    )


def brought(db: Reader, bundle_id: int, path: str, sha256: str) -> bool:
    """Whether these bytes arrived in the bundle under this path."""
    sql = "SELECT 1 FROM bundle_entry WHERE bundle_id = ? AND path = ? AND sha256 = ?"
    return db.value(sql, (bundle_id, path, sha256)) is not None


def that_brought(db: Reader, report_id: int) -> list[int]:
    """The bundles that brought documents or media of a report, first one first."""
    return [
        b
        for (b,) in db.all(
            "SELECT bundle_id FROM report_version WHERE report_id = ? UNION SELECT bundle_id FROM file WHERE report_id = ?"
            " ORDER BY 1",
            (report_id, report_id),
        )
    ]


def add_original(batch: Writer, sha256: str, item: int, size: int) -> None:
    batch.execute("INSERT OR IGNORE INTO original (sha256, item, size) VALUES (?,?,?)", (sha256, item, size))


def has_original(db: Reader, sha256: str) -> bool:
    return db.value("SELECT 1 FROM original WHERE sha256 = ?", (sha256,)) is not None


def originals_among(db: Reader, digests: Sequence[str]) -> set[str]:
    """Those of these SHA-256 whose bytes are kept as originals."""
    sql = "SELECT sha256 FROM original WHERE sha256 IN ({})"
    return {held for some in chunks(digests) for (held,) in db.all(sql.format(marks(len(some))), some)}


def original_item(db: Reader, sha256: str) -> int | None:
    item = db.value("SELECT item FROM original WHERE sha256 = ?", (sha256,))
    return None if item is None else int(item)


def set_aside(batch: Writer, bundle_id: int, path: str, reason: str, sha256: str | None) -> None:
    batch.execute(
        "INSERT OR IGNORE INTO quarantined (bundle_id, path, reason, sha256) VALUES (?,?,?,?)",
        (bundle_id, path, reason, sha256),
    )


def all_set_aside(db: Reader) -> list[SetAsideRow]:
    return [
        SetAsideRow(*row)
        for row in db.all(
            "SELECT s.id, s.bundle_id, s.path, s.reason, s.sha256, b.started FROM quarantined s"
            " JOIN bundle b ON b.id = s.bundle_id WHERE s.resolved IS NULL ORDER BY s.id DESC"
        )
    ]


def unresolved_sizes(db: Reader) -> set[int]:
    """Sizes of what was set aside as a whole and is still on the list: bytes of another size need not be compared."""
    return {
        n
        for (n,) in db.all(
            "SELECT DISTINCT o.size FROM quarantined s JOIN original o ON o.sha256 = s.sha256 WHERE s.resolved IS NULL"
        )
    }


def resolve(batch: Writer, sha256: str, when: str) -> int:
    """Takes bytes that could be read off the list; returns how many entries that were."""
    found = int(batch.value("SELECT count(*) FROM quarantined WHERE sha256 = ? AND resolved IS NULL", (sha256,)))
    batch.execute("UPDATE quarantined SET resolved = ? WHERE sha256 = ? AND resolved IS NULL", (when, sha256))
    return found


def resolve_documents(batch: Writer, when: str) -> int:
    """Takes what speaks as a document of a report by now off the list; returns how many entries that were."""
    readable = "resolved IS NULL AND EXISTS (SELECT 1 FROM source WHERE source.sha256 = quarantined.sha256)"
    found = int(batch.value(f"SELECT count(*) FROM quarantined WHERE {readable}"))
    batch.execute(f"UPDATE quarantined SET resolved = ? WHERE {readable}", (when,))
    return found


def count_set_aside(db: Reader, only: Sequence[int] | None = None) -> int:
    """Of all bundles, or of some."""
    if only is None:
        return int(db.value("SELECT count(*) FROM quarantined WHERE resolved IS NULL"))
    return int(db.value(f"SELECT count(*) FROM quarantined WHERE bundle_id IN ({marks(len(only))})", only))

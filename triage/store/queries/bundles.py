"""SQL of imported bundles: their receipts, their entries, the original bytes, and quarantined input."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from triage.message import Message, from_json, to_json
from triage.model.handover import Container, Receipt
from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array, format_placeholders, split_into_chunks


@dataclass(frozen=True, slots=True)
class BundleRow:
    """An imported bundle. `finished` is None while the import runs or when it was interrupted.

    `paths` is a JSON array. `completed_by` is the later import that brought everything of this interrupted one.
    """

    id: int
    started: str
    finished: str | None
    user_id: int
    paths: str
    receipt: Receipt
    completed_by: int | None


@dataclass(frozen=True, slots=True)
class SetAsideRow:
    """A quarantined file. `received` is when its import started; `sha256` is None when not even its bytes could be read."""

    id: int
    bundle_id: int
    path: str
    reason: Message
    sha256: str | None
    received: str
    reason_key: str = field(init=False)
    """The template of the reason, for programs."""

    def __post_init__(self) -> None:
        """Fills in the key."""
        object.__setattr__(self, "reason_key", self.reason.key)


def add_bundle(batch: Writer, started: str, user_id: int, receipt: Receipt, paths: str) -> int:
    """Adds a bundle whose import starts now; returns its id. `paths` is a JSON array of the paths as given."""
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
    """Adds, or replaces, the record of one file or folder that was handed over with the bundle."""
    batch.execute(
        "INSERT OR REPLACE INTO container (bundle_id, path, kind, sha256, size) VALUES (?,?,?,?,?)",
        (bundle_id, container.path, container.kind, container.sha256, container.size),
    )


def list_containers(db: Reader, bundle_id: int) -> list[tuple[str, str, str, int]]:
    """Returns (path, kind, SHA-256, size in bytes) of each file or folder that was handed over, by path."""
    return [
        (p, k, h, n)
        for p, k, h, n in db.all("SELECT path, kind, sha256, size FROM container WHERE bundle_id = ? ORDER BY path", (bundle_id,))
    ]


def mark_bundle_finished(batch: Writer, bundle_id: int, finished: str) -> None:
    """Records when the import of the bundle finished."""
    batch.execute("UPDATE bundle SET finished = ? WHERE id = ?", (finished, bundle_id))


def find_completed_imports(db: Reader, bundle_id: int) -> list[int]:
    """Returns the interrupted imports of which every entry came again in this one.

    An entry came again when its path and its SHA-256 are the same.
    """
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


def mark_bundle_completed(batch: Writer, bundle_id: int, by: int) -> None:
    """Records that the later import `by` brought everything that the interrupted one had taken in."""
    batch.execute("UPDATE bundle SET completed_by = ? WHERE id = ?", (by, bundle_id))


def load_bundle(db: Reader, bundle_id: int) -> BundleRow | None:
    """Returns the bundle and its receipt, or None when there is none with this id."""
    row = db.first(
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


def list_bundle_ids(db: Reader) -> list[int]:
    """Returns the ids of all bundles, the newest first."""
    return [i for (i,) in db.all("SELECT id FROM bundle ORDER BY id DESC")]


def find_newest_bundle(db: Reader) -> int:
    """Returns the id of the newest bundle, or 0."""
    return int(db.value("SELECT coalesce(max(id), 0) FROM bundle"))


def count_entries(db: Reader, bundle_id: int) -> dict[str, int]:
    """Returns the bundle's number of entries by kind, and under "reports" the report versions that it made."""
    found = {
        str(kind): int(n)
        for kind, n in db.all("SELECT kind, count(*) FROM bundle_entry WHERE bundle_id = ? GROUP BY 1", (bundle_id,))
    }
    found["reports"] = int(db.value("SELECT count(*) FROM report_version WHERE bundle_id = ?", (bundle_id,)))
    return found


def add_entry(batch: Writer, bundle_id: int, path: str, sha256: str, kind: str) -> None:
    """Adds one entry to the bundle, or replaces the entry with the same path."""
    batch.execute(
        "INSERT OR REPLACE INTO bundle_entry (bundle_id, path, sha256, kind) VALUES (?,?,?,?)", (bundle_id, path, sha256, kind)
    )


def add_entries(batch: Writer, bundle_id: int, kind: str, entries: Iterable[tuple[str, str]]) -> None:
    """Adds (path, SHA-256) entries of one kind to the bundle; each replaces an entry with the same path."""
    batch.executemany(
        "INSERT OR REPLACE INTO bundle_entry (bundle_id, path, sha256, kind) VALUES (?,?,?,?)",
        ((bundle_id, path, sha256, kind) for path, sha256 in entries),
    )


def has_entry(db: Reader, bundle_id: int, path: str, sha256: str) -> bool:
    """Returns whether these bytes arrived in the bundle under this path."""
    sql = "SELECT 1 FROM bundle_entry WHERE bundle_id = ? AND path = ? AND sha256 = ?"
    return db.value(sql, (bundle_id, path, sha256)) is not None


def find_bundles_of_entries(db: Reader, entries: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[int]]:
    """Returns (path, SHA-256) -> the bundles in which these bytes arrived under this path, the first one first."""
    sql = (
        "SELECT b.id FROM bundle b WHERE EXISTS (SELECT 1 FROM bundle_entry e WHERE e.bundle_id = b.id AND e.path = ?"
        " AND e.sha256 = ?) ORDER BY b.id"
    )
    return {entry: [i for (i,) in db.all(sql, entry)] for entry in dict.fromkeys(entries)}


def add_original(batch: Writer, sha256: str, item: int, size: int) -> None:
    """Records the vault item and size of original bytes, unless this SHA-256 is recorded already."""
    add_originals(batch, [(sha256, item, size)])


def add_originals(batch: Writer, rows: Iterable[tuple[str, int, int]]) -> None:
    """Records (SHA-256, vault item, size) of original bytes, as `add_original` does."""
    batch.executemany("INSERT OR IGNORE INTO original (sha256, item, size) VALUES (?,?,?)", rows)


def has_original(db: Reader, sha256: str) -> bool:
    """Returns whether the bytes with this SHA-256 are kept as an original."""
    return db.value("SELECT 1 FROM original WHERE sha256 = ?", (sha256,)) is not None


def find_originals(db: Reader, digests: Sequence[str]) -> set[str]:
    """Returns those of these SHA-256 whose bytes are kept as originals."""
    sql = "SELECT sha256 FROM original WHERE sha256 IN ({})"
    return {held for some in split_into_chunks(digests) for (held,) in db.all(sql.format(format_placeholders(len(some))), some)}


def load_original_size(db: Reader, sha256: str) -> int:
    """Returns the size in bytes of an original."""
    return int(db.value("SELECT size FROM original WHERE sha256 = ?", (sha256,)))


def find_original_item(db: Reader, sha256: str) -> int | None:
    """Returns the vault item that holds the original bytes with this SHA-256, or None."""
    item = db.value("SELECT item FROM original WHERE sha256 = ?", (sha256,))
    return None if item is None else int(item)


def set_aside(batch: Writer, bundle_id: int, path: str, reason: Message, sha256: str | None) -> None:
    """Records a quarantined file, unless the same path, SHA-256 and reason are recorded already."""
    batch.execute(
        "INSERT OR IGNORE INTO quarantined (bundle_id, path, reason, sha256) VALUES (?,?,?,?)",
        (bundle_id, path, to_json(reason), sha256),
    )


def list_set_aside_ids(db: Reader) -> array[int]:
    """Returns the ids of the quarantined files that could not be read since, the newest first."""
    return array("q", (i for (i,) in db.each("SELECT id FROM quarantined WHERE resolved IS NULL ORDER BY id DESC")))


def load_rows_set_aside(db: Reader, ids: Iterable[int]) -> list[SetAsideRow]:
    """Returns those of these quarantined files that could not be read since, the newest first."""
    return [
        SetAsideRow(row_id, bundle_id, path, from_json(reason), sha256, received)
        for row_id, bundle_id, path, reason, sha256, received in db.all(
            "SELECT s.id, s.bundle_id, s.path, s.reason, s.sha256, b.started FROM quarantined s"
            " JOIN bundle b ON b.id = s.bundle_id WHERE s.id IN (SELECT value FROM json_each(?)) AND s.resolved IS NULL"
            " ORDER BY s.id DESC",
            (encode_json_array(ids),),
        )
    ]


def load_set_aside(db: Reader, row_id: int) -> SetAsideRow | None:
    """Returns the quarantined file with this id, or None when there is none, or it could be read since."""
    row = db.first(
        "SELECT s.id, s.bundle_id, s.path, s.reason, s.sha256, b.started FROM quarantined s"
        " JOIN bundle b ON b.id = s.bundle_id WHERE s.id = ? AND s.resolved IS NULL",
        (row_id,),
    )
    return None if row is None else SetAsideRow(row[0], row[1], row[2], from_json(row[3]), row[4], row[5])


def list_waiting_rows(db: Reader, sha256: str) -> list[int]:
    """Returns the rows of quarantined bytes that could not be read since."""
    return [row for (row,) in db.all("SELECT id FROM quarantined WHERE sha256 = ? AND resolved IS NULL ORDER BY id", (sha256,))]


def resolve_row(batch: Writer, row_id: int, when: str) -> None:
    """Marks a quarantined file as settled."""
    batch.execute("UPDATE quarantined SET resolved = ? WHERE id = ? AND resolved IS NULL", (when, row_id))


def unresolved_sizes(db: Reader) -> set[int]:
    """Returns the sizes, in bytes, of the originals that are still quarantined.

    Bytes of any other size need not be compared with them.
    """
    return {
        n
        for (n,) in db.all(
            "SELECT DISTINCT o.size FROM quarantined s JOIN original o ON o.sha256 = s.sha256 WHERE s.resolved IS NULL"
        )
    }


def resolve(batch: Writer, sha256: str, when: str) -> int:
    """Marks quarantined bytes as readable from `when` on; returns how many entries were still waiting."""
    found = int(batch.value("SELECT count(*) FROM quarantined WHERE sha256 = ? AND resolved IS NULL", (sha256,)))
    batch.execute("UPDATE quarantined SET resolved = ? WHERE sha256 = ? AND resolved IS NULL", (when, sha256))
    return found


def resolve_documents(batch: Writer, when: str) -> int:
    """Marks quarantined bytes that are a document of some report by now as readable; returns how many there were."""
    readable = "resolved IS NULL AND EXISTS (SELECT 1 FROM source WHERE source.sha256 = quarantined.sha256)"
    found = int(batch.value(f"SELECT count(*) FROM quarantined WHERE {readable}"))
    batch.execute(f"UPDATE quarantined SET resolved = ? WHERE {readable}", (when,))
    return found


def resolve_files_of_reports(batch: Writer, reason: Message, when: str) -> int:
    """Marks bytes that were quarantined for this reason and are a file of some report by now as settled; returns how many."""
    settled = (
        "resolved IS NULL AND reason = ? AND EXISTS (SELECT 1 FROM media_item m JOIN file f ON f.media_item_id = m.id"
        " WHERE m.sha256 = quarantined.sha256 AND f.report_id IS NOT NULL)"
    )
    found = int(batch.value(f"SELECT count(*) FROM quarantined WHERE {settled}", (to_json(reason),)))
    batch.execute(f"UPDATE quarantined SET resolved = ? WHERE {settled}", (when, to_json(reason)))
    return found


def count_set_aside(db: Reader, only: Sequence[int] | None = None) -> int:
    """Counts quarantined files: those still unread in all bundles, or all that ever were in the bundles `only`."""
    if only is None:
        return int(db.value("SELECT count(*) FROM quarantined WHERE resolved IS NULL"))
    return int(db.value(f"SELECT count(*) FROM quarantined WHERE bundle_id IN ({format_placeholders(len(only))})", only))

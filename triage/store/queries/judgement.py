"""SQL of judgements: stale marks, link keys, score cards and the rows of the queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import msgspec

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array, format_placeholders, split_into_chunks


@dataclass(frozen=True, slots=True)
class CardRow:
    """A stored score card, each part encoded.

    `place_of` is the digest of what the location was judged by: while it is the same, the location is too. It is None when
    judging failed.
    """

    location: bytes
    score: bytes
    clocks: bytes
    links: bytes
    place_of: bytes | None = None
    rescore_at: str | None = None


class QueueFacts(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The queue table's row as small integers, in the order of its columns after the key."""

    band: int
    risk: int
    actionability: int
    esp: int | None
    incident_type: int | None
    office: int | None
    received: int | None
    received_estimated: int
    status: int
    assignee: int | None
    flags: int
    in_pakistan: int | None
    province: int | None
    duplicates_of: int | None
    files: int
    files_present: int
    number_key: str
    languages: int
    arrived: int


_COLUMNS = QueueFacts.__struct_fields__


@dataclass(frozen=True, slots=True)
class StoredReading:
    """What the reader of texts found in a report, encoded, and a digest of what it rests on."""

    basis: bytes
    reading: bytes


class StaleStage(IntEnum):
    """How much of a stale score card is still valid, as the column `still_valid` holds it."""

    NONE = 0
    KEYS = 1
    """The link keys, hashes and words."""
    UNSHARED = 2
    """The keys, and no other report shares any of them."""
    LOCATED = 3
    """Location and links too, so that only the score is made again."""


def mark_stale(batch: Writer, report_ids: Iterable[int], kept: StaleStage = StaleStage.NONE) -> None:
    """Marks the score cards as stale. `kept` says how much of each is still valid; the lower of an old and a new mark stays."""
    batch.execute(
        "INSERT INTO stale (report_id, still_valid) SELECT value, ?2 FROM json_each(?1) WHERE true"
        " ON CONFLICT (report_id) DO UPDATE SET still_valid = min(still_valid, excluded.still_valid)",
        (encode_json_array(report_ids), kept),
    )


def mark_scores_stale_of(batch: Writer, report_ids: Iterable[int]) -> None:
    """Marks only the scores of these reports as stale. A mark that is there already stays."""
    batch.execute(
        "INSERT OR IGNORE INTO stale (report_id, still_valid) SELECT value, ?2 FROM json_each(?1)",
        (encode_json_array(report_ids), StaleStage.LOCATED),
    )


def mark_all_stale(batch: Writer) -> None:
    """Marks all score cards as stale; nothing of them is still valid."""
    batch.execute(
        "INSERT INTO stale (report_id, still_valid) SELECT id, 0 FROM report WHERE true ON CONFLICT (report_id)"
        " DO UPDATE SET still_valid = 0"
    )


def mark_scores_stale(batch: Writer) -> None:
    """Marks all scores as stale. Locations and links stay, but reports whose judging failed are judged from the start."""
    batch.execute(
        "INSERT OR IGNORE INTO stale (report_id, still_valid) SELECT report_id,"
        " CASE WHEN location_basis IS NULL THEN ? ELSE ? END FROM score_card",
        (StaleStage.NONE, StaleStage.LOCATED),
    )


def mark_keys_stored(batch: Writer, report_ids: Sequence[int], alone: Iterable[int]) -> None:
    """Records that the keys of these stale reports are stored. Those in `alone` share none with another report."""
    sql = "UPDATE stale SET still_valid = ?2 WHERE still_valid = ?3 AND report_id IN (SELECT value FROM json_each(?1))"
    batch.execute(sql, (encode_json_array(report_ids), StaleStage.KEYS, StaleStage.NONE))
    batch.execute(sql, (encode_json_array(alone), StaleStage.UNSHARED, StaleStage.KEYS))


def load_stale_stages(db: Reader, report_ids: Sequence[int]) -> dict[int, int]:
    """Returns report -> how much of its stale score card is still valid; reports that are not stale are missing."""
    return dict(
        db.all(
            "SELECT report_id, still_valid FROM stale WHERE report_id IN (SELECT value FROM json_each(?))",
            (encode_json_array(report_ids),),
        )
    )


def list_stale_without_keys(db: Reader, after: int, until: int, limit: int) -> list[int]:
    """Returns up to `limit` stale reports with ids in (`after`, `until`] of which nothing is still valid."""
    return [
        i
        for (i,) in db.all(
            "SELECT report_id FROM stale WHERE still_valid = 0 AND report_id > ? AND report_id <= ? ORDER BY report_id LIMIT ?",
            (after, until, limit),
        )
    ]


def list_stale_with_keys(db: Reader, after: int, until: int, limit: int) -> list[int]:
    """Returns up to `limit` stale reports with ids in (`after`, `until`] whose keys are stored."""
    return [
        i
        for (i,) in db.all(
            "SELECT report_id FROM stale WHERE still_valid > 0 AND report_id > ? AND report_id <= ? ORDER BY report_id LIMIT ?",
            (after, until, limit),
        )
    ]


def list_stale(db: Reader) -> list[int]:
    """Returns all stale reports, in ascending order."""
    return [i for (i,) in db.all("SELECT report_id FROM stale ORDER BY report_id")]


def find_last_stale(db: Reader) -> int:
    """Returns the highest id of a stale report, or 0."""
    return int(db.value("SELECT max(report_id) FROM stale") or 0)


def count_stale(db: Reader) -> int:
    """Returns the number of reports that wait to be judged."""
    return int(db.value("SELECT n FROM row_count WHERE name = 'stale'"))


def load_key_digests(db: Reader, report_ids: Iterable[int]) -> dict[int, bytes]:
    """Returns report -> digest of the link keys, hashes and words that were stored for it."""
    return dict(
        db.all(
            "SELECT report_id, digest FROM report_digest WHERE report_id IN (SELECT value FROM json_each(?))",
            (encode_json_array(report_ids),),
        )
    )


def save_key_digests(batch: Writer, rows: Iterable[tuple[int, bytes, StoredReading | None]]) -> None:
    """Stores (report, digest, reading) of the keys, hashes and words that are stored now, and of its texts."""
    batch.executemany(
        "INSERT INTO report_digest (report_id, digest, reading_basis, reading) VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET"
        " digest = excluded.digest, reading_basis = excluded.reading_basis, reading = excluded.reading",
        [(i, digest, *((None, None) if read is None else (read.basis, read.reading))) for i, digest, read in rows],
    )


def save_cards(batch: Writer, cards: Sequence[tuple[int, CardRow]]) -> None:
    """Stores or replaces the score cards, each given with its report."""
    batch.executemany(
        "INSERT INTO score_card (report_id, location, score, deadlines, links, location_basis, rescore_at) VALUES (?,?,?,?,?,?,?)"
        " ON CONFLICT DO UPDATE SET location = excluded.location, score = excluded.score, deadlines = excluded.deadlines,"
        " links = excluded.links, location_basis = excluded.location_basis, rescore_at = excluded.rescore_at",
        [(i, c.location, c.score, c.clocks, c.links, c.place_of, c.rescore_at) for i, c in cards],
    )


def clear_stale(batch: Writer, report_ids: Iterable[int]) -> None:
    """Removes the stale marks of these reports."""
    batch.execute("DELETE FROM stale WHERE report_id IN (SELECT value FROM json_each(?))", (encode_json_array(report_ids),))


CARD = "location, score, deadlines, links, location_basis, rescore_at"


def load_card(db: Reader, report_id: int) -> CardRow | None:
    """Returns the report's score card, or None."""
    row = db.first(f"SELECT {CARD} FROM score_card WHERE report_id = ?", (report_id,))
    return CardRow(*row) if row else None


def load_cards(db: Reader, report_ids: Iterable[int]) -> dict[int, CardRow]:
    """Returns report -> score card; reports that were never judged are missing."""
    return {
        row[0]: CardRow(*row[1:])
        for row in db.all(
            f"SELECT report_id, {CARD} FROM score_card WHERE report_id IN (SELECT value FROM json_each(?))",
            (encode_json_array(report_ids),),
        )
    }


def load_scores(db: Reader, report_ids: Iterable[int]) -> dict[int, bytes]:
    """Returns report -> the score of its card as it is stored; reports that were never judged are missing."""
    sql = "SELECT report_id, score FROM score_card WHERE report_id IN (SELECT value FROM json_each(?))"
    return dict(db.all(sql, (encode_json_array(report_ids),)))


def save_queue_facts(batch: Writer, rows: Iterable[tuple[int, QueueFacts]]) -> None:
    """Stores or replaces the queue rows, each given with its report."""
    values = ", ".join(f"value ->> {place}" for place in range(len(_COLUMNS) + 1))
    batch.execute(  # all rows in one statement: triggers run, and SQLite keeps what a statement with triggers may have to undo
        f"INSERT INTO queue (report_id, {', '.join(_COLUMNS)}) SELECT {values} FROM json_each(?) WHERE true"
        f" ON CONFLICT (report_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS)}",
        (msgspec.json.encode([(report_id, *msgspec.structs.astuple(row)) for report_id, row in rows]).decode(),),
    )


def set_status(batch: Writer, report_id: int, status: int, assignee: int | None) -> None:
    """Sets the report's status and assignee in the queue. Both numbers are as in QueueFacts."""
    batch.execute("UPDATE queue SET status = ?, assignee = ? WHERE report_id = ?", (status, assignee, report_id))


def load_queue_facts(db: Reader, report_ids: Sequence[int]) -> dict[int, QueueFacts]:
    """Returns report -> its row of the queue; reports that were never judged are missing."""
    found: dict[int, QueueFacts] = {}
    for part in split_into_chunks(report_ids):
        for row in db.all(
            f"SELECT report_id, {', '.join(_COLUMNS)} FROM queue WHERE report_id IN ({format_placeholders(len(part))})",
            part,
        ):
            found[row[0]] = QueueFacts(**dict(zip(_COLUMNS, row[1:], strict=True)))
    return found


def find_or_add_code(batch: Writer, kind: str, word: str) -> int:
    """Returns the small integer that stands for the word, and adds one for a new word."""
    found = batch.value("SELECT id FROM code WHERE kind = ? AND word = ?", (kind, word))
    return int(found) if found is not None else batch.insert("INSERT INTO code (kind, word) VALUES (?,?)", (kind, word))


def load_flag_ranks(db: Reader) -> dict[str, int]:
    """Returns flag -> how pressing it is, 0 the most; flags that no judging ranked yet are missing."""
    return dict(db.all("SELECT word, rank FROM code WHERE kind = 'flag' AND rank IS NOT NULL"))


def count_reports_with_flag(db: Reader, flag: str) -> int:
    """Returns how many reports of the queue have a flag."""
    bits = {word: rank for rank, word in enumerate(load_codes(db, "flag").values())}
    return int(db.value("SELECT count(*) FROM queue WHERE flags >> ? & 1", (bits[flag],))) if flag in bits else 0


def save_flag_ranks(batch: Writer, order: Sequence[str]) -> None:
    """Stores how pressing the flags are that have a code: `order` lists them, the most pressing first."""
    batch.executemany(
        "UPDATE code SET rank = ?1 WHERE kind = 'flag' AND word = ?2 AND rank IS NOT ?1",
        [(n, flag) for n, flag in enumerate(order)],
    )


def load_codes(db: Reader, kind: str) -> dict[int, str]:
    """Returns integer -> word of all codes of this kind."""
    return {i: w for i, w in db.all("SELECT id, word FROM code WHERE kind = ? ORDER BY id", (kind,))}

"""What was concluded: stale marks, ties, cards and the queue's row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from triage.store.database import Reader, Writer
from triage.store.queries import among, chunks, marks


@dataclass(frozen=True, slots=True)
class CardRow:
    """`place_of` says what the location was judged by: while that is the same, so is the location. None: judging failed."""

    location: bytes
    score: bytes
    clocks: bytes
    links: bytes
    place_of: bytes | None = None
    rescore_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFacts:
    """The queue table's row as small integers, in the order of its columns after the key."""

    band: int
    risk: int
    actionability: int
    due: int | None
    due_name: int | None
    due_last: int | None
    """When the last of the report's clocks runs out; from then on nothing is there any more to be kept."""
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


_COLUMNS = tuple(f.name for f in fields(QueueFacts))


NOTHING, SAID, ALONE, PLACED = 0, 1, 2, 3
"""How much of a stale card still holds, as the column `kept` says it: nothing; what the report says of itself; that, and nobody
shares any of it; place and ties to others too."""


def mark_stale(batch: Writer, report_ids: Iterable[int], kept: int = NOTHING) -> None:
    """Of what is stale already no more is kept than either says."""
    batch.executemany(
        "INSERT INTO stale (report_id, still_valid) VALUES (?,?) ON CONFLICT (report_id) DO UPDATE"
        " SET still_valid = min(still_valid, excluded.still_valid)",
        [(i, kept) for i in sorted(report_ids)],
    )


def mark_score_stale(batch: Writer, report_ids: Iterable[int]) -> None:
    """These cards are to be scored anew; place and ties stay where they are up to date."""
    batch.executemany("INSERT OR IGNORE INTO stale (report_id, still_valid) VALUES (?,?)", [(i, PLACED) for i in report_ids])


def mark_all_stale(batch: Writer) -> None:
    batch.execute(
        "INSERT INTO stale (report_id, still_valid) SELECT id, 0 FROM report WHERE true ON CONFLICT (report_id)"
        " DO UPDATE SET still_valid = 0"
    )


def mark_scores_stale(batch: Writer) -> None:
    """All cards are to be scored anew, since rules or lists changed; place and ties stay where they are up to date. Reports that
    could not be judged are judged anew altogether."""
    batch.execute(
        "INSERT OR IGNORE INTO stale (report_id, still_valid) SELECT report_id,"
        " CASE WHEN location_basis IS NULL THEN ? ELSE ? END FROM score_card",
        (NOTHING, PLACED),
    )


def mark_said(batch: Writer, report_ids: Sequence[int], alone: Iterable[int]) -> None:
    """What these stale reports say is stored now; the `alone` among them share nothing with anyone."""
    sql = "UPDATE stale SET still_valid = ?2 WHERE still_valid = ?3 AND report_id IN (SELECT value FROM json_each(?1))"
    batch.execute(sql, (among(report_ids), SAID, NOTHING))
    batch.execute(sql, (among(alone), ALONE, SAID))


def kept(db: Reader, report_ids: Sequence[int]) -> dict[int, int]:
    """Report -> how much of its card still holds, of the stale ones among these."""
    return dict(
        db.all(
            "SELECT report_id, still_valid FROM stale WHERE report_id IN (SELECT value FROM json_each(?))", (among(report_ids),)
        )
    )


def unsaid(db: Reader, after: int, until: int, limit: int) -> list[int]:
    """The first stale reports of that range of ids of which nothing is kept."""
    return [
        i
        for (i,) in db.all(
            "SELECT report_id FROM stale WHERE still_valid = 0 AND report_id > ? AND report_id <= ? ORDER BY report_id LIMIT ?",
            (after, until, limit),
        )
    ]


def to_judge(db: Reader, after: int, until: int, limit: int) -> list[int]:
    """The first stale reports of that range of ids of which it is stored what they say."""
    return [
        i
        for (i,) in db.all(
            "SELECT report_id FROM stale WHERE still_valid > 0 AND report_id > ? AND report_id <= ? ORDER BY report_id LIMIT ?",
            (after, until, limit),
        )
    ]


def last_stale(db: Reader) -> int:
    return int(db.value("SELECT max(report_id) FROM stale") or 0)


def count_stale(db: Reader) -> int:
    return int(db.value("SELECT count(*) FROM stale"))


Tie = tuple[str, str, int, int | None]
"""(kind, value, strength, day of the incident since 1970 or None)."""


def ties(db: Reader, report_id: int) -> set[Tie]:
    return {
        (k, v, s, d) for k, v, s, d in db.all("SELECT kind, value, strength, day FROM link_key WHERE report_id = ?", (report_id,))
    }


def replace_ties(batch: Writer, report_id: int, new: set[Tie]) -> set[tuple[str, str]]:
    """Store the report's ties; the (kind, value) pairs that came or went are returned."""
    old = ties(batch, report_id)
    gone, come = old - new, new - old
    batch.executemany(
        "DELETE FROM link_key WHERE kind = ? AND value = ? AND report_id = ?", [(k, v, report_id) for k, v, _, _ in gone]
    )
    batch.executemany(
        "INSERT OR REPLACE INTO link_key (kind, value, report_id, strength, day) VALUES (?,?,?,?,?)",
        [(k, v, report_id, s, d) for k, v, s, d in come],
    )
    return {(k, v) for k, v, _, _ in gone | come}


def holders(db: Reader, kind: str, value: str, limit: int) -> list[tuple[int, int | None]]:
    """(report, day) of at most `limit` reports that hold this tie key; -1 for all."""
    return [
        (i, d)
        for i, d in db.all(
            "SELECT report_id, day FROM link_key WHERE kind = ? AND value = ? ORDER BY report_id LIMIT ?", (kind, value, limit)
        )
    ]


def ties_among(db: Reader, report_ids: Iterable[int]) -> dict[int, set[Tie]]:
    """Report -> its ties; those without any are missing."""
    found: dict[int, set[Tie]] = {}
    for i, kind, value, strength, day in db.all(
        "SELECT report_id, kind, value, strength, day FROM link_key WHERE report_id IN (SELECT value FROM json_each(?))",
        (among(report_ids),),
    ):
        found.setdefault(i, set()).add((kind, value, strength, day))
    return found


def put_ties(batch: Writer, come: Sequence[tuple[int, Tie]], gone: Sequence[tuple[int, Tie]]) -> None:
    """Of reports."""
    batch.executemany("DELETE FROM link_key WHERE kind = ? AND value = ? AND report_id = ?", [(t[0], t[1], i) for i, t in gone])
    batch.executemany(
        "INSERT OR REPLACE INTO link_key (kind, value, report_id, strength, day) VALUES (?,?,?,?,?)",
        sorted((kind, value, i, strength, day) for i, (kind, value, strength, day) in come),  # neighbours in the table
    )


# `+kind` in a query keeps SQLite from walking all ties of a kind: those of some reports lie together in their own index.

SharedRow = tuple[int, str, str, int, int | None]
"""(report, kind, value, other report that has this tie key too, its day)"""


def shared(db: Reader, report_ids: Iterable[int], apart_from: Iterable[str], fewer_than: int) -> list[SharedRow]:
    """Who else holds the tie keys of these reports, for keys that fewer than so many reports hold, but for some kinds."""
    return [
        (i, kind, value, other, day)
        for i, kind, value, other, day in db.all(
            "SELECT t.report_id, t.kind, t.value, o.report_id, o.day FROM link_key t"
            " CROSS JOIN link_key o ON o.kind = t.kind AND o.value = t.value AND o.report_id <> t.report_id"
            " WHERE t.report_id IN (SELECT value FROM json_each(?1)) AND t.kind NOT IN (SELECT value FROM json_each(?2))"
            " AND (SELECT count(*) FROM (SELECT 1 FROM link_key x WHERE x.kind = t.kind AND x.value = t.value LIMIT ?3)) < ?3",
            (among(report_ids), among(apart_from), fewer_than),
        )
    ]


def held_for_others(db: Reader, report_ids: Iterable[int], marked: str) -> list[tuple[int, str, str, int]]:
    """(report, kind, value, other report) of tie keys that the other report marks as not its reported user's."""
    return [
        (i, kind, value, other)
        for i, kind, value, other in db.all(
            "SELECT t.report_id, t.kind, t.value, o.report_id FROM link_key t"
            " CROSS JOIN link_key o ON o.kind = ?2 AND o.value = t.kind || ' ' || t.value AND o.report_id <> t.report_id"
            " WHERE t.report_id IN (SELECT value FROM json_each(?1))",
            (among(report_ids), marked),
        )
    ]


def named_reports(db: Reader, report_ids: Iterable[int]) -> list[tuple[int, str]]:
    """(report, number) of the reports that these name, and of their own numbers."""
    return [
        (i, value)
        for i, value in db.all(
            "SELECT report_id, value FROM link_key INDEXED BY link_key_report WHERE kind = 'report'"
            " AND report_id IN (SELECT value FROM json_each(?))",
            (among(report_ids),),
        )
    ]


def same_content(db: Reader, report_ids: Iterable[int], kind: str) -> dict[int, list[int]]:
    """Report -> all that have its key of this kind too, itself among them; those that are alone with it are missing."""
    value_of: dict[int, str] = dict(
        db.all(
            "SELECT t.report_id, t.value FROM link_key t INDEXED BY link_key_report WHERE t.kind = ?2"
            " AND t.report_id IN (SELECT value FROM json_each(?1))"
            " AND EXISTS (SELECT 1 FROM link_key o WHERE o.kind = t.kind AND o.value = t.value AND o.report_id <> t.report_id)",
            (among(report_ids), kind),
        )
    )
    holding = {value: [i for i, _ in holders(db, kind, value, -1)] for value in set(value_of.values())}
    return {i: holding[value] for i, value in value_of.items()}


def held_by(db: Reader, keys: Iterable[tuple[str, str]], least: int, fewer_than: int) -> dict[tuple[str, str], list[int]]:
    """Tie key (kind, value) -> the reports that hold it, for keys that so many reports hold."""
    found: dict[tuple[str, str], list[int]] = {}
    for kind, value, report_id in db.all(
        "SELECT t.kind, t.value, t.report_id FROM json_each(?1) k CROSS JOIN link_key t"
        " ON t.kind = k.value ->> 0 AND t.value = CAST(unhex(k.value ->> 1) AS TEXT)"
        " WHERE (SELECT count(*) FROM (SELECT 1 FROM link_key x WHERE x.kind = k.value ->> 0"
        "  AND x.value = CAST(unhex(k.value ->> 1) AS TEXT) LIMIT ?3)) BETWEEN ?2 AND ?3 - 1",
        (json.dumps([(kind, value.encode().hex()) for kind, value in sorted(keys)]), least, fewer_than),
    ):
        found.setdefault((kind, value), []).append(report_id)
    return found


def keys_of(db: Reader, report_ids: Iterable[int], kind: str) -> dict[int, list[str]]:
    """Report -> the values of its link keys of one kind."""
    found: dict[int, list[str]] = {}
    for i, value in db.all(
        "SELECT report_id, value FROM link_key INDEXED BY link_key_report WHERE kind = ?2"
        " AND report_id IN (SELECT value FROM json_each(?1))",
        (among(report_ids), kind),
    ):
        found.setdefault(i, []).append(value)
    return found


def count_beginning(db: Reader, kind: str, beginning: str, most: int) -> int:
    """How many different values of a kind begin so, counted up to `most`: a step in the index for each, however many hold it."""
    return int(
        db.value(
            "WITH RECURSIVE u (value, n) AS ("
            " SELECT min(value), 1 FROM link_key WHERE kind = ?1 AND value > ?2 AND value < ?3"
            " UNION ALL"
            " SELECT (SELECT min(k.value) FROM link_key k WHERE k.kind = ?1 AND k.value > u.value AND k.value < ?3), n + 1"
            "  FROM u WHERE u.value IS NOT NULL AND n < ?4)"
            " SELECT count(value) FROM u",
            (kind, beginning, _past(beginning), most),
        )
    )


def holders_beginning(db: Reader, kind: str, beginning: str) -> list[int]:
    """The reports that hold a value of a kind that begins so."""
    sql = "SELECT DISTINCT report_id FROM link_key WHERE kind = ? AND value > ? AND value < ?"
    return [i for (i,) in db.all(sql, (kind, beginning, _past(beginning)))]


def _past(beginning: str) -> str:
    """The first text behind all that begin so."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)


def said(db: Reader, report_ids: Iterable[int]) -> dict[int, bytes]:
    """Report -> digest of the ties, hashes and words that were stored for it."""
    return dict(
        db.all(
            "SELECT report_id, digest FROM report_digest WHERE report_id IN (SELECT value FROM json_each(?))",
            (among(report_ids),),
        )
    )


def put_said(batch: Writer, rows: Iterable[tuple[int, bytes]]) -> None:
    batch.executemany("INSERT OR REPLACE INTO report_digest (report_id, digest) VALUES (?,?)", rows)


def put_cards(batch: Writer, cards: Sequence[tuple[int, CardRow]]) -> None:
    batch.executemany(
        "INSERT OR REPLACE INTO score_card (report_id, location, score, deadlines, links, location_basis,"
        " rescore_at) VALUES (?,?,?,?,?,?,?)",
        [(i, c.location, c.score, c.clocks, c.links, c.place_of, c.rescore_at) for i, c in cards],
    )


def not_stale(batch: Writer, report_ids: Iterable[int]) -> None:
    batch.execute("DELETE FROM stale WHERE report_id IN (SELECT value FROM json_each(?))", (among(report_ids),))


_CARD = "location, score, deadlines, links, location_basis, rescore_at"


def card(db: Reader, report_id: int) -> CardRow | None:
    row = db.one(f"SELECT {_CARD} FROM score_card WHERE report_id = ?", (report_id,))
    return CardRow(*row) if row else None


def cards(db: Reader, report_ids: Iterable[int]) -> dict[int, CardRow]:
    return {
        row[0]: CardRow(*row[1:])
        for row in db.all(
            f"SELECT report_id, {_CARD} FROM score_card WHERE report_id IN (SELECT value FROM json_each(?))", (among(report_ids),)
        )
    }


def put_queue(batch: Writer, rows: Iterable[tuple[int, QueueFacts]]) -> None:
    batch.executemany(
        f"INSERT OR REPLACE INTO queue (report_id, {', '.join(_COLUMNS)}) VALUES ({marks(len(_COLUMNS) + 1)})",
        [(report_id, *(getattr(row, name) for name in _COLUMNS)) for report_id, row in rows],
    )


def set_status(batch: Writer, report_id: int, status: int, assignee: int | None) -> None:
    batch.execute("UPDATE queue SET status = ?, assignee = ? WHERE report_id = ?", (status, assignee, report_id))


def queue_facts(db: Reader, report_ids: Sequence[int]) -> dict[int, QueueFacts]:
    found: dict[int, QueueFacts] = {}
    for part in chunks(report_ids):
        for row in db.all(
            f"SELECT report_id, {', '.join(_COLUMNS)} FROM queue WHERE report_id IN ({marks(len(part))})",
            part,
        ):
            found[row[0]] = QueueFacts(**dict(zip(_COLUMNS, row[1:], strict=True)))
    return found


def code(batch: Writer, kind: str, word: str) -> int:
    """The small integer for a word, made when new."""
    found = batch.value("SELECT id FROM code WHERE kind = ? AND word = ?", (kind, word))
    return int(found) if found is not None else batch.insert("INSERT INTO code (kind, word) VALUES (?,?)", (kind, word))


def codes(db: Reader, kind: str) -> dict[int, str]:
    return {i: w for i, w in db.all("SELECT id, word FROM code WHERE kind = ? ORDER BY id", (kind,))}

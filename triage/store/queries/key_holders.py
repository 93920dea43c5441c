"""SQL of link keys: what each report may share with others, and which reports hold the same.

A report's keys lie together in `link_key`. Who holds one is looked up in `link_key_holders` by its digest (key_digests.py).
New holders come into a small table that fits into memory. Once it is full, each larger batch moves a part of all digests into the
large table, so that a page of that one is written for hundreds of new rows and not for each.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence

from triage.store.database import Reader, Writer
from triage.store.key_digests import digest_key
from triage.store.queries import encode_json_array, split_into_chunks

LinkKey = tuple[str, str, int, int | None]
"""(kind, value, strength, day of the incident since 1970 or None)."""
OTHERS = "others"
"""Kind of the link keys of what is a victim's, a recipient's or only mentioned, "<kind> <value>": they make no link, they say
whose one is."""
SENTENCE = "sentence"
"""Kind of the link key of a sentence, which makes no link. Sentences are looked up by how they begin (link_values.py) and not by
digest."""
MOST_NEW = 500_000
"""So many new holders, some 10 MB, are kept apart before any are moved."""
_LEAST_STORED = 2_000
"""A batch that stores fewer keys moves none: people wait for it."""
_PARTS = 32
"""A batch of 2,000 reports brings some 40,000 keys. As many are moved when a part is, and the new ones are 700,000 then."""
_TABLES = ("link_key_holder", "link_key_holder_new")


def load_keys_of_reports(db: Reader, report_ids: Iterable[int]) -> dict[int, set[LinkKey]]:
    """Returns report -> its link keys; reports without any are missing."""
    found: dict[int, set[LinkKey]] = {}
    for i, kind, value, strength, day in db.all(
        "SELECT report_id, kind, value, strength, day FROM link_key WHERE report_id IN (SELECT value FROM json_each(?))",
        (encode_json_array(report_ids),),
    ):
        found.setdefault(i, set()).add((kind, value, strength, day))
    return found


def save_keys(batch: Writer, come: Sequence[tuple[int, LinkKey]], gone: Sequence[tuple[int, LinkKey]]) -> set[tuple[str, str]]:
    """Deletes the link keys `gone` and adds the keys `come`, each given with its report.

    A key of which the strength or the day changed is in both: as it was, and as it is now.

    Returns those (kind, value) that came and that two reports or more have.
    """
    salt = _load_salt(batch)
    batch.executemany("DELETE FROM link_key WHERE report_id = ? AND kind = ? AND value = ?", [(i, *t[:2]) for i, t in gone])
    left = [(digest_key(salt, t[0], t[1].encode()), i) for i, t in gone if t[0] != SENTENCE]
    for table in _TABLES:
        batch.executemany(f"DELETE FROM {table} WHERE digest = ? AND report_id = ?", left)
    batch.executemany(
        "INSERT INTO link_key (report_id, kind, value, strength, day) VALUES (?,?,?,?,?)"
        " ON CONFLICT DO UPDATE SET strength = excluded.strength, day = excluded.day",
        sorted([(i, *t) for i, t in come]),  # neighbours in the table
    )
    holders = [(digest_key(salt, t[0], t[1].encode()), i, t) for i, t in come if t[0] != SENTENCE]
    holders.sort()
    batch.executemany(
        "INSERT INTO link_key_holder_new (digest, report_id, day) VALUES (?,?,?) ON CONFLICT DO UPDATE SET day = excluded.day",
        [(digest, i, t[3]) for digest, i, t in holders],
    )
    shared = _find_shared(batch, {digest for digest, _, _ in holders})
    if len(come) >= _LEAST_STORED:
        _move_some_holders(batch)
    return {t[:2] for digest, _, t in holders if digest in shared}


def _load_salt(db: Reader) -> bytes:
    """Returns what goes into this store's digests."""
    return bytes(db.value("SELECT salt FROM link_key_state WHERE id = 1"))


def _move_some_holders(batch: Writer) -> None:
    """Moves the new holders of the next part of all digests into the large table, if there are many new ones."""
    if batch.value("SELECT count(*) FROM link_key_holder_new") <= MOST_NEW:
        return
    batch.execute("UPDATE link_key_state SET moved = (moved + 1) % ?", (_PARTS,))
    size = (1 << 64) // _PARTS
    low = int(batch.value("SELECT moved FROM link_key_state WHERE id = 1")) * size - (1 << 63)
    part = (low, low + size - 1)
    batch.execute("INSERT INTO link_key_holder SELECT * FROM link_key_holder_new WHERE digest BETWEEN ? AND ?", part)
    batch.execute("DELETE FROM link_key_holder_new WHERE digest BETWEEN ? AND ?", part)


def list_holders(db: Reader, kind: str, value: str, limit: int) -> list[tuple[int, int | None]]:
    """Returns (report, day) of at most `limit` reports that have this link key, in order; -1 means all."""
    return [
        (i, d)
        for i, d in db.all(
            "SELECT report_id, day FROM link_key_holders WHERE digest = ? ORDER BY report_id LIMIT ?",
            (digest_key(_load_salt(db), kind, value.encode()), limit),
        )
    ]


def find_shared_keys(db: Reader, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Returns those link keys (kind, value) that two reports or more have."""
    salt = _load_salt(db)
    digests = {key: digest_key(salt, key[0], key[1].encode()) for key in keys}
    shared = _find_shared(db, digests.values())
    return {key for key, digest in digests.items() if digest in shared}


def _find_shared(db: Reader, digests: Iterable[int]) -> set[int]:
    """Returns those digests that two reports or more have."""
    return {
        digest
        for part in split_into_chunks(sorted(digests))  # neighbours in the table
        for (digest,) in db.all(
            "SELECT value FROM json_each(?) k WHERE EXISTS"
            " (SELECT 1 FROM link_key_holders x WHERE x.digest = k.value LIMIT 1 OFFSET 1)",
            (encode_json_array(part),),
        )
    }


SharedRow = tuple[int, str, str, int, int | None, int, int | None]
"""(report, kind, value, other report that has this link key too, its day, strength and day of the report's own key)"""


def list_shared_keys(db: Reader, report_ids: Iterable[int], apart_from: Iterable[str], fewer_than: int) -> list[SharedRow]:
    """Returns which other reports have the same link keys, for keys that fewer than `fewer_than` reports have.

    Keys of the kinds `apart_from` are left out. Rows are sorted by report, kind, value and other report.
    """
    found: list[SharedRow] = db.all(
        "WITH t AS MATERIALIZED (SELECT report_id, kind, value, strength, day,"
        "  link_key_digest(kind, CAST(value AS BLOB)) AS digest FROM link_key"
        "  WHERE report_id IN (SELECT value FROM json_each(?1)) AND kind NOT IN (SELECT value FROM json_each(?2))"
        "  ORDER BY digest),"
        # Most keys are the report's alone: of those no other holder is looked for.
        " k AS MATERIALIZED (SELECT * FROM t WHERE (SELECT count(*) FROM"
        "  (SELECT 1 FROM link_key_holders x WHERE x.digest = t.digest LIMIT ?3)) BETWEEN 2 AND ?3 - 1)"
        " SELECT k.report_id, k.kind, k.value, o.report_id, o.day, k.strength, k.day FROM k"
        " CROSS JOIN link_key_holders o ON o.digest = k.digest AND o.report_id <> k.report_id ORDER BY 1, 2, 3, 4",
        (encode_json_array(report_ids), encode_json_array(apart_from), fewer_than),
    )
    return found


def find_shared_contents(db: Reader, report_ids: Iterable[int], kind: str) -> dict[int, str]:
    """Returns report -> the value of its key of this kind, for reports that share it with another report."""
    value_of: dict[int, str] = dict(
        db.all(
            "SELECT report_id, value FROM link_key WHERE kind = ?2 AND report_id IN (SELECT value FROM json_each(?1))",
            (encode_json_array(report_ids), kind),
        )
    )
    shared = find_shared_keys(db, {(kind, value) for value in value_of.values()})
    return {i: value for i, value in value_of.items() if (kind, value) in shared}


def find_holders_of_keys(
    db: Reader, keys: Iterable[tuple[str, str]], least: int, fewer_than: int
) -> dict[tuple[str, str], list[int]]:
    """Returns link key (kind, value) -> the reports that have it.

    Only keys that at least `least` and fewer than `fewer_than` reports have.
    """
    salt = _load_salt(db)
    keys_of = {digest_key(salt, key[0], key[1].encode()): key for key in keys}
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for digest, report_id in db.all(
        "WITH k AS MATERIALIZED (SELECT value AS digest FROM json_each(?1) j WHERE (SELECT count(*) FROM"
        "  (SELECT 1 FROM link_key_holders x WHERE x.digest = j.value LIMIT ?3)) BETWEEN ?2 AND ?3 - 1)"
        " SELECT o.digest, o.report_id FROM k CROSS JOIN link_key_holders o ON o.digest = k.digest",
        (encode_json_array(sorted(keys_of)), least, fewer_than),
    ):
        found[keys_of[digest]].append(report_id)
    return dict(found)


def find_marking_reports(db: Reader, keys: Iterable[tuple[str, str]], fewer_than: int) -> dict[tuple[str, str], list[int]]:
    """Returns link key (kind, value) -> the reports that mark it as not their reported user's.

    Keys that `fewer_than` reports or more mark are left out. So many reports have such a key too, because a report that marks a
    key has it.
    """
    keys_of = {(OTHERS, f"{kind} {value}"): (kind, value) for kind, value in keys}
    return {keys_of[mark]: marking for mark, marking in find_holders_of_keys(db, keys_of, 1, fewer_than).items()}


_REBUILT_AT_ONCE = 250_000
"""Reports whose holders are sorted in memory at once."""
LOOKED_UP = 1_000
"""Reports of which a check looks up each key. Nobody can foresee which they are."""


def find_wrong_holders(db: Reader) -> bool:
    """Returns whether the holders of link keys differ from what the keys of the reports say.

    Rows, reports and days are added up over all; each key is looked up of `LOOKED_UP` reports that follow one another.
    """
    sums = "SELECT count(*), sum(report_id), sum(day) FROM"
    if db.first(f"{sums} link_key WHERE kind <> '{SENTENCE}'") != db.first(f"{sums} link_key_holders"):
        return True
    last = int(db.value("SELECT max(report_id) FROM link_key") or 0)
    first = secrets.randbelow(max(1, last - LOOKED_UP + 2))
    return bool(
        db.value(
            f"SELECT EXISTS (SELECT 1 FROM link_key k WHERE k.report_id BETWEEN ? AND ? AND k.kind <> '{SENTENCE}' AND NOT EXISTS"
            " (SELECT 1 FROM link_key_holders h WHERE h.digest = link_key_digest(k.kind, CAST(k.value AS BLOB))"
            " AND h.report_id = k.report_id AND h.day IS k.day))",
            (first, first + LOOKED_UP - 1),
        )
    )


def rebuild_holders(batch: Writer) -> None:
    """Makes the holders of link keys anew from the keys of the reports."""
    for table in _TABLES:
        batch.execute(f"DELETE FROM {table}")
    last = int(batch.value("SELECT max(report_id) FROM link_key") or 0)
    for first in range(0, last + 1, _REBUILT_AT_ONCE):
        batch.execute(
            "INSERT INTO link_key_holder SELECT link_key_digest(kind, CAST(value AS BLOB)), report_id, day FROM link_key"
            " WHERE report_id BETWEEN ? AND ? AND kind <> ? ORDER BY 1, 2",
            (first, first + _REBUILT_AT_ONCE - 1, SENTENCE),
        )

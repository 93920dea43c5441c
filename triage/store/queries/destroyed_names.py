"""SQL for what tells of a destroyed report in names of files and folders, and in the entries of bundles.

No index serves either: a number stands anywhere in a name, and an index of digests would cost each import more. So what many
reports of one act leave is found in one walk (`Mentions`), and what came since is looked at with each report.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from triage.store.database import Reader, Row, Writer
from triage.store.queries import encode_json_array

_Key = tuple[int | str, ...]
_Place = tuple[str, str, _Key]
"""(table, column, key of the row)"""

_NAMES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str | None], ...] = (
    ("bundle_entry", ("path",), ("bundle_id", "path"), "bundle_id"),
    ("container", ("path",), ("bundle_id", "path"), "bundle_id"),
    ("quarantined", ("path",), ("id",), "bundle_id"),
    ("file", ("path", "name", "level"), ("id",), "bundle_id"),
    ("bundle", ("paths", "note"), ("id",), "id"),
    ("import_order", ("paths",), ("id",), None),
    ("outgoing", ("name", "note"), ("id",), None),
    ("request_reply", ("name",), ("id",), None),
    ("reply_row", ("document",), ("id",), None),
)
"""(table, columns, key, column that names the bundle): where a report's number may stand in the name of a folder or file.

Only imports, which wait while something is destroyed, add rows to the tables with a bundle. The others have ids that grow.
"""

_TELLING = 6
"""Digits from which on a number in a name means the report."""
_FEW = 4
_DIGITS = re.compile("[0-9]+")


class Mentions:
    """Where names tell the numbers of some reports, and which entries of bundles hold their bytes.

    It stays true while nothing is imported, as long as all that erases these reports does so with it.
    """

    def __init__(self, db: Reader, numbers: Collection[str], digests: Collection[str], bundles: Collection[int]) -> None:
        """Walks once over the names, of the `bundles` that brought the reports where a name belongs to one."""
        self._runs = {number for number in numbers if _is_telling(number)}
        self._others = set(numbers) - self._runs
        self._digests, self._bundles = set(digests), set(bundles)
        self._places: dict[str, list[_Place]] = {}
        self._entries: dict[str, list[_Key]] = {}
        self._last: dict[str, int] = {}
        self._moved: dict[tuple[str, _Key], _Key] = {}
        """(table, key of a row as it was found) -> its key now: a name that is a key was changed."""
        if self._digests:
            self._find_entries(db)
        for table, columns, key, of_bundle in _NAMES:
            self._last[table] = 0 if of_bundle else int(db.value(f"SELECT coalesce(max(id), 0) FROM {table}"))
            for of, names in self._iter_rows(db, table, columns, key, of_bundle):
                for column, text in zip(columns, names, strict=True):
                    for number in self._find_numbers(text or ""):
                        self._places.setdefault(number, []).append((table, column, of))

    def covers(self, numbers: Collection[str], digests: Collection[str], bundles: Collection[int]) -> bool:
        """Returns whether all these were looked for."""
        known = self._runs | self._others
        return known.issuperset(numbers) and self._digests.issuperset(digests) and self._bundles.issuperset(bundles)

    def _find_entries(self, db: Reader) -> None:
        """Finds the entries of all bundles that have one of the digests."""
        sql = "SELECT bundle_id, path, sha256 FROM bundle_entry WHERE sha256 IN (SELECT value FROM json_each(?))"
        for bundle, path, digest in db.all(sql, (encode_json_array(self._digests),)):
            self._entries.setdefault(digest, []).append((bundle, path))

    def _iter_rows(
        self, db: Reader, table: str, columns: Sequence[str], key: Sequence[str], of_bundle: str | None
    ) -> Iterator[tuple[_Key, Row]]:
        """Yields (key, names) of a table's rows: those of the bundles, or all rows of a table without a bundle.

        For one report the database itself leaves out what has none of its numbers, which is quicker than to read all.
        """
        numbers = sorted(self._runs | self._others)
        few = numbers if len(numbers) <= _FEW else []
        told = " OR ".join(f"instr({column}, ?)" for column in columns for _ in few) or "1"
        of_these = f"{of_bundle} IN (SELECT value FROM json_each(?))" if of_bundle else "1"
        sql = f"SELECT {', '.join((*columns, *key))} FROM {table} WHERE {of_these} AND ({told})"
        for row in db.each(sql, (*([encode_json_array(self._bundles)] if of_bundle else []), *few * len(columns))):
            yield row[len(columns) :], row[: len(columns)]

    def _find_numbers(self, text: str) -> set[str]:
        """Returns the numbers that may stand in a name."""
        found = self._runs.intersection(_DIGITS.findall(text)) if self._runs else set()
        return found.union(number for number in self._others if number in text)

    def delete_entries(self, batch: Writer, digests: Iterable[str]) -> None:
        """Deletes the bundle entries with these digests."""
        keys = [self._moved.get(("bundle_entry", key), key) for digest in digests for key in self._entries.get(digest, ())]
        batch.executemany("DELETE FROM bundle_entry WHERE bundle_id = ? AND path = ?", keys)

    def replace_number(self, batch: Writer, number: str, instead: str) -> None:
        """Replaces the number in names of files and folders.

        It is left where it is only a part of a longer one. Digits never may adjoin. Letters may adjoin a decimal number of at
        least _TELLING digits, as in "CT900000001.zip".
        """
        others = "0-9" if _is_telling(number) else "0-9A-Za-z"
        whole = re.compile(rf"(?<![{others}]){re.escape(number)}(?![{others}])")
        for table, column, found in [*self._places.get(number, ()), *self._find_later(batch, number)]:
            key_columns = next(each[2] for each in _NAMES if each[0] == table)
            where = " AND ".join(f"{name} = ?" for name in key_columns)
            key = self._moved.get((table, found), found)
            text = batch.value(f"SELECT {column} FROM {table} WHERE {where}", key)
            if text is None or (new := whole.sub(instead, text)) == text:
                continue
            batch.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (new, *key))
            if column in key_columns:
                self._moved[(table, found)] = (*key[:-1], new)

    def _find_later(self, db: Reader, number: str) -> Iterator[_Place]:
        """Yields the places of names with this number that came since."""
        for table, columns, _key, of_bundle in _NAMES:
            for column in columns if of_bundle is None else ():
                sql = f"SELECT id FROM {table} WHERE id > ? AND instr({column}, ?)"
                for (row,) in db.all(sql, (self._last[table], number)):
                    yield table, column, (row,)


def _is_telling(number: str) -> bool:
    """Returns whether a run of these digits in a name means the report, whatever letters adjoin."""
    return len(number) >= _TELLING and _DIGITS.fullmatch(number) is not None

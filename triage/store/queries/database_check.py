"""The integrity checks of SQLite and SQLCipher over all of a database."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from contextlib import suppress

from triage.errors import StoreError
from triage.message import Message
from triage.store.database import CACHE_KIB, Reader, Row

_CHECK_CACHE_KIB = 128 * 1024
"""SQLite looks each row up in each index. With the usual 64 MB it reads the same pages again and again: of two million reports
that took 3.5 times as long."""
_PAGE_FAILED = re.compile(r"HMAC verification failed for page (\d+)")


def find_damage(reader: Reader, in_log: Container[int] = (), is_rest_whole: Callable[[], bool] = lambda: False) -> list[Message]:
    """Runs all integrity checks over what `reader` sees; returns a message for each problem, without repeats.

    SQLCipher's check alone misses a cut file, SQLite's a damaged page that nothing points to. The caller calls `fold_log`
    before: a page that was torn on its way still stands whole in the write-ahead log. SQLCipher looks at the file only, so
    what it says of the pages `in_log` is left out: the file need not hold them yet.

    SQLite authenticates each page that its check reads, if the connection is a new one that keeps none yet. `is_rest_whole` says
    whether the file's other pages authenticate too. Where both find nothing, SQLCipher's check would authenticate all once more.
    """
    _set_cache(reader, _CHECK_CACHE_KIB)
    found = [problem for pragma in _OF_SQLITE for problem in _run(reader, pragma, in_log)]
    if found or not _is_whole(is_rest_whole):
        found = [*_run(reader, "cipher_integrity_check", in_log), *found]
    _set_cache(reader, CACHE_KIB)  # what is beyond it is freed
    return list(dict.fromkeys(found))


def _run(reader: Reader, pragma: str, in_log: Container[int]) -> list[Message]:
    """Returns what a check finds."""
    tell = _OF_SQLITE.get(pragma, _describe_damage)
    try:
        return [tell(row) for row in reader.all(f"PRAGMA {pragma}") if row != ("ok",) and _find_page(row) not in in_log]
    except StoreError as error:
        return [error.message]


def _is_whole(is_rest_whole: Callable[[], bool]) -> bool:
    """Returns the answer, or False where the disk refuses: SQLCipher's check says then what is wrong."""
    try:
        return is_rest_whole()
    except StoreError:
        return False


def _set_cache(reader: Reader, kib: int) -> None:
    """Sets how many pages a connection keeps. What is damaged the checks say themselves."""
    with suppress(StoreError):
        reader.first(f"PRAGMA cache_size = -{kib}")


def _find_page(row: Row) -> int:
    """Returns the page of which SQLCipher says that it does not authenticate, or 0."""
    found = _PAGE_FAILED.fullmatch(str(row[0]))
    return int(found[1]) if found else 0


def _describe_damage(row: Row) -> Message:
    """Returns the message for a row of an integrity check."""
    return Message("The database is damaged: {what}.", what=row[0])


_OF_SQLITE: dict[str, Callable[[Row], Message]] = {
    "integrity_check(20)": _describe_damage,
    "foreign_key_check": lambda row: Message(
        "A row of {table} points to a row of {other} that is not there.", table=row[0], other=row[2]
    ),
}

"""Authenticates the pages of a database's file that SQLite's integrity check does not read: the free ones.

That check reads each page that a table, an index or the list of free pages takes, and SQLCipher authenticates what is read. It
names each page that nothing takes. Of the free pages it looks at the numbers only, which stand in trunk pages: the next trunk
page, a count, and so many numbers, four bytes each. The first trunk page stands in the database's header (fileformat2, 1.5).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

from triage.message import Message
from triage.store.database import PAGE
from triage.store.files import explain_disk_errors, read_at
from triage.store.pages import PageDigests, SharedHandles

_SALT = 16
"""Bytes with which the first page begins, in the place of as many of its header."""
_FIRST_TRUNK = 32 - _SALT


def are_free_pages_whole(pages: PageDigests, count: int) -> bool:
    """Returns whether the file holds `count` pages and each free one authenticates; False where the list of them is damaged.

    The file holds the state that is checked, and SQLite's check found no damage in it.

    Raises:
        StoreError: if the disk refuses
    """
    handle = SharedHandles.open(pages.path)
    try:
        with explain_disk_errors(Message("reading the database")):
            if os.fstat(handle).st_size != count * PAGE:
                return False
            check = pages.make_check(read_at(handle, _SALT, 0))
            return all(
                0 < number <= count and check(number, read_at(handle, PAGE, (number - 1) * PAGE))
                for number in _list_free_pages(handle, pages, count)
            )
    finally:
        SharedHandles.close(pages.path)


def _list_free_pages(handle: int, pages: PageDigests, count: int) -> Iterator[int]:
    """Yields the number of each free page and trunk page, and 0 where the list can't be right."""
    (trunk,), left = struct.unpack_from(">I", pages.decrypt(read_at(handle, PAGE, 0)[_SALT:]), _FIRST_TRUNK), count
    while trunk:
        yield trunk
        body = pages.decrypt(read_at(handle, PAGE, (trunk - 1) * PAGE))
        trunk, named = struct.unpack_from(">II", body)
        left -= 1 + named
        if left < 0 or 8 + 4 * named > len(body):
            yield 0
            return
        yield from struct.unpack_from(f">{named}I", body, 8)

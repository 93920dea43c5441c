"""Writes the entries of a hash list into the store, some thousands at a time: memory does not grow with the list."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import msgspec

from triage.importers.lists import ListItem
from triage.store.batch import Batch
from triage.store.queries import lists
from triage.store.queries.lists import HashRow, ItemRow

ItemWords = tuple[str | None, str | None, str | None]
"""(category, paths as JSON, details as JSON)"""

AT_ONCE = 5_000
_MOST_SHARED = 10_000  # entries of a list that stay in memory because others share their words


class EntryWriter:
    """Gives each item of a list its row. Items without a path of which the list states the same share one."""

    def __init__(self, list_id: int) -> None:
        """Begins without any row."""
        self._list_id = list_id
        self._next = 0
        self._shared: dict[tuple[str | None, str | None], int] | None = None

    def begin(self, batch: Batch) -> None:
        """Begins to add rows in a batch. Others may have added entries since the last one."""
        self._next = lists.next_entry_id(batch)
        if self._shared is None:
            self._shared = lists.load_shared_entries(batch, self._list_id, _MOST_SHARED)

    def add_item(self, words: ItemWords, rows: list[ItemRow]) -> int:
        """Returns the id of the item's row, and adds one to `rows` when it is new."""
        shared = self._shared if self._shared is not None else {}
        category, paths, said = words
        key = (category, said)
        known = None if paths else shared.get(key)
        if known is not None:
            return known
        item_id, self._next = self._next, self._next + 1
        rows.append((item_id, self._list_id, category, paths, said))
        if not paths and len(shared) < _MOST_SHARED:
            shared[key] = item_id
        return item_id


def pack_words(item: ListItem) -> ItemWords:
    """Returns what a list states of an item, as its row holds it."""
    paths = msgspec.json.encode(item.paths).decode() if item.paths else None
    return item.category, paths, msgspec.json.encode(dict(item.said)).decode() if item.said else None


class ListWriter:
    """Writes items of a list that is taken in at once; `entries` counts them."""

    def __init__(self, batch: Batch, list_id: int) -> None:
        """Begins in a batch."""
        self.entries = 0
        self._batch = batch
        self._list_id = list_id
        self._writer = EntryWriter(list_id)
        self._writer.begin(batch)

    def write(self, items: Iterator[ListItem]) -> Iterator[int]:
        """Writes the items; yields the number of entries so far after each block."""
        while bundle := list(islice(items, AT_ONCE)):
            self.entries += len(bundle)
            rows: list[ItemRow] = []
            hashes: list[HashRow] = []
            for item in bundle:
                item_id = self._writer.add_item(pack_words(item), rows)
                hashes += [(kind, value, self._list_id, item_id) for kind, value in item.hashes]
            lists.add_entries(self._batch, rows, sorted(hashes))
            yield self.entries

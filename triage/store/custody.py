"""The key file of an open store: how it is changed so that file and database never part ways.

The file is replaced just before the commit that binds it. A crash between leaves a file one generation ahead, which the next
start adopts; anything else that does not fit is an old or a strange copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING

from triage.errors import StoreError
from triage.store import opening, recovery
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.keys import Ring
from triage.store.queries import users as sql

if TYPE_CHECKING:
    from triage.store.store import Store


class Custody:
    """`store.keys`. Does not judge rights: `jobs` does."""

    def __init__(self, store: Store, ring: Ring) -> None:
        self._store = store
        self.ring = ring

    def new_recovery(self) -> tuple[str, str]:
        """Replaces the recovery key; the old halves no longer open anything. Print the new ones and forget them."""
        with self.change() as (batch, ring):
            key = ring.replace_recovery()
            batch.note("recovery key replaced")
        return recovery.split(key)

    def rotate_master(self) -> None:
        """A new master key; passphrases and recovery halves stay valid. Other programs have to unlock again."""
        with self.change() as (batch, ring):
            ring.rotate()
            batch.note("master key rotated")

    @contextmanager
    def change(self) -> Iterator[tuple[Batch, Ring]]:
        """A batch, and a copy of the ring to change in it."""
        self.adopt()
        with self._store.batch() as batch:
            self.follow()
            if not self._is_bound(batch):
                raise StoreError("The key file was changed at the same time by another program; try again.")
            ring = copy(self.ring)
            yield batch, ring
            self.bind(batch, ring)
            opening.write_keys(self._store.directory, ring.file)
            self.ring = ring

    def follow(self) -> None:
        """Takes over what another process wrote."""
        self.ring.follow(opening.read_keys(self._store.directory))

    def bind(self, batch: Batch, ring: Ring) -> None:
        """Makes `ring` the one that belongs to this state of the database."""
        sql.bind_keys(batch, ring.file.generation, ring.file.digest())

    def adopt(self) -> None:
        """Binds a key file whose writer was killed before its commit."""
        if self._is_ahead(self._store.read()):
            with self._store.batch() as batch:
                self.bind(batch, self.ring)
                batch.note("key file adopted", generation=self.ring.file.generation)

    def problem(self, reader: Reader) -> str | None:
        """None when the key file is the one the database binds, or its immediate successor."""
        if self._is_bound(reader) or self._is_ahead(reader):
            return None
        if self.ring.file.generation < sql.bound_keys(reader)[0]:
            return "The key file is older than the store: an old copy was put in its place."
        return "The key file does not belong to this state of the store."

    def _is_bound(self, reader: Reader) -> bool:
        return (self.ring.file.generation, self.ring.file.digest()) == sql.bound_keys(reader)

    def _is_ahead(self, reader: Reader) -> bool:
        generation, digest = sql.bound_keys(reader)
        return self.ring.file.generation == generation + 1 and self.ring.file.previous == digest.hex()

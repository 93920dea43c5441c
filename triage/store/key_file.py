"""The key file of an open store: how it is changed so that file and database never part ways.

The file is replaced just before the commit that binds it. A crash between leaves a file one generation ahead, which the next
start adopts; anything else that does not fit is an old or a strange copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass

from triage.errors import Refused, StoreError, WrongPassphrase
from triage.message import Message
from triage.model.users import User
from triage.store import opening, recovery
from triage.store.batch import Batch
from triage.store.canonical import now
from triage.store.database import Reader, Writer
from triage.store.keys import Ring, unlock
from triage.store.queries import recovery as recovery_sql
from triage.store.queries import users as sql
from triage.store.queries.recovery import HalfRow
from triage.store.transactions import Transactions

Check = Callable[[Reader, HalfRow | None], None]


@dataclass(frozen=True, slots=True)
class ShownHalf:
    """One half of the recovery key, for its custodian's eyes. `whole`: the other half was shown too, and the pair counts now."""

    number: int
    text: str
    whole: bool


class KeyFileEditor:
    """Changes the key file together with the database that binds it (`store.keys`). Does not judge rights: `jobs` does."""

    def __init__(self, store: Transactions, ring: Ring) -> None:
        """Takes the open store, and the keys that opened it."""
        self._store = store
        self.ring = ring

    def begin(self, writer: Writer, pair: recovery.Pair, user: User) -> None:
        """Keeps that both halves of a new store were shown to its first user, since there is nobody else."""
        for number, half in ((1, pair.first), (2, pair.second)):
            recovery_sql.put(writer, HalfRow(number, True, pair.mark, half.public, user.name, user.id, now(), None))

    def show_half(self, number: int, custodian: str, second: User | None, check: Check) -> ShownHalf:
        """Makes a new half 1 or 2 of the recovery key, to be shown to its custodian now; it is kept nowhere.

        The older pair counts until both new halves were shown. `check` sees the state that is changed, and the half of the new
        pair that was shown before; it raises when this half may not be shown.
        """
        with self.change() as (batch, ring):
            waiting = [row for row in recovery_sql.all_rows(batch, valid=False) if row.half != number]
            check(batch, waiting[0] if waiting else None)
            pair = waiting[0].pair if waiting else recovery.new_mark()
            half = recovery.new_half(number, pair)
            me = self._store.user.id
            recovery_sql.put(
                batch, HalfRow(number, False, pair, half.public, custodian, me, now(), second.id if second else None)
            )
            whole = sorted([(number, half.public), *((row.half, row.public) for row in waiting)])
            if len(whole) == 2:
                ring.set_recovery((whole[0][1], whole[1][1]))
                recovery_sql.make_valid(batch)
            batch.note("recovery half shown", half=number, whole=int(len(whole) == 2), second=second.id if second else None)
        return ShownHalf(number, half.text, len(whole) == 2)

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
            if ring.file.generation > self.ring.file.generation + 1:
                raise RuntimeError("two generations in one change: a crash would leave a file that fits no state")
            self.bind(batch, ring)
            opening.write_keys(self._store.directory, ring.file)
            self.ring = ring

    def opens(self, name: str, passphrase: str) -> bool:
        """Returns whether this is the present passphrase of the user."""
        try:
            unlock(self.ring.file, name, passphrase)[0].wipe()
        except WrongPassphrase:
            return False
        return True

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

    def find_problem(self, reader: Reader) -> Message | None:
        """Returns None when the key file is the one that the database binds, or its immediate successor."""
        if self._is_bound(reader) or self._is_ahead(reader):
            return None
        if self.ring.file.generation < sql.bound_keys(reader)[0]:
            return Message("The key file is older than the store: an old copy was put in its place.")
        return Message("The key file does not belong to this state of the store.")

    def check_acceptable(self, reader: Reader) -> None:
        """Raises Refused for a strange key file of several users: in it passphrases that were changed open the store again, so
        that one person, who may know them, could act as others."""
        if self.find_problem(reader) and len(sql.all_users(reader)) > 1:
            raise Refused(
                "An older or strange key file can't be accepted in a store of several users: put the newest key file back, or"
                " restore the newest backup."
            )

    def _is_bound(self, reader: Reader) -> bool:
        return (self.ring.file.generation, self.ring.file.digest()) == sql.bound_keys(reader)

    def _is_ahead(self, reader: Reader) -> bool:
        generation, digest = sql.bound_keys(reader)
        return self.ring.file.generation == generation + 1 and self.ring.file.previous == digest.hex()

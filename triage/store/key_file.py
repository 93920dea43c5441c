"""Changes the key file of an open store so that file and database stay in step.

The file is replaced just before the commit that binds it. A crash between the two leaves a file one generation ahead, which the
next start adopts. Any other file that does not fit is an old or a foreign copy.
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
from triage.store.audit import Value
from triage.store.batch import Batch
from triage.store.canonical import now
from triage.store.database import Reader, Writer
from triage.store.keys import KeyRing, unlock_key_file
from triage.store.queries import recovery as recovery_sql
from triage.store.queries import users as sql
from triage.store.queries.recovery import HalfRow
from triage.store.transactions import Transactions

Check = Callable[[Reader, HalfRow | None], None]


@dataclass(frozen=True, slots=True)
class ShownHalf:
    """One half of the recovery key, for its custodian's eyes only.

    `whole` is True when the other half was shown too, so that the new pair is valid now.
    """

    number: int
    text: str
    whole: bool


class KeyFileEditor:
    """Changes the key file together with the database that binds it. The jobs package checks rights, not this class."""

    def __init__(self, store: Transactions, ring: KeyRing) -> None:
        """Takes the open store, and the keys that opened it."""
        self._store = store
        self.ring = ring
        self._own_slot = (0, True)
        """The generation of the key file that was looked through last, and whether it has the slot that opened the store."""

    def begin(self, writer: Writer, pair: recovery.RecoveryPair, user: User) -> None:
        """Records that both halves of a new store were shown to its first user, since there is nobody else."""
        for number, half in ((1, pair.first), (2, pair.second)):
            recovery_sql.save_half(writer, HalfRow(number, True, pair.mark, half.public, user.name, user.id, now(), None))

    def show_half(self, number: int, custodian: str, second: User | None, check: Check) -> ShownHalf:
        """Makes a new half 1 or 2 of the recovery key, which is shown to its custodian now and stored nowhere.

        The older pair stays valid until both new halves were shown. `check` gets the state that is changed and the half of the
        new pair that was shown before. It raises when this half may not be shown.
        """
        with self.change() as (batch, ring):
            waiting = [row for row in recovery_sql.load_halves(batch, valid=False) if row.half != number]
            check(batch, waiting[0] if waiting else None)
            pair = waiting[0].pair if waiting else recovery.make_mark()
            half = recovery.make_half(number, pair)
            me = self._store.user.id
            recovery_sql.save_half(
                batch, HalfRow(number, False, pair, half.public, custodian, me, now(), second.id if second else None)
            )
            whole = sorted([(number, half.public), *((row.half, row.public) for row in waiting)])
            if len(whole) == 2:
                ring.set_recovery((whole[0][1], whole[1][1]))
                recovery_sql.validate_waiting_pair(batch)
            batch.note("recovery half shown", half=number, whole=int(len(whole) == 2), second=second.id if second else None)
        return ShownHalf(number, half.text, len(whole) == 2)

    def rotate_master(self) -> None:
        """Makes a new master key. Passphrases and recovery halves stay valid; other programs have to unlock again."""
        with self.change() as (batch, ring):
            ring.rotate_master_key()
            batch.note("master key rotated")

    @contextmanager
    def change(self) -> Iterator[tuple[Batch, KeyRing]]:
        """Opens a batch, and yields it with a copy of the key ring to change.

        Raises:
            StoreError: if another program changes the key file at the same time
        """
        self.adopt(self._store.read())
        with self._store.batch() as batch:
            self.follow()
            if not self._is_bound(batch):
                raise StoreError("The key file was changed at the same time by another program; try again.")
            ring = copy(self.ring)
            yield batch, ring
            if ring.file.generation > self.ring.file.generation + 1:
                raise RuntimeError("two generations in one change: a crash would leave a file that fits no state")
            self.bind(batch, ring)
            opening.write_key_file(self._store.directory, ring.file)
            self.ring = ring

    def is_passphrase_of(self, name: str, passphrase: str) -> bool:
        """Returns whether this is the present passphrase of the user."""
        try:
            unlock_key_file(self.ring.file, name, passphrase)[0].wipe()
        except WrongPassphrase:
            return False
        return True

    def has_own_slot(self, reader: Reader) -> bool:
        """Returns whether the passphrase that opened the store is still valid, as far as this state of the database knows.

        Raises:
            StoreError: if another program changed the key file, and it can't be read
        """
        generation, _ = sql.load_bound_keys(reader)
        recipient = self.ring.own_recipient() if generation != self._own_slot[0] else None
        if recipient is not None:
            known = self.ring.file
            file = known if known.generation == generation else opening.read_key_file(self._store.directory)
            self._own_slot = generation, any(slot.recipient == recipient for slot in file.slots)
        return self._own_slot[1]

    def follow(self) -> None:
        """Reads the key file again and takes over what another process wrote.

        Raises:
            StoreError: if the file is missing, damaged or under another master key
        """
        self.ring.follow(opening.read_key_file(self._store.directory))

    def bind(self, batch: Batch, ring: KeyRing) -> None:
        """Makes `ring` the key ring that belongs to this state of the database."""
        sql.save_bound_keys(batch, ring.file.generation, ring.file.digest())

    def adopt(self, reader: Reader) -> None:
        """Binds a key file whose writer was killed before its commit, if there is one.

        `reader` reads the newest state: at the opening the writer does, so that no second connection is made for this.
        """
        if self._is_ahead(reader):
            with self._store.batch() as batch:
                self.bind(batch, self.ring)
                changed = self._make_up_for_lost_step(batch)
                batch.note("key file adopted", generation=self.ring.file.generation, **changed)

    def _make_up_for_lost_step(self, batch: Batch) -> dict[str, Value]:
        """Has the database fit a key file whose step was lost with its commit; returns what the audit log says of that.

        The file does not say what the step was. What may have been done counts as done: a user without a slot was disabled, and
        the passphrase in the last slot was set by somebody else, with the recovery key if that is gone. Else a kill at that
        moment would hide from the database who knows a passphrase, and that person could consent as another one.
        """
        slots, halves = self.ring.file.slots, recovery_sql.load_halves(batch, valid=True)
        waiting = recovery_sql.load_halves(batch, valid=False)
        is_recovery_gone = bool(halves) and not any(slot.kind == "recovery" for slot in slots)
        if is_recovery_gone or (waiting and slots[-1].kind == "recovery"):
            recovery_sql.delete_halves(batch)  # nobody knows the other half of the pair that is in the file
        active = {user.id for user in sql.list_users(batch) if not user.disabled}
        if without := sorted(active - {slot.user for slot in slots}):
            for user in without:
                sql.set_disabled(batch, user, True)
            return {"disabled": without}
        last = slots[-1].user
        if slots[-1].kind == "recovery" or last not in active:
            return {}
        sql.set_passphrase_origin(batch, last, now(), None)
        if is_recovery_gone and len(sql.list_users(batch)) > 1:
            sql.set_recovered(batch, last, now())
        return {"subject": last}

    def find_problem(self, reader: Reader) -> Message | None:
        """Returns None when the key file is the one that the database binds, or its immediate successor."""
        if self._is_bound(reader) or self._is_ahead(reader):
            return None
        if self.ring.file.generation < sql.load_bound_keys(reader)[0]:
            return Message("The key file is older than the store: an old copy was put in its place.")
        return Message("The key file does not belong to this state of the store.")

    def is_acceptable(self, reader: Reader) -> bool:
        """Returns False for a strange key file of several users, which nobody may accept."""
        return self.find_problem(reader) is None or len(sql.list_users(reader)) < 2

    def check_acceptable(self, reader: Reader) -> None:
        """Raises Refused when the key file does not fit a store of several users.

        In such a file old passphrases are valid again. One person who knows them could then act as others.
        """
        if not self.is_acceptable(reader):
            raise Refused(
                "An older or strange key file can't be accepted in a store of several users: put the newest key file back, or"
                " restore the newest backup."
            )

    def _is_bound(self, reader: Reader) -> bool:
        """Returns whether the database binds this key file."""
        return (self.ring.file.generation, self.ring.file.digest()) == sql.load_bound_keys(reader)

    def _is_ahead(self, reader: Reader) -> bool:
        """Returns whether this key file is the immediate successor of the one that the database binds."""
        generation, digest = sql.load_bound_keys(reader)
        return self.ring.file.generation == generation + 1 and self.ring.file.previous == digest.hex()

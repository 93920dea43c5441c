"""The form of the key file, and the bounds that are checked before any passphrase is tried."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

import msgspec

from triage.errors import StoreError

VERSION = 1
Purpose = Literal["database", "record", "signing", "ledger", "age"]
SlotKind = Literal["passphrase", "recovery", "fido2-hmac-secret"]
"""fido2-hmac-secret is reserved: its slot key will be HKDF(passphrase key || the token's answer)."""

KEY_BYTES = 32
_MAX_MEMORY_KIB, _MAX_ITERATIONS, _MAX_LANES = 1024 * 1024, 32, 16
MAX_FILE_BYTES = 256 << 10  # 64 slots take 64 KiB
_MAX_SLOTS = 64  # passphrases and halves that one store's key file holds
_MAX_WORK_KIB = 16 << 20
"""Memory times iterations, added up over the costs that one passphrase is tried with: some 15 s, 40 times the default."""
_MAX_WRAPPED, _MAX_SEALED, _MAX_RECIPIENT = 256, 4 << 10, 128
"""Bytes of a wrapped key, of a sealed master key, and letters of a recipient: each about twice what is ever written."""
Number = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
"""The largest number that SQLite holds is the limit."""


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Argon2id costs. The default takes about 0.3 s on one core of a 2020s desktop."""

    memory_kib: int = 128 * 1024
    iterations: int = 3
    lanes: int = 4


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part of the key file that one user's passphrase, or the recovery key, opens."""

    kind: SlotKind
    user: Number
    """Id of the user in the database; 0 for recovery."""
    cost: Cost | None
    recipient: str
    private: bytes
    """The age identity of this slot and the store's public signing key, under the slot key. In the recovery slot the public key
    with which the slot key was agreed stands before it."""
    master: bytes
    """The master key, sealed to `recipient`."""


class KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """keys.json. `generation` counts its changes; the database holds the generation and digest that belong to it."""

    format: Literal["triage keys"]
    version: int
    generation: Number
    previous: str
    """SHA-256 of the generation before, hex; "" for the first."""
    salt: bytes
    cost: Cost
    """The costs of new slots."""
    keys: dict[Purpose, bytes]
    slots: list[Slot]
    mac: bytes

    def encode(self) -> bytes:
        """Returns the key file as the bytes of keys.json."""
        return msgspec.json.format(msgspec.json.encode(self, order="sorted"), indent=1) + b"\n"

    def digest(self) -> bytes:
        """Returns the SHA-256 of the encoded file."""
        return hashlib.sha256(self.encode()).digest()


class _Form(msgspec.Struct, frozen=True):
    """The fields that every version of the file has."""

    format: Literal["triage keys"]
    version: int


def decode_key_file(data: bytes) -> KeyFile:
    """Decodes the key file and checks its form and bounds only. `KeyRing` authenticates it.

    A passphrase costs as much work as the file states, so the bounds are checked before any work.

    Raises:
        StoreError: if the file is damaged or of another version
    """
    if len(data) > MAX_FILE_BYTES:
        raise make_damage_error()
    try:
        if msgspec.json.decode(data, type=_Form).version != VERSION:
            raise StoreError("The key file was written by another version of Triage; update this workstation.")
        file = msgspec.json.decode(data, type=KeyFile)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise make_damage_error() from error
    wrapped = [*file.keys.values(), *(slot.private for slot in file.slots)]
    if not (
        len(file.salt) == KEY_BYTES
        and len(file.slots) <= _MAX_SLOTS
        and all(len(data) <= _MAX_WRAPPED for data in wrapped)
        and all(_is_slot_in_bounds(slot) for slot in file.slots)
        and is_affordable(file.cost, *(slot.cost for slot in file.slots if slot.cost))
    ):
        raise make_damage_error()
    return file


def _is_slot_in_bounds(slot: Slot) -> bool:
    """Returns whether the slot has the costs that its kind needs, and its sealed bytes are not too long."""
    has_cost = slot.cost is not None
    return has_cost is (slot.kind != "recovery") and len(slot.master) <= _MAX_SEALED and len(slot.recipient) <= _MAX_RECIPIENT


def is_affordable(new: Cost, *used: Cost) -> bool:
    """Returns whether Argon2id with each of these costs takes reasonable time and memory.

    A passphrase is tried with all of them, and set with the `new` one.
    """
    if not all(
        8 * cost.lanes <= cost.memory_kib <= _MAX_MEMORY_KIB
        and 1 <= cost.iterations <= _MAX_ITERATIONS
        and 1 <= cost.lanes <= _MAX_LANES
        for cost in (new, *used)
    ):
        return False
    return sum(cost.memory_kib * cost.iterations for cost in {new, *used}) <= _MAX_WORK_KIB


def make_damage_error() -> StoreError:
    """Returns the error for a key file that is damaged or was changed."""
    return StoreError("The key file is damaged or was changed; restore the newest backup.")

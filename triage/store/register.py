"""The register of destructions: a small signed file, beside certificates and backups, of what must not come back.

It holds keyed hashes, which only this store can compare, and the counts for statistics. When an older backup is restored, a newer
register is applied before anybody reads in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from triage.errors import StoreError
from triage.message import Message
from triage.safe_files import UnsafeFile, read_file, replace_file, resolve_file
from triage.store import audit
from triage.store.canonical import Json, encode_canonical, now
from triage.store.database import Reader
from triage.store.files import explain_disk_errors, make_disk_error
from triage.store.queries import destruction
from triage.store.store import Store

FILE = "destructions.json"
MAX_FILE = 256 << 20
"""Bytes; a destruction takes some 300 and 70 for each document and media item."""


class RegisterEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One destruction. `marks` are keyed hashes of the report's numbers and of the bytes that were destroyed with it."""

    destroyed: str
    user: int
    second: int
    band: int | None
    status: int
    office: int | None
    month: str
    documents: int
    media: int
    marks: tuple[str, ...]


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signed register of all destructions of a store."""

    kind: Literal["triage register of destructions"]
    version: Literal[1]
    store: str
    time: str
    """The register knows of every destruction before this time, and of none after."""
    entries: tuple[RegisterEntry, ...]
    signature: str

    def encode_unsigned(self) -> bytes:
        """Returns the bytes that the signature covers: all other fields as canonical JSON."""
        fields: dict[str, Json] = msgspec.to_builtins(self)
        del fields["signature"]
        return encode_canonical(fields)

    def encode(self) -> bytes:
        """Returns the register as the bytes of its file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    @property
    def marks(self) -> frozenset[str]:
        """The keyed hashes of all destructions."""
        return frozenset(mark for entry in self.entries for mark in entry.marks)


def make_register(store: Store, reader: Reader) -> Register:
    """Returns the signed register of all destructions that `reader` sees."""
    entries = tuple(RegisterEntry(*counts, marks) for counts, marks in destruction.list_registered_destructions(reader))
    blank = Register("triage register of destructions", 1, store.id, now(), entries, "")
    return msgspec.structs.replace(blank, signature=store.sign(blank.encode_unsigned()).hex())


def write_register(store: Store, reader: Reader, path: Path) -> None:
    """Writes the register into a backup.

    Raises:
        StoreError: if the disk refuses
    """
    with explain_disk_errors(Message("writing the register of destructions")):
        replace_file(resolve_file(path), make_register(store, reader).encode())


def read_register(path: Path) -> Register:
    """Reads a register and checks its form only.

    Raises:
        StoreError: if it is damaged or can't be read
    """
    try:
        return msgspec.json.decode(read_file(resolve_file(path), MAX_FILE), type=Register)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError("This file is no register of destructions, or it is damaged.") from error
    except UnsafeFile as error:
        raise make_disk_error(error, Message("reading the register of destructions")) from error
    except OSError as error:
        raise StoreError("The register of destructions can't be read.", detail=str(error)) from error


def check_register(store: Store, reader: Reader, register: Register) -> None:
    """Raises StoreError unless this store signed the register and it knows of all that the store has destroyed."""
    if register.store != store.id or not audit.is_signed(register.encode_unsigned(), register.signature, store.public_key):
        raise StoreError("This register of destructions was not signed by this store, or it was changed.")
    if not destruction.load_tombstones(reader) <= register.marks:
        raise StoreError("This register of destructions is older than the store: it lacks some; use a newer one.")

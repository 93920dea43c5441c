"""The register of destructions: a small signed file, kept beside certificates and backups, that says what must not come back.

It holds keyed hashes, which only this store can compare, and the counts that statistics keep. An older backup that is restored
is shown a newer register before anybody reads in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from triage.errors import StoreError
from triage.message import Message
from triage.safe_files import UnsafeFile, read_file, replace_file, resolve_file
from triage.store import audit
from triage.store.canonical import Json, canonical, now
from triage.store.database import Reader
from triage.store.files import disk, disk_error
from triage.store.queries import destruction
from triage.store.store import Store

FILE = "destructions.json"
MAX_FILE = 256 << 20
"""Bytes; a destruction takes some 300 and 70 for each document and media item."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One destruction. `marks` are keyed hashes of the report's numbers and of the bytes that went with it."""

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
    kind: Literal["triage register of destructions"]
    version: Literal[1]
    store: str
    time: str
    """It knows of every destruction before then, and of none after."""
    entries: tuple[Entry, ...]
    signature: str

    def body(self) -> bytes:
        fields: dict[str, Json] = msgspec.to_builtins(self)
        del fields["signature"]
        return canonical(fields)

    def encode(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    @property
    def marks(self) -> frozenset[str]:
        return frozenset(mark for entry in self.entries for mark in entry.marks)


def make(store: Store, reader: Reader) -> Register:
    """Returns all destructions that `reader` knows of, signed."""
    entries = tuple(Entry(*counts, marks) for counts, marks in destruction.list_registered_destructions(reader))
    blank = Register("triage register of destructions", 1, store.id, now(), entries, "")
    return msgspec.structs.replace(blank, signature=store.sign(blank.body()).hex())


def write(store: Store, reader: Reader, path: Path) -> None:
    """Writes the register into a backup. Raises StoreError."""
    with disk(Message("writing the register of destructions")):
        replace_file(resolve_file(path), make(store, reader).encode())


def read(path: Path) -> Register:
    """Checks the form only. Raises StoreError."""
    try:
        return msgspec.json.decode(read_file(resolve_file(path), MAX_FILE), type=Register)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError("This file is no register of destructions, or it is damaged.") from error
    except UnsafeFile as error:
        raise disk_error(error, Message("reading the register of destructions")) from error
    except OSError as error:
        raise StoreError("The register of destructions can't be read.", detail=str(error)) from error


def check(store: Store, reader: Reader, register: Register) -> None:
    """Raises StoreError for one of another store, a changed one, and one older than what the store has destroyed itself."""
    if register.store != store.id or not audit.is_signed(register.body(), register.signature, store.public_key):
        raise StoreError("This register of destructions was not signed by this store, or it was changed.")
    if not destruction.load_tombstones(reader) <= register.marks:
        raise StoreError("This register of destructions is older than the store: it lacks some; use a newer one.")

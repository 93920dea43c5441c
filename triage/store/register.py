"""The register of destructions: a small signed file, beside certificates and backups, of what must not come back.

It holds keyed hashes, which only this store can compare, and the counts for statistics. When an older backup is restored, a newer
register is applied before anybody reads in it.

A rule of retention destroys thousands of reports in one act. To write all destructions anew after each would take longer and
longer. So the act writes the whole register with its first destruction and in the end. In between each destruction has a part of
its own beside its certificate. Parts that a kill leaves are read with the register beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec

from triage.errors import StoreError
from triage.message import Message
from triage.safe_files import UnsafeFile, list_names, read_file, replace_file, resolve_file
from triage.store import audit
from triage.store.canonical import Json, encode_canonical, now
from triage.store.database import Reader
from triage.store.files import explain_disk_errors, make_disk_error
from triage.store.queries import destruction
from triage.store.store import Store

FILE = "destructions.json"
PART_PREFIX, PART_SUFFIX = "destructions-", ".json"
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


_WHOLE: Final = "triage register of destructions"
_PART: Final = "triage part of a register of destructions"


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signed register of all destructions of a store, or a part with one of them."""

    kind: Literal["triage register of destructions", "triage part of a register of destructions"]
    version: Literal[1]
    store: str
    time: str
    """A whole register knows of every destruction before this time, and of none after."""
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
    def is_part(self) -> bool:
        """Returns whether it is a part with one destruction."""
        return self.kind == _PART

    @property
    def marks(self) -> frozenset[str]:
        """The keyed hashes of its destructions."""
        return frozenset(mark for entry in self.entries for mark in entry.marks)


@dataclass(frozen=True, slots=True)
class ReadRegister:
    """A register that was read, with the parts that lay beside it. Nothing of it is checked yet."""

    whole: Register
    parts: tuple[Register, ...]

    @property
    def time(self) -> str:
        """The time of the newest destruction that it may know."""
        return max(each.time for each in (self.whole, *self.parts))

    @property
    def entries(self) -> tuple[RegisterEntry, ...]:
        """The destructions, each of them once or more often."""
        return tuple(entry for each in (self.whole, *self.parts) for entry in each.entries)

    @property
    def marks(self) -> frozenset[str]:
        """The keyed hashes of all destructions."""
        return self.whole.marks.union(*(part.marks for part in self.parts))


def make_register(store: Store, reader: Reader) -> Register:
    """Returns the signed register of all destructions that `reader` sees."""
    entries = tuple(RegisterEntry(*counts, marks) for counts, marks in destruction.list_registered_destructions(reader))
    return _sign(store, Register(_WHOLE, 1, store.id, now(), entries, ""))


def make_part(store: Store, entry: RegisterEntry) -> Register:
    """Returns a signed part with one destruction."""
    return _sign(store, Register(_PART, 1, store.id, now(), (entry,), ""))


def _sign(store: Store, blank: Register) -> Register:
    """Returns the register with its signature."""
    return msgspec.structs.replace(blank, signature=store.sign(blank.encode_unsigned()).hex())


def name_part(certificate: Path) -> Path:
    """Returns the path of the part that lies beside this certificate."""
    return certificate.with_name(f"{PART_PREFIX}{certificate.stem}{PART_SUFFIX}")


def list_parts(folder: Path) -> list[Path]:
    """Returns the paths in this folder that have the name of a part. Raises OSError."""
    return [folder / name for name in list_names(folder) if name.startswith(PART_PREFIX) and name.endswith(PART_SUFFIX)]


def write_register(store: Store, reader: Reader, path: Path) -> None:
    """Writes the register into a backup.

    Raises:
        StoreError: if the disk refuses
    """
    with explain_disk_errors(Message("writing the register of destructions")):
        replace_file(resolve_file(path), make_register(store, reader).encode())


def read_register(path: Path) -> ReadRegister:
    """Reads a register, with the parts beside it, and checks their form only.

    Raises:
        StoreError: if one of them is damaged or can't be read
    """
    whole = read_one(path)
    if whole.is_part:
        raise StoreError("This is a part of a register of destructions; name the register beside it: {name}.", name=FILE)
    try:
        beside = list_parts(resolve_file(path).parent)
    except OSError as error:
        raise StoreError("The register of destructions can't be read.", detail=str(error)) from error
    found = []
    for each in beside:
        try:
            found.append(read_one(each))
        except StoreError as error:
            raise StoreError("{name}, beside the register of destructions, is damaged or unreadable.", name=each.name) from error
    return ReadRegister(whole, tuple(part for part in found if part.is_part and part.store == whole.store))


def read_one(path: Path) -> Register:
    """Reads one file, a register or a part.

    Raises:
        StoreError: if it is damaged or can't be read
    """
    try:
        return msgspec.json.decode(read_file(resolve_file(path), MAX_FILE), type=Register)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError("{file} is no register of destructions, or it is damaged.", file=path.name) from error
    except UnsafeFile as error:
        raise make_disk_error(error, Message("reading the register of destructions")) from error
    except OSError as error:
        raise StoreError("The register of destructions can't be read.", detail=str(error)) from error


def is_own(store: Store, register: Register) -> bool:
    """Returns whether this store signed the register or part."""
    own = register.store == store.id
    return own and audit.is_signed(register.encode_unsigned(), register.signature, store.public_key)


def check_register(store: Store, reader: Reader, register: ReadRegister) -> None:
    """Raises StoreError unless this store signed the register and it knows of all that the store has destroyed."""
    if not all(is_own(store, each) for each in (register.whole, *register.parts)):
        raise StoreError("This register of destructions was not signed by this store, or it was changed.")
    if not destruction.load_tombstones(reader) <= register.marks:
        raise StoreError("This register of destructions is older than the store: it lacks some; use a newer one.")

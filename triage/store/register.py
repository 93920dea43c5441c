"""The register of destructions: signed files, beside certificates and backups, of what must not come back.

It holds keyed hashes, which only this store can compare, and the counts for statistics. When an older backup is restored, a newer
register is applied before anybody reads in it.

    destructions.json                    the newest destructions, and name and SHA-256 of each volume; signed
    destructions.000001-1a2b3c4d.json    a volume: some ten thousand earlier destructions, which never changes
    destructions-REPORT.json             a part: one destruction of an act that did not end

So each file is small, whatever the years bring: whoever writes the register anew writes its newest destructions only. A volume is
written before the register that names it, and no other file is ever written under its name.

A rule of retention destroys thousands of reports in one act. The act writes the register with its first destruction and in the
end. In between each destruction has a part of its own beside its certificate. Parts that a kill leaves are read with the
register.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
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
from triage.store.queries import audit_log, destruction
from triage.store.store import Store

FILE = "destructions.json"
PART_PREFIX, PART_SUFFIX = "destructions-", ".json"
VOLUME_WEIGHT = 80_000
"""A volume is full with so many hashes, each destruction counted as four more: some 6 MB, 10,000 usual destructions."""
MAX_FILE = 256 << 20
"""Bytes; a destruction takes some 300 and 70 for each document and media item. Only one with millions of media fills a file."""
_ENTRY_WEIGHT = 4
_MARKS_AT_ONCE = 120_000
"""Keyed hashes that are looked up at once, in some 90 MB."""
VOLUME_NAME = re.compile(r"destructions\.[0-9]{6,12}-[0-9a-f]{8}\.json")


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


class Volume(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A volume as the register names it. `last` is the id of its newest destruction in the store that wrote it."""

    name: str
    sha256: str
    last: int
    entries: int


class VolumeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a volume holds. The register that names it vouches for its bytes."""

    kind: Literal["triage volume of a register of destructions"]
    version: Literal[1]
    store: str
    entries: tuple[RegisterEntry, ...]


_WHOLE: Final = "triage register of destructions"
_PART: Final = "triage part of a register of destructions"
_VOLUME: Final = "triage volume of a register of destructions"


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The signed register of all destructions of a store, or a part with one of them.

    A register without volumes reads like those that were written before there were any.
    """

    kind: Literal["triage register of destructions", "triage part of a register of destructions"]
    version: Literal[1]
    store: str
    time: str
    """A whole register knows of every destruction before this time, and of none after."""
    entries: tuple[RegisterEntry, ...]
    """The destructions after those of the volumes."""
    signature: str
    volumes: tuple[Volume, ...] = ()
    entry: int = -1
    """The newest entry of the audit log then, and its leaf: the store that has it went on from there, and its volumes hold."""
    leaf: str = ""

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
    def named(self) -> int:
        """The number of destructions that it names."""
        return len(self.entries) + sum(volume.entries for volume in self.volumes)


@dataclass(frozen=True, slots=True)
class ReadRegister:
    """A register that was read, with the parts that lay beside it. Nothing of it is checked yet but its form.

    Its volumes are read when their destructions are asked for, one after the other.
    """

    folder: Path
    whole: Register
    parts: tuple[Register, ...]

    @property
    def time(self) -> str:
        """The time of the newest destruction that it may know."""
        return max(each.time for each in (self.whole, *self.parts))

    @property
    def named(self) -> int:
        """The number of destructions in the register and its parts; one that stands in both counts twice."""
        return sum(each.named for each in (self.whole, *self.parts))

    def iter_entries(self) -> Iterator[tuple[RegisterEntry, ...]]:
        """Yields the destructions, some at a time, each of them once or more often.

        Raises:
            StoreError: if a volume is missing, damaged or not the one that the register names
        """
        yield from self.iter_whole()
        yield from (part.entries for part in self.parts)

    def iter_whole(self) -> Iterator[tuple[RegisterEntry, ...]]:
        """Yields the destructions without those of the parts, each of them once. Raises StoreError as `iter_entries`."""
        for volume in self.whole.volumes:
            yield read_volume(self.folder, volume, self.whole.store)
        yield self.whole.entries


def make_register(store: Store, reader: Reader, volumes: Sequence[Volume] = ()) -> Register:
    """Returns the signed register of all destructions that `reader` sees. These `volumes` hold the oldest of them."""
    after = volumes[-1].last if volumes else 0
    entries = tuple(entry for _, entry in _iter_entries(reader, after))
    newest = audit_log.load_state(reader).count - 1
    found = audit_log.load_entry(reader, newest)
    leaf = found[1].hex() if found else ""
    return _sign(store, Register(_WHOLE, 1, store.id, now(), entries, "", tuple(volumes), newest, leaf))


def make_part(store: Store, entry: RegisterEntry) -> Register:
    """Returns a signed part with one destruction."""
    return _sign(store, Register(_PART, 1, store.id, now(), (entry,), ""))


def _sign(store: Store, blank: Register) -> Register:
    """Returns the register with its signature."""
    return msgspec.structs.replace(blank, signature=store.sign(blank.encode_unsigned()).hex())


def _iter_entries(reader: Reader, after: int) -> Iterator[tuple[int, RegisterEntry]]:
    """Yields (id, destruction) behind this id, in their order."""
    for of, counts, marks in destruction.iter_registered_destructions(reader, after):
        yield of, RegisterEntry(*counts, marks)


# -- volumes ---------------------------------------------------------------------------------------------------------------


def find_volumes(store: Store, reader: Reader, folder: Path) -> tuple[Volume, ...]:
    """Returns the volumes in the folder that hold this store's oldest destructions, and need not be written again.

    That is what the folder's register names, when this store signed it, went on from the state that it knew, and the volumes
    are as they were. A store that was restored from an older backup went another way: then there are none.
    """
    try:
        found = read_one(folder / FILE)
    except StoreError:
        return ()
    known = audit_log.load_entry(reader, found.entry)
    if found.is_part or not is_own(store, found) or known is None or known[1].hex() != found.leaf:
        return ()
    whole = list[Volume]()
    for volume in found.volumes:
        try:
            _read_volume_bytes(folder, volume)
        except StoreError:
            break
        whole.append(volume)
    return tuple(whole)


def make_volumes(store: Store, reader: Reader, volumes: Sequence[Volume]) -> Iterator[tuple[Volume, bytes]]:
    """Yields each further volume, with its bytes, that the destructions behind these volumes fill."""
    number, entries, weight = len(volumes), list[RegisterEntry](), 0
    for of, entry in _iter_entries(reader, volumes[-1].last if volumes else 0):
        entries.append(entry)
        weight += _ENTRY_WEIGHT + len(entry.marks)
        if weight >= VOLUME_WEIGHT:
            number += 1
            data = msgspec.json.format(msgspec.json.encode(VolumeFile(_VOLUME, 1, store.id, tuple(entries))), indent=1) + b"\n"
            digest = sha256(data).hexdigest()
            yield Volume(f"destructions.{number:06d}-{digest[:8]}.json", digest, of, len(entries)), data
            entries, weight = [], 0


def read_volume(folder: Path, volume: Volume, store: str) -> tuple[RegisterEntry, ...]:
    """Returns the destructions of a volume.

    Raises:
        StoreError: if it is missing, damaged or not the one that the register names
    """
    try:
        held = msgspec.json.decode(_read_volume_bytes(folder, volume), type=VolumeFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _make_volume_error(volume) from error
    if held.store != store or len(held.entries) != volume.entries:
        raise _make_volume_error(volume)
    return held.entries


def _read_volume_bytes(folder: Path, volume: Volume) -> bytes:
    """Returns the bytes of a volume, which are those that the register names. Raises StoreError."""
    if not VOLUME_NAME.fullmatch(volume.name):  # nobody has checked the signature yet
        raise _make_volume_error(volume)
    try:
        data = read_file(resolve_file(folder / volume.name), MAX_FILE)
    except OSError as error:
        raise _make_volume_error(volume) from error
    if sha256(data).hexdigest() != volume.sha256:
        raise _make_volume_error(volume)
    return data


def _make_volume_error(volume: Volume) -> StoreError:
    """Returns the error for a volume that can't be used."""
    return StoreError(
        "{name}, a volume of the register of destructions, is missing, damaged or was changed; put it beside the register.",
        name=volume.name,
    )


# -- files -----------------------------------------------------------------------------------------------------------------


def name_part(certificate: Path) -> Path:
    """Returns the path of the part that lies beside this certificate."""
    return certificate.with_name(f"{PART_PREFIX}{certificate.stem}{PART_SUFFIX}")


def list_parts(folder: Path) -> list[Path]:
    """Returns the paths in this folder that have the name of a part. Raises OSError."""
    return [folder / name for name in list_names(folder) if name.startswith(PART_PREFIX) and name.endswith(PART_SUFFIX)]


def write_register(store: Store, reader: Reader, folder: Path) -> None:
    """Writes the register into a backup: the volumes that it lacks, then the register that names them.

    Raises:
        StoreError: if the disk refuses
    """
    with explain_disk_errors(Message("writing the register of destructions")):
        volumes = [*find_volumes(store, reader, folder)]
        for volume, data in make_volumes(store, reader, volumes):
            replace_file(resolve_file(folder / volume.name), data)
            volumes.append(volume)
        replace_file(resolve_file(folder / FILE), make_register(store, reader, volumes).encode())


def read_register(path: Path) -> ReadRegister:
    """Reads a register, with the parts beside it, and checks their form only, and that its volumes are there.

    Raises:
        StoreError: if one of them is damaged or can't be read
    """
    whole = read_one(path)
    if whole.is_part:
        raise StoreError("This is a part of a register of destructions; name the register beside it: {name}.", name=FILE)
    folder = resolve_file(path).parent
    try:
        beside = list_parts(folder)
    except OSError as error:
        raise StoreError("The register of destructions can't be read.", detail=str(error)) from error
    for volume in whole.volumes:
        _read_volume_bytes(folder, volume)
    found = []
    for each in beside:
        try:
            found.append(read_one(each))
        except StoreError as error:
            raise StoreError("{name}, beside the register of destructions, is damaged or unreadable.", name=each.name) from error
    return ReadRegister(folder, whole, tuple(part for part in found if part.is_part and part.store == whole.store))


def read_one(path: Path) -> Register:
    """Reads one file, a register or a part.

    Raises:
        StoreError: if it is damaged or can't be read
    """
    try:
        found = msgspec.json.decode(read_file(resolve_file(path), MAX_FILE), type=Register)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _make_damage_error(path) from error
    except UnsafeFile as error:
        raise make_disk_error(error, Message("reading the register of destructions")) from error
    except OSError as error:
        raise StoreError("The register of destructions can't be read.", detail=str(error)) from error
    if len({volume.name for volume in found.volumes}) < len(found.volumes):  # or a small file asks for one volume a million times
        raise _make_damage_error(path)
    return found


def _make_damage_error(path: Path) -> StoreError:
    """Returns the error for a file that holds no register."""
    return StoreError("{file} is no register of destructions, or it is damaged.", file=path.name)


def is_own(store: Store, register: Register) -> bool:
    """Returns whether this store signed the register or part."""
    own = register.store == store.id
    return own and audit.is_signed(register.encode_unsigned(), register.signature, store.public_key)


def check_register(store: Store, reader: Reader, register: ReadRegister) -> frozenset[str]:
    """Returns the hashes that this store does not know yet.

    The volumes need no signature of their own: the signed register names the SHA-256 of each.

    Raises:
        StoreError: unless this store signed the register, and it knows of all that the store has destroyed
    """
    if not all(is_own(store, each) for each in (register.whole, *register.parts)):
        raise StoreError("This register of destructions was not signed by this store, or it was changed.")
    new, known = set[str](), 0
    late = {mark for part in register.parts for mark in _list_marks(part.entries)}
    for marks in _iter_pieces(register):
        late -= marks
        here = destruction.find_tombstones(reader, marks)
        known += len(here)
        new |= marks - here
    here = destruction.find_tombstones(reader, late)
    if known + len(here) < destruction.count_tombstones(reader):
        raise StoreError("This register of destructions is older than the store: it lacks some; use a newer one.")
    return frozenset(new | (late - here))


def _iter_pieces(register: ReadRegister) -> Iterator[set[str]]:
    """Yields the keyed hashes of the register without its parts, those of several volumes at a time.

    They lie all over the store's table of them: each piece reads most of its pages, however small the piece is.
    """
    piece = set[str]()
    for entries in register.iter_whole():
        piece |= _list_marks(entries)
        if len(piece) >= _MARKS_AT_ONCE:
            yield piece
            piece = set()
    yield piece


def _list_marks(entries: Sequence[RegisterEntry]) -> set[str]:
    """Returns the keyed hashes of these destructions."""
    return {mark for entry in entries for mark in entry.marks}

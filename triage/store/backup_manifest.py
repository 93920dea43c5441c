"""The manifest of a backup: signed, and replaced last, so that it always names a state that is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from triage.errors import StoreError
from triage.message import Message
from triage.safe_files import UnsafeFile, read_file, replace_file
from triage.store.canonical import Json, encode_canonical
from triage.store.files import make_disk_error, name_path
from triage.store.store import Store

MANIFEST = "backup.json"
STATE = "state"
"""The folder of the states, each in a folder of its number with six digits."""
_MOST_BYTES = 4 << 20
"""100,000 packs of one gigabyte take half of it."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The signed description of a backup's newest complete state.

    In version 1 the state held a whole copy of the database, and the fields with defaults were not there.
    """

    kind: Literal["triage backup"]
    version: Literal[1, 2]
    id: str
    """The random id of this backup folder."""
    store: str
    number: int
    time: str
    commits: int
    files: dict[str, str]
    """SHA-256 of each file of the state, hex."""
    sizes: dict[str, int]
    """Bytes of each: a larger file is not read."""
    packs: dict[int, int]
    """Length of each pack that belongs to this state; a longer file was left by an interrupted backup."""
    last_item: int
    """The newest item of the vault that belongs to this state."""
    reread: int
    """Up to this item the copies were read again; the next backup goes on behind it, and begins anew at the end."""
    signature: str
    parts: dict[int, int] = {}
    """Number of pages of each part of the database, by the number of the backup that wrote it; the first is the base."""
    pages: int = 0
    """Of the database that the parts make up."""
    keys: str = ""
    """The key of the database in the parts, and those of the parts, sealed under the database's key of the state's key file."""
    reread_pages: int = 0
    """So many pages of the parts were read again; the next backup goes on behind them, and begins anew at the end."""

    def encode_unsigned(self) -> bytes:
        """Returns the bytes that the signature covers: all other fields as canonical JSON."""
        fields: dict[str, Json] = msgspec.to_builtins(self, str_keys=True)
        del fields["signature"]
        return encode_canonical(fields)


def write_manifest(store: Store, out: Path, manifest: Manifest) -> None:
    """Signs the manifest and puts it in the place of the one before."""
    signed = msgspec.structs.replace(manifest, signature="")
    signed = msgspec.structs.replace(signed, signature=store.sign(signed.encode_unsigned()).hex())
    replace_file(out / MANIFEST, msgspec.json.encode(signed) + b"\n")


def read_manifest(out: Path) -> Manifest:
    """Reads the manifest and checks its form only.

    Raises:
        StoreError: if it is missing, damaged or can't be read
    """
    try:
        return msgspec.json.decode(read_file(out / MANIFEST, _MOST_BYTES), type=Manifest)
    except FileNotFoundError as error:
        raise StoreError("{folder} holds no complete backup; choose another folder.", folder=name_path(out)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError("The backup's manifest is damaged; use another copy of the backup.") from error
    except UnsafeFile as error:
        raise make_disk_error(error, Message("reading the backup")) from error
    except OSError as error:
        raise StoreError("The backup can't be read.", detail=str(error)) from error

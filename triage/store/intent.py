"""The intent file, which states the batch that writes behind the vault's committed end.

A batch writes `intent.json`, flushed, before its first sealed byte, and closes it after its commit. So bytes behind the committed
end are those of one unfinished batch only under three conditions. The file is open, it names the commit at which the database
still is, and it begins where the database says that the vault ends. In any other case the database is older than the vault.

The file holds no content. A MAC under a key derived from the database's key shows that this store wrote it.
"""

from __future__ import annotations

import hmac
import os
from pathlib import Path
from typing import Literal

import msgspec

from triage.message import Message
from triage.safe_files import is_there, open_to_change, read_file, replace_file
from triage.store.canonical import Json, encode_canonical
from triage.store.files import explain_disk_errors

_BYTES = 512  # of the file, always: it is written in place, and one sector is written whole or not at all
_MAC_HEX = 64


class Intent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The statement of a batch that it begins to seal, or has ended."""

    kind: Literal["triage vault intent"]
    version: Literal[1]
    store: str
    commits: int
    """The database's commit: before the batch while `open`, after it when closed."""
    pack: int
    offset: int
    """The vault's end at that commit; pack 0 for an empty vault."""
    open: bool
    mac: str

    def encode_unsigned(self) -> bytes:
        """Returns the bytes that the MAC covers: all other fields as canonical JSON."""
        fields: dict[str, Json] = msgspec.to_builtins(self)
        del fields["mac"]
        return encode_canonical(fields)


class IntentFile:
    """Reads and writes the intent file. The caller holds the writer's lock."""

    def __init__(self, path: Path, key: memoryview) -> None:
        self._path = path
        self._key = key
        """The database's, in the page of keys: what is derived from it is not kept."""

    def read(self, store: str) -> Intent | None:
        """Returns the intent, or None when there is none that this store wrote.

        Raises:
            StoreError: if the disk refuses
        """
        with explain_disk_errors(Message("reading the vault's intent")):
            if not is_there(self._path):
                return None
            data = read_file(self._path, _BYTES)
        try:
            found = msgspec.json.decode(data, type=Intent)
        except (msgspec.DecodeError, ValueError):
            return None
        return found if found.store == store and hmac.compare_digest(self._compute_mac(found), found.mac) else None

    def begin(self, store: str, commits: int, end: tuple[int, int]) -> None:
        """Writes an open intent and flushes it, so that no sealed byte reaches the disk before it.

        `end` is (pack, offset) of the vault's committed end.

        Raises:
            StoreError: if the disk refuses
        """
        self._write(store, commits, end, is_open=True)

    def finish(self, store: str, commits: int, end: tuple[int, int]) -> None:
        """Closes the intent, without a flush.

        An intent that stays open names a commit at which the database no longer is.

        Raises:
            StoreError: if the disk refuses
        """
        self._write(store, commits, end, is_open=False)

    def _write(self, store: str, commits: int, end: tuple[int, int], *, is_open: bool) -> None:
        """Writes the intent in place, within one sector. An open intent is flushed."""
        intent = Intent("triage vault intent", 1, store, commits, *end, is_open, "0" * _MAC_HEX)
        intent = msgspec.structs.replace(intent, mac=self._compute_mac(intent))
        data = encode_canonical(msgspec.to_builtins(intent)).ljust(_BYTES - 1) + b"\n"
        with explain_disk_errors(Message("writing the vault's intent")):
            if not is_there(self._path):
                replace_file(self._path, data)
                return
            with open_to_change(self._path) as file:
                file.write(data)
                file.flush()
                if is_open:
                    os.fsync(file.fileno())

    def _compute_mac(self, intent: Intent) -> str:
        """Returns the MAC of an intent, in hex."""
        key = hmac.digest(self._key, b"triage vault intent 1", "sha256")
        return hmac.digest(key, intent.encode_unsigned(), "sha256").hex()

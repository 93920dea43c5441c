"""Copies the files of a backup: whole files, and the new bytes of the vault's packs."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from triage.errors import StoreError
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.safe_files import create_file, flush, list_names, open_to_change, open_to_read, remove_file, sync_folder
from triage.store.files import explain_disk_errors
from triage.store.vault import pack_path

_PACK_NAME = re.compile(r"[0-9]{6,}\.pack")
_BLOCK = 4 << 20  # bytes


def copy_packs(source: Path, target: Path, packs: dict[int, int], progress: OnProgress, cancel: CancelToken) -> int:
    """Copies the bytes of the packs that `target` lacks, and removes what does not belong; returns the bytes copied.

    `packs` are lengths in bytes by pack number.
    """
    total, done, copied = sum(packs.values()), 0, 0
    for number, length in packs.items():
        with explain_disk_errors(Message("copying the vault")):
            copied += _copy_tail(pack_path(source, number), pack_path(target, number), length, cancel)
        done += length
        progress(Progress(done=done, total=total, unit="bytes", note=Message("copying")))
    with explain_disk_errors(Message("copying the vault")):
        known = {pack_path(target, number).name for number in packs}
        for name in list_names(target):
            if _PACK_NAME.fullmatch(name) and name not in known:  # left by a backup that was interrupted
                remove_file(target / name)
        sync_folder(target)
    return copied


def _copy_tail(source: Path, target: Path, length: int, cancel: CancelToken) -> int:
    """Brings one pack to `length` bytes; returns the bytes copied."""
    with open_to_change(target, create=True) as out, open_to_read(source) as data:
        start = min(out.seek(0, os.SEEK_END), length)
        out.truncate(start)
        data.seek(start)
        out.seek(start)
        left = length - start
        while left:
            cancel.check()
            block = data.read(min(_BLOCK, left))
            if not block:
                raise StoreError("The vault file {source} is cut short; run a check.", source=source.name)
            out.write(block)
            left -= len(block)
        flush(out)
    return length - start


def copy_file(source: Path, target: Path) -> None:
    """Copies a file to the disk, flushed, in place of whatever is there.

    Raises:
        OSError: if the disk refuses
    """
    remove_file(target)
    with open_to_read(source) as data, create_file(target) as out:
        while block := data.read(_BLOCK):
            out.write(block)
        flush(out)


def sync_and_digest(path: Path) -> str:
    """Flushes the file to the disk; returns its SHA-256 in hex."""
    with open_to_change(path) as file:
        flush(file)
    return digest_file(path)


def digest_file(path: Path) -> str:
    """Returns the SHA-256 of a file in hex."""
    with open_to_read(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

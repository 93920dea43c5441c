"""What reading a hash list has in common for short lists and long ones: progress, bounds, remarks and what was written."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import BinaryIO

from triage import limits
from triage.errors import InputError, Refused
from triage.importers.lists import ListReader, ListRemarks
from triage.message import Message, from_data, to_data
from triage.model.progress import CancelToken, OnProgress, Progress

__all__ = [
    "ListOf",
    "ReadingProgress",
    "WrittenList",
    "collect_remarks",
    "digest_stream",
    "make_taken_error",
    "require_entries",
    "require_readable",
]


@dataclass(frozen=True, slots=True)
class ListOf:
    """What a person says of a list: its name, what a hit means, and how its categories are read."""

    name: str
    kind: str
    profile: str | None


@dataclass(frozen=True, slots=True)
class WrittenList:
    """A list whose entries are in the store. `kinds` counts its different hashes."""

    list_id: int
    sha256: str
    format: str
    entries: int
    kinds: dict[str, int]
    remarks: dict[str, object]


class ReadingProgress:
    """Reports progress by bytes of the file, and stops when the token is set."""

    def __init__(self, stream: BinaryIO, on_progress: OnProgress, cancel: CancelToken | None) -> None:
        self._size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        self._stream, self._on_progress, self._cancel = stream, on_progress, cancel

    def report(self) -> None:
        """Reports how much of the file was read.

        Raises:
            Cancelled: if the token was set
        """
        if self._cancel:
            self._cancel.check()
        done = min(self._stream.tell(), self._size)
        self._on_progress(Progress(done=done, total=self._size, unit="bytes", note=Message("reading the list")))


def digest_stream(stream: BinaryIO) -> str:
    """Returns the SHA-256 of the stream in hex, and rewinds it."""
    digest = hashlib.sha256()
    while chunk := stream.read(limits.CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


def require_readable(entries: int, remarks: ListRemarks) -> None:
    """Raises InputError if less than one place in ten is readable: then the file is no list."""
    if remarks.unread > 100 + 10 * entries:
        raise InputError("The file does not look like a hash list.", detail="; ".join(map(str, remarks.examples)))


def require_entries(entries: int, remarks: ListRemarks) -> None:
    """Raises InputError if the list has no entries, or hardly any beside what can't be read."""
    if not entries:
        raise InputError("The hash list holds no hashes.", detail="; ".join(map(str, remarks.examples)))


def make_taken_error(name: str) -> Refused:
    """Returns the error for a name that another list has."""
    return Refused("There is a list named {name} already; remove it first or choose another name.", name=repr(name))


def collect_remarks(reading: ListReader, profile: str | None) -> dict[str, object]:
    """Returns what could not be read of the list, and notes for people."""
    notes = list(dict.fromkeys(reading.remarks.notes))
    region = reading.region
    if region is not None and region != "Default" and profile is None:
        notes.append(f"The file says that its categories follow {region}; no profile was named, so none of them is read.")
    elif region is not None and profile is not None and region not in ("Default", profile.partition(":")[0]):
        notes.append(f"The file says that its categories follow {region}; they are read as {profile}.")
    examples = [to_data(each) for each in reading.remarks.examples]
    return {"unread": reading.remarks.unread, "examples": examples, "notes": notes}


def read_example(stored: object) -> Message:
    """Returns a stored example of what could not be read. An older store holds it as a text."""
    return Message("{value}", value=stored) if isinstance(stored, str) else from_data(stored)

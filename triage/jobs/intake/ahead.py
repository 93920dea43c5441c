"""Reads the documents of a bundle in its order. Sandboxed workers read ahead of the document that is being stored."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import msgspec

from triage import limits
from triage.errors import InputError
from triage.importers.base import Importer, RefusedPart
from triage.importers.bundle_entry import Entry, EntrySource
from triage.importers.registry import classify
from triage.jobs.intake.attachments import Attachment, Attachments
from triage.jobs.intake.common import Intake
from triage.jobs.intake.document_wire import Answered, Asked
from triage.message import Message
from triage.model.document import Document

_GROUP_FILES, _GROUP_BYTES = 16, 2 * limits.MIB
"""A worker gets so many small documents at once: to talk about each costs a good part of what it takes to read one."""
_AHEAD = 3
"""Groups that each core may be ahead of the document that is being settled."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one entry that looks like a report: its documents, or why there are none.

    `failed` means that the entry's bytes can't be read. `refused` is what the importer says of bytes that were read. `parts` are
    those that it refused by themselves.
    """

    entry: Entry
    sha256: str = ""
    data: bytes = b""
    documents: tuple[Document, ...] = ()
    parts: tuple[RefusedPart, ...] = ()
    failed: InputError | None = None
    refused: InputError | None = None


@dataclass(frozen=True, slots=True)
class _PendingEntry:
    """An entry that looks like a report: its bytes, or why they can't be read, and its place in its group."""

    entry: Entry
    data: bytes = b""
    failed: InputError | None = None
    group: _Group | None = None
    place: int = 0


class _Group:
    """Documents that one worker reads together."""

    def __init__(self, intake: Intake, threads: ThreadPoolExecutor) -> None:
        self._intake, self._threads = intake, threads
        self._asked: list[Asked] = []
        self._size = 0
        self._found: Future[list[Answered | InputError]] | None = None

    def accepts(self, data: bytes) -> bool:
        """Returns whether a document with these bytes may still join."""
        return self._found is None and (not self._asked or self._size + len(data) <= _GROUP_BYTES)

    def add(self, entry: Entry, importer: Importer, data: bytes) -> _PendingEntry:
        """Adds a document; a full group is handed to a worker."""
        begun = _PendingEntry(entry, data, group=self, place=len(self._asked))
        self._asked.append(Asked(importer.format, entry.path, data))
        self._size += len(data)
        if len(self._asked) == _GROUP_FILES:
            self.submit()
        return begun

    def submit(self) -> Future[list[Answered | InputError]]:
        """Hands the group to a worker, if it was not handed over before; returns the future result."""
        if self._found is None:
            self._found = self._threads.submit(self._read)
        return self._found

    def take_result(self, place: int) -> Answered | InputError:
        """Waits for the group; returns what was read of the document at this place."""
        return self.submit().result()[place]

    def _read(self) -> list[Answered | InputError]:
        """Lets workers read the documents; runs in a thread."""
        return self._intake.readers.read(self._asked)


class _PdfGroup(_Group):
    """PDF documents, of which another kind of worker takes out the text before."""

    def _read(self) -> list[Answered | InputError]:
        """Lets workers take out the text of the PDFs, then read it."""
        texts = self._intake.pool.extract_pdf_texts([each.data for each in self._asked], self._intake.passwords)
        asked = [
            msgspec.structs.replace(each, data=b"", pages=text)
            for each, text in zip(self._asked, texts, strict=True)
            if not isinstance(text, InputError)
        ]
        answers = iter(self._intake.readers.read(asked))
        return [text if isinstance(text, InputError) else next(answers) for text in texts]


class _Begun:
    """Entries whose reading was begun, in the bundle's order."""

    def __init__(self, most: int) -> None:
        """Takes how many entries may be ahead of the document that is being stored."""
        self.entries: deque[_PendingEntry] = deque()
        self._most, self._size = most, 0

    def add(self, entry: _PendingEntry) -> None:
        """Adds an entry behind the others."""
        self.entries.append(entry)
        self._size += len(entry.data)

    def is_first_due(self) -> bool:
        """Returns whether the first entry can't be read, or enough was read ahead of it."""
        is_far_ahead = len(self.entries) > self._most or self._size > limits.BATCH_BYTES
        return bool(self.entries) and (self.entries[0].group is None or is_far_ahead)

    def take_first(self) -> _PendingEntry:
        """Removes and returns the first entry."""
        first = self.entries.popleft()
        self._size -= len(first.data)
        return first


def read_documents(intake: Intake, bundle: EntrySource, found: Attachments) -> Iterator[Read]:
    """Yields what was read of each report document, in the bundle's order, while workers read ahead.

    Other entries are added to `found`.
    """
    cores = os.cpu_count() or 1
    begun = _Begun(_AHEAD * _GROUP_FILES * cores)
    threads = ThreadPoolExecutor(cores)
    open_groups: dict[type[_Group], _Group] = {}
    prepared, note = False, Message("reading reports")
    try:
        for seen, entry in enumerate(bundle.entries()):
            intake.report_progress(seen, None, "files", note)
            importer = _choose_importer(intake, entry, found)
            if not prepared and (found.entries or (importer is not None and importer.needs_sandbox)):
                prepared = True
                intake.pool.prepare()
            if importer is None:
                continue
            begun.add(_begin_reading(intake, entry, importer, open_groups, threads))
            while begun.is_first_due():
                yield _finish_reading(begun.take_first())
        while begun.entries:
            yield _finish_reading(begun.take_first())
    finally:
        threads.shutdown(cancel_futures=True)


def _choose_importer(intake: Intake, entry: Entry, found: Attachments) -> Importer | None:
    """Returns the importer, or None when the entry was added to the attachments or quarantined."""
    try:
        kind = classify(entry.name, entry.peek())
    except InputError as damage:
        intake.quarantined(entry.path, damage.message, entry.raw)
        return None
    if isinstance(kind, str):
        found.add(Attachment(entry, kind))
        return None
    return kind


def _begin_reading(
    intake: Intake, entry: Entry, importer: Importer, groups: dict[type[_Group], _Group], threads: ThreadPoolExecutor
) -> _PendingEntry:
    """Reads the entry's bytes and adds the document to a group."""
    try:
        data = _read_bytes(entry)
    except InputError as damage:
        return _PendingEntry(entry, failed=damage)
    kind = _PdfGroup if importer.needs_sandbox else _Group
    group = groups.get(kind)
    if group is None or not group.accepts(data):
        if group is not None:
            group.submit()
        group = groups[kind] = kind(intake, threads)
    return group.add(entry, importer, data)


def _read_bytes(entry: Entry) -> bytes:
    """Returns the bytes of a document.

    Raises:
        InputError: if it is too large or can't be read
    """
    if entry.size > limits.MAX_DOCUMENT:
        raise InputError("larger than a report document may be")
    with entry.open() as stream:
        data = stream.read(limits.MAX_DOCUMENT + 1)
    if len(data) > limits.MAX_DOCUMENT:
        raise InputError("larger than a report document may be")
    return data


def _finish_reading(begun: _PendingEntry) -> Read:
    """Waits until the document was read; returns what was read."""
    if begun.group is None:
        return Read(begun.entry, failed=begun.failed)
    sha256 = hashlib.sha256(begun.data).hexdigest()
    found = begun.group.take_result(begun.place)
    if isinstance(found, InputError):
        return Read(begun.entry, sha256, begun.data, refused=found)
    return Read(begun.entry, sha256, begun.data, found.documents, found.refused)

"""The documents of a bundle, in its order; confined workers read ahead of the one that is being settled."""

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
from triage.importers import Importer, classify
from triage.importers.archive import Bundle
from triage.importers.bundle_entry import Entry
from triage.jobs.intake.attachments import Attachment, Attachments
from triage.jobs.intake.common import Intake
from triage.jobs.intake.document_wire import Asked
from triage.model.document import Document

_GROUP_FILES, _GROUP_BYTES = 16, 2 * limits.MIB
"""A worker gets so many small documents at once: to talk about each costs a good part of what it takes to read one."""
_AHEAD = 3
"""Groups that each core may be ahead of the document that is being settled."""


@dataclass(frozen=True, slots=True)
class Read:
    """What became of one entry that looks like a report: documents, or why there are none. `failed` is the entry's bytes being
    out of reach; `refused` what the importer says of bytes that are there."""

    entry: Entry
    sha256: str = ""
    data: bytes = b""
    documents: tuple[Document, ...] = ()
    failed: InputError | None = None
    refused: InputError | None = None


@dataclass(frozen=True, slots=True)
class _Begun:
    """An entry that looks like a report: its bytes, or why they are out of reach, and its place in the group that is read."""

    entry: Entry
    data: bytes = b""
    failed: InputError | None = None
    group: _Group | None = None
    place: int = 0


class _Group:
    """Documents that workers read together; of PDFs another kind of worker takes out the text before."""

    def __init__(self, intake: Intake, threads: ThreadPoolExecutor) -> None:
        self._intake, self._threads = intake, threads
        self._asked: list[Asked] = []
        self._size = 0
        self._found: Future[list[tuple[Document, ...] | InputError]] | None = None

    def takes(self, data: bytes) -> bool:
        """Returns whether this one may still join."""
        return self._found is None and (not self._asked or self._size + len(data) <= _GROUP_BYTES)

    def add(self, entry: Entry, importer: Importer, data: bytes) -> _Begun:
        begun = _Begun(entry, data, group=self, place=len(self._asked))
        self._asked.append(Asked(importer.format, entry.path, data))
        self._size += len(data)
        if len(self._asked) == _GROUP_FILES:
            self.ask()
        return begun

    def ask(self) -> Future[list[tuple[Document, ...] | InputError]]:
        if self._found is None:
            self._found = self._threads.submit(self._read)
        return self._found

    def found(self, place: int) -> tuple[Document, ...] | InputError:
        return self.ask().result()[place]

    def _read(self) -> list[tuple[Document, ...] | InputError]:
        return self._intake.readers.read(self._asked)


class _PdfGroup(_Group):
    def _read(self) -> list[tuple[Document, ...] | InputError]:
        texts = self._intake.pool.extract_pdf_texts([each.data for each in self._asked], self._intake.passwords)
        asked = [
            msgspec.structs.replace(each, data=b"", pages=text)
            for each, text in zip(self._asked, texts, strict=True)
            if not isinstance(text, InputError)
        ]
        documents = iter(self._intake.readers.read(asked))
        return [text if isinstance(text, InputError) else next(documents) for text in texts]


def read_documents(intake: Intake, bundle: Bundle, found: Attachments) -> Iterator[Read]:
    """In the bundle's order. Workers read what comes next meanwhile."""
    cores = os.cpu_count() or 1
    begun: deque[_Begun] = deque()
    threads = ThreadPoolExecutor(cores)
    open_groups: dict[type[_Group], _Group] = {}
    prepared = False
    try:
        for seen, entry in enumerate(bundle.entries()):
            intake.tell(seen, None, "files", "reading reports")
            importer = _importer_for(intake, entry, found)
            if not prepared and (found.entries or (importer is not None and importer.needs_sandbox)):
                prepared = True
                intake.pool.prepare()
            if importer is None:
                continue
            begun.append(_begin(intake, entry, importer, open_groups, threads))
            while begun and (begun[0].group is None or _far_ahead(begun, cores)):
                yield _read(begun.popleft())
        while begun:
            yield _read(begun.popleft())
    finally:
        threads.shutdown(cancel_futures=True)


def _importer_for(intake: Intake, entry: Entry, found: Attachments) -> Importer | None:
    """The importer, or None when the entry was put with the attachments or set aside."""
    try:
        kind = classify(entry.name, entry.peek())
    except InputError as damage:
        intake.quarantined(entry.path, str(damage), entry.raw)
        return None
    if isinstance(kind, str):
        found.add(Attachment(entry, kind))
        return None
    return kind


def _far_ahead(begun: deque[_Begun], cores: int) -> bool:
    return len(begun) > _AHEAD * _GROUP_FILES * cores or sum(len(each.data) for each in begun) > limits.BATCH_BYTES


def _begin(
    intake: Intake, entry: Entry, importer: Importer, groups: dict[type[_Group], _Group], threads: ThreadPoolExecutor
) -> _Begun:
    try:
        data = _bytes_of(entry)
    except InputError as damage:
        return _Begun(entry, failed=damage)
    kind = _PdfGroup if importer.needs_sandbox else _Group
    group = groups.get(kind)
    if group is None or not group.takes(data):
        if group is not None:
            group.ask()
        group = groups[kind] = kind(intake, threads)
    return group.add(entry, importer, data)


def _bytes_of(entry: Entry) -> bytes:
    """Raises InputError."""
    if entry.size > limits.MAX_DOCUMENT:
        raise InputError("larger than a report document may be")
    with entry.open() as stream:
        data = stream.read(limits.MAX_DOCUMENT + 1)
    if len(data) > limits.MAX_DOCUMENT:
        raise InputError("larger than a report document may be")
    return data


def _read(begun: _Begun) -> Read:
    if begun.group is None:
        return Read(begun.entry, failed=begun.failed)
    sha256 = hashlib.sha256(begun.data).hexdigest()
    found = begun.group.found(begun.place)
    if isinstance(found, InputError):
        return Read(begun.entry, sha256, begun.data, refused=found)
    return Read(begun.entry, sha256, begun.data, found)

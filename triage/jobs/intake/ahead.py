"""The documents of a bundle, read in its order; the text of PDFs is fetched ahead from the cell."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from triage import limits
from triage.errors import InputError
from triage.importers import Importer, classify
from triage.importers.archive import Bundle, Entry
from triage.importers.base import PdfText
from triage.jobs.intake.attachments import Attachment, Attachments
from triage.jobs.intake.common import Intake
from triage.model.document import Document

_GROUP_FILES, _GROUP_BYTES = 8, 2 * limits.MIB
"""A worker gets so many small PDFs at once: to talk about each costs a sixth of what it takes to read one."""
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


class _Texts:
    """PDFs whose text is asked for together."""

    def __init__(self, intake: Intake, threads: ThreadPoolExecutor) -> None:
        self._intake, self._threads = intake, threads
        self._files: list[bytes] = []
        self._size = 0
        self._asked: Future[list[tuple[str, ...] | InputError]] | None = None

    def takes(self, data: bytes) -> bool:
        """Whether this one may still join."""
        return self._asked is None and (not self._files or self._size + len(data) <= _GROUP_BYTES)

    def add(self, data: bytes) -> PdfText:
        """What gives its text."""
        place = len(self._files)
        self._files.append(data)
        self._size += len(data)
        if len(self._files) == _GROUP_FILES:
            self.ask()
        return lambda _: self._text(place)

    def ask(self) -> Future[list[tuple[str, ...] | InputError]]:
        if self._asked is None:
            self._asked = self._threads.submit(self._intake.pool.pdf_texts, self._files, self._intake.passwords)
        return self._asked

    def _text(self, place: int) -> tuple[str, ...]:
        found = self.ask().result()[place]
        if isinstance(found, InputError):
            raise found
        return found


@dataclass(frozen=True, slots=True)
class _Begun:
    """An entry that looks like a report: its bytes, or why they are out of reach. `text` gives what is fetched of a PDF."""

    entry: Entry
    importer: Importer
    data: bytes = b""
    failed: InputError | None = None
    text: PdfText | None = None


def read_documents(intake: Intake, bundle: Bundle, found: Attachments) -> Iterator[Read]:
    """In the bundle's order. Workers take the text out of the PDFs that come next meanwhile; everything else is read right here:
    to hand a small document to a thread takes longer than to parse it."""
    cores = os.cpu_count() or 1
    begun: deque[_Begun] = deque()
    threads = ThreadPoolExecutor(cores)
    texts = _Texts(intake, threads)
    prepared = False
    try:
        for seen, entry in enumerate(bundle.entries()):
            intake.tell(seen, None, "files", "reading reports")
            importer = _importer_for(intake, entry, found)
            if not prepared and (found.entries or (importer is not None and importer.asks_cell)):
                prepared = True
                intake.pool.prepare()
            if importer is None:
                continue
            new = _begin(entry, importer)
            if importer.asks_cell and new.failed is None:
                if not texts.takes(new.data):
                    texts.ask()
                    texts = _Texts(intake, threads)
                new = replace(new, text=texts.add(new.data))
            begun.append(new)
            while begun and (begun[0].text is None or _far_ahead(begun, cores)):
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


def _begin(entry: Entry, importer: Importer) -> _Begun:
    try:
        if entry.size > limits.MAX_DOCUMENT:
            raise InputError("larger than a report document may be")
        with entry.open() as stream:
            data = stream.read(limits.MAX_DOCUMENT + 1)
        if len(data) > limits.MAX_DOCUMENT:
            raise InputError("larger than a report document may be")
    except InputError as damage:
        return _Begun(entry, importer, failed=damage)
    return _Begun(entry, importer, data)


def _read(begun: _Begun) -> Read:
    entry, data = begun.entry, begun.data
    if begun.failed is not None:
        return Read(entry, failed=begun.failed)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        documents = begun.importer.read(entry.path, data, begun.text)
    except InputError as refusal:
        return Read(entry, sha256, data, refused=refusal)
    return Read(entry, sha256, data, documents)

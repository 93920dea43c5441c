"""Lets sandboxed workers read the texts of files such as chat logs. A file that can't be read is kept, with the reason."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import InputError, PasswordNeeded
from triage.importers.chat_files.text_sniffing import HEAD, is_pdf, is_text_like
from triage.jobs.intake.readers import Readers
from triage.jobs.intake.text_wire import FileToRead
from triage.model.file_text import FileText

TOO_LARGE = "The file is larger than the 16 MB that are read of a text."
LOCKED = "The PDF is locked, and none of the passwords given with the import opens it. Ask the sender for an unlocked copy."
UNREADABLE_PDF = "The pages of the PDF could not be read."
_KEPT_CHARACTERS = 8_000_000
"""Texts that are remembered, so that the same bytes in many reports of one import are read once."""


def is_text_file(head: bytes) -> bool:
    """Returns whether a file with these first bytes may hold text."""
    return is_text_like(head[:HEAD])


class FileTextReader:
    """Reads texts for one import. Threads may share it."""

    def __init__(self, pool: MediaPool, readers: Readers, passwords: Sequence[bytes]) -> None:
        self._pool, self._readers, self._passwords = pool, readers, passwords
        self._known: dict[str, FileText] = {}
        self._characters = 0
        self._lock = threading.Lock()

    def read_all(self, files: Mapping[str, bytes]) -> dict[str, FileText]:
        """Returns the text of each file by SHA-256. The same bytes are read once."""
        with self._lock:
            found = {sha256: self._known[sha256] for sha256 in files if sha256 in self._known}
        rest = {sha256: data for sha256, data in files.items() if sha256 not in found}
        large = {sha256: describe_too_large() for sha256, data in rest.items() if len(data) > limits.MAX_TEXT_FILE}
        found |= large
        small = {sha256: data for sha256, data in rest.items() if sha256 not in large}
        pdf = {sha256: data for sha256, data in small.items() if is_pdf(data[:HEAD])}
        asked = {sha256: FileToRead(data) for sha256, data in small.items() if sha256 not in pdf}
        if pdf:
            texts = self._pool.extract_pdf_texts(list(pdf.values()), self._passwords)
            for sha256, text in zip(pdf, texts, strict=True):
                if isinstance(text, InputError):
                    found[sha256] = FileText(problem=LOCKED if isinstance(text, PasswordNeeded) else UNREADABLE_PDF)
                else:
                    asked[sha256] = FileToRead(b"", text)
        read = dict(zip(asked, self._readers.read_texts(list(asked.values())), strict=True))
        self._remember(read)
        return found | read

    def _remember(self, read: Mapping[str, FileText]) -> None:
        """Remembers texts, and forgets all others when they are too many."""
        with self._lock:
            for sha256, text in read.items():
                size = sum(len(each.text) + len(each.sender) + len(each.time) + 1 for each in text.messages)
                if self._characters + size > _KEPT_CHARACTERS:
                    self._known.clear()
                    self._characters = 0
                self._known[sha256] = text
                self._characters += size


def describe_too_large() -> FileText:
    """Returns the answer for a file that is too large to be read."""
    return FileText(problem=TOO_LARGE)

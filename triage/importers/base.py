"""What every importer of report documents offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from triage.errors import InputError
from triage.model.document import Document
from triage.model.formats import ReportFormat

PdfText = Callable[[bytes], tuple[str, ...]]
"""Turns the bytes of a PDF into the text of its pages, outside this room. InputError when it can't."""


class NotAReport(InputError):
    """The file is sound, but no report document: it may be evidence, kept like any other attachment."""


class Importer(Protocol):
    """One format of report documents."""

    @property
    def format(self) -> ReportFormat:
        """The format that this importer reads."""

    @property
    def asks_cell(self) -> bool:
        """Whether `read` asks the sandbox for the text of its pages, so that it can be fetched ahead."""

    def detect(self, name: str, peek: bytes) -> bool:
        """Cheap: could a file of this name that begins with `peek` (up to limits.PEEK bytes) be one of mine?"""

    def read(self, path: str, data: bytes, cell: PdfText | None) -> tuple[Document, ...]:
        """All reports of the file, at least one. Raises InputError and nothing else, whatever the bytes are."""

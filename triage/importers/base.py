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
    """The file is sound but no report document.

    It may be evidence and is kept like any other attachment.
    """


class Importer(Protocol):
    """One format of report documents."""

    @property
    def format(self) -> ReportFormat:
        """Returns the word that is stored as `Document.format`."""

    @property
    def needs_sandbox(self) -> bool:
        """Returns whether `read` needs the text of PDF pages from the sandbox, so that the text can be fetched ahead."""

    def detect(self, name: str, peek: bytes) -> bool:
        """Returns whether a file of this name that begins with `peek` may be in this format.

        The check is cheap. `peek` holds up to limits.PEEK bytes.
        """

    def read(self, path: str, data: bytes, extract_pages: PdfText | None) -> tuple[Document, ...]:
        """Returns all reports of the file, at least one.

        Raises InputError and nothing else, whatever the bytes are.
        """

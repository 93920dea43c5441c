"""What every importer of report documents offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from triage.errors import InputError
from triage.importers.bounds import MAX_PLACE, shorten_middle
from triage.message import Message
from triage.model.document import Document
from triage.model.formats import ReportFormat

PdfText = Callable[[bytes], tuple[str, ...]]
"""Turns the bytes of a PDF into the text of its pages, outside this room. InputError when it can't."""


class NotAReport(InputError):
    """The file is sound but no report document.

    It may be evidence and is kept like any other attachment.
    """


UNNUMBERED = "unnumbered-"
"""Begins the slot's part of a report without a number that stands in one file with others; what it says follows as a digest."""


class RefusedPart(msgspec.Struct, frozen=True, array_like=True):
    """A part of a file that stands where a report should stand, and is none or can't be read.

    `count` is above 1 where many such parts of one file are kept together. `data` holds them as text.
    """

    at: str
    reason: str
    values: tuple[tuple[str, str | int], ...]
    data: bytes
    count: int = 1

    @property
    def message(self) -> Message:
        """Why the part is no report."""
        return Message(self.reason, **dict(self.values))  # message-ok


class RefusedParts:
    """Collects the parts of one file that are quarantined by themselves, so that the file's reports are read all the same."""

    def __init__(self) -> None:
        """Starts without parts."""
        self._alone: list[RefusedPart] = []
        self._together: list[tuple[str, bytes]] = []

    def add(self, at: str, reason: Message, text: str) -> None:
        """Adds a part. `at` is its place in the file."""
        place, data = shorten_middle(at, MAX_PLACE), text.encode("utf-8", "replace")
        if len(self._alone) < MOST_REFUSED_ALONE:
            values = tuple((name, value if isinstance(value, str | int) else str(value)) for name, value in reason.values)
            self._alone.append(RefusedPart(place, reason.key, values, data))
        else:
            self._together.append((place, data))

    def list_parts(self) -> tuple[RefusedPart, ...]:
        """Returns the parts. Those beyond `MOST_REFUSED_ALONE` are one part, which says how many they are."""
        if not self._together:
            return tuple(self._alone)
        count, data = len(self._together), b"\n".join(text for _, text in self._together)
        values = (("n", count),)
        return (*self._alone, RefusedPart(self._together[0][0], MANY_REFUSED, values, data, count))


MOST_REFUSED_ALONE = 100
"""Parts of one file that are quarantined each by itself: a list of thousands would bury everything else that waits."""
MANY_REFUSED = Message("From here on, more parts of this file are no reports that Triage can read: {n}.").key


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

    def read(
        self, path: str, data: bytes, extract_pages: PdfText | None, refused: RefusedParts | None = None
    ) -> tuple[Document, ...]:
        """Returns all reports of the file, at least one.

        `refused` collects what stands where a report should stand and can't be read as one. Every report of a file is returned or
        stands there. Raises InputError and nothing else, whatever the bytes are.
        """

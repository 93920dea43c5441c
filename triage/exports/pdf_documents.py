"""Makes PDF documents from blocks of text, in a process of their own.

The typesetting library brings an image decoder along, which must never enter the process that holds the store.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Self

import msgspec

from triage import programs

SECONDS, SECONDS_TO_END = 600, 10
"""For a document; for the process to end once its input has."""
LENGTH_BYTES = 8
"""Before each job and each PDF stands how long it is."""
_of_thread = threading.local()


class HeadingBlock(msgspec.Struct, tag=True, frozen=True):
    """A heading, which is never the last thing on a page.

    Level 1 begins a page of its own near the end of a page, or always with `new_page`. Levels 1 and 2 stand in the contents.
    """

    text: str
    level: int = 1
    new_page: bool = False


class ContentsBlock(msgspec.Struct, tag=True, frozen=True):
    """The list of all headings with their pages. A document has at most one, and a new page begins after it."""

    text: str = "Contents"


class ParagraphBlock(msgspec.Struct, tag=True, frozen=True):
    """A paragraph of text.

    `number` stands before it in the margin, and `strong` sets it in a frame.
    """

    text: str
    small: bool = False
    number: str = ""
    strong: bool = False


class Pairs(msgspec.Struct, tag=True, frozen=True):
    """Names and values, one pair a line."""

    rows: tuple[tuple[str, str], ...]
    caption: str = ""


class Rows(msgspec.Struct, tag=True, frozen=True):
    """A table.

    `widths` are relative. A column becomes wider when its words would break, as far as the others can give way.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    caption: str = ""


class FormBlock(msgspec.Struct, tag=True, frozen=True):
    """Names and values on one page. An empty value is a line to fill in by hand.

    Rows of the same length as `columns` stand beside each other, as for two signatures.
    """

    rows: tuple[tuple[tuple[str, str], ...], ...]
    """Each row holds one or two (name, value)."""


class GridBlock(msgspec.Struct, tag=True, frozen=True):
    """A long table; its header is repeated on each page.

    `widths` are relative. The cells of `fill_column` are coloured: `fills` has (ground, ink) as "#RRGGBB" for each row.
    """

    head: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    fill_column: int | None = None
    fills: tuple[tuple[str, str], ...] = ()
    begins_page: bool = True


class Chart(msgspec.Struct, frozen=True):
    """A bar chart: a name and a count for each bar; None is a count that is withheld."""

    title: str
    bars: tuple[tuple[str, int | None], ...]
    note: str = ""


class ChartsBlock(msgspec.Struct, tag=True, frozen=True):
    """Charts side by side, in two columns."""

    charts: tuple[Chart, ...]
    begins_page: bool = False


class ImageBlock(msgspec.Struct, tag=True, frozen=True):
    """An image as raw RGB rows without padding, with a caption below it. The typesetter decodes nothing."""

    width: int
    height: int
    rgb: bytes
    caption: str = ""


Block = HeadingBlock | ContentsBlock | ParagraphBlock | Pairs | Rows | FormBlock | GridBlock | ChartsBlock | ImageBlock


class TypesetJob(msgspec.Struct, frozen=True):
    """The job that the typesetter reads on its standard input."""

    title: str
    footer: str
    landscape: bool
    blocks: tuple[Block, ...]


class TypesetterFailed(Exception):
    """The typesetter did not return a document, which is our bug."""


def typeset(blocks: Sequence[Block], *, title: str, footer: str, landscape: bool = False) -> bytes:
    """Returns the bytes of the PDF.

    Text goes over pipes, and nothing is written to disk. Raises TypesetterFailed.
    """
    return _run_typesetter(msgspec.msgpack.encode(TypesetJob(title, footer, landscape, tuple(blocks))))


@contextmanager
def keep_typesetter() -> Iterator[None]:
    """Has one process typeset all documents that this thread makes inside: to start it takes longer than a short document."""
    with _Typesetter() as kept:
        _of_thread.kept = kept
        try:
            yield
        finally:
            _of_thread.kept = None


def _run_typesetter(job: bytes) -> bytes:
    """Returns the PDF of an encoded TypesetJob, made by a process of its own. Raises TypesetterFailed."""
    kept: _Typesetter | None = getattr(_of_thread, "kept", None)
    if kept is not None:
        return kept.run(job)
    with _Typesetter() as own:
        return own.run(job)


class _Typesetter:
    """The typesetter's process. It starts with the first document, and anew with the next one after a failure."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def run(self, job: bytes) -> bytes:
        """Returns the PDF of a job. Raises TypesetterFailed."""
        if self._process is None:
            self._process = subprocess.Popen(
                programs.build_command(programs.TYPESET),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=programs.start_folder(),
                env=programs.build_environment(),
                creationflags=programs.CREATION_FLAGS,
            )
        timer = threading.Timer(SECONDS, self._process.kill)
        timer.start()
        try:
            made = self._exchange(self._process, job)
        finally:
            timer.cancel()
        if not made.startswith(b"%PDF-"):
            code = self._end()
            raise TypesetterFailed(f"the typesetter ended with code {code}; it has {SECONDS} seconds")
        return made

    @staticmethod
    def _exchange(process: subprocess.Popen[bytes], job: bytes) -> bytes:
        """Sends a job and returns what comes back: nothing when the process ended."""
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the typesetter was started without pipes")
        with suppress(OSError):
            process.stdin.write(len(job).to_bytes(LENGTH_BYTES) + job)
            process.stdin.flush()
        return process.stdout.read(int.from_bytes(process.stdout.read(LENGTH_BYTES)))

    def _end(self) -> int | None:
        """Ends the process, if there is one; returns its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        try:
            return process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

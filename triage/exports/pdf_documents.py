"""Makes PDF documents from blocks of text, in a process of their own.

The typesetting library brings an image decoder along, which must never enter the process that holds the store.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

import msgspec

from triage import programs

SECONDS = 600


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


def _run_typesetter(job: bytes) -> bytes:
    """Returns the PDF of an encoded TypesetJob, made by a process of its own. Raises TypesetterFailed."""
    try:
        done = subprocess.run(
            programs.build_command(programs.TYPESET),
            input=job,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=programs.start_folder(),
            env=programs.build_environment(),
            creationflags=programs.CREATION_FLAGS,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TypesetterFailed(f"the typesetter was not done after {SECONDS} seconds") from error
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise TypesetterFailed(f"the typesetter ended with code {done.returncode}")
    return done.stdout

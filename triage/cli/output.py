"""How results are printed: one JSON document, or readable tables; progress only on a terminal, on standard error.

Everything the command line prints for people goes through here, and nothing of a stranger's text gets past `make_printable`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from triage.jobs.codec import to_json
from triage.model.moment import parse_utc, to_pakistan
from triage.model.printable import make_printable, printable_lines
from triage.model.progress import OnProgress, Progress, ignore_progress

WIDE = 220
"""Columns of a table that goes into a file or a pipe."""


def print_json(value: object) -> None:
    """UTF-8 whatever the terminal's encoding: it is for programs."""
    sys.stdout.flush()
    sys.stdout.buffer.write(to_json(value) + b"\n")
    sys.stdout.buffer.flush()


def say(line: str = "") -> None:
    """Prints one line."""
    _console().print(Text(make_printable(line)))


def say_text(text: str) -> None:
    """Prints a text of many lines; the mark before each line shows that a stranger wrote it."""
    for line in printable_lines(text):
        _console().print(Text(f"  | {line}"))


def warn(line: str) -> None:
    """Prints one line on standard error, whatever white space the sentence holds."""
    print(make_printable(" ".join(line.split())), file=sys.stderr)  # noqa: T201


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(make_printable("" if cell is None else str(cell))) for cell in row))
    width = None if sys.stdout.isatty() else WIDE
    Console(highlight=False, width=width).print(grid)


def both_clocks(utc: str | None) -> str:
    """A time for people: UTC, and Pakistan's."""
    if utc is None:
        return "not said"
    when = parse_utc(utc)
    return f"{when.isoformat(' ', 'seconds')[:19]} UTC ({to_pakistan(when):%d %b %H:%M} PKT)"


def tri(value: bool | None) -> str:
    return "not said" if value is None else ("yes" if value else "no")


@contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """A bar with counts and remaining time on a terminal; nothing when standard error is none."""
    if not sys.stderr.isatty():
        yield ignore_progress
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        last = ""

        def show(progress: Progress) -> None:
            nonlocal last
            if make_printable(progress.note) != last:
                last = make_printable(progress.note)
                bar.reset(task, description=last, total=progress.total)
            bar.update(task, completed=progress.done, total=progress.total)

        yield show

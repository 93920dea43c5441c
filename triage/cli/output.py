"""Prints results as one JSON document or as readable tables.

Progress goes to standard error, and only to a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from triage.model.printable import make_printable, printable_lines

if TYPE_CHECKING:
    from triage.model.progress import OnProgress, Progress

Row = TypeVar("Row")
Key = TypeVar("Key")

FILE_COLUMNS = 220
"""Width of a table that goes into a file or a pipe."""
SCHEMA = b'{"schema":"triage/1"'
"""How every JSON document begins that is an object."""


MOST_LISTED = 1_000
"""Rows of a table that a command prints when nobody asks for a number: JSON holds all."""
ROWS_AT_ONCE = 500
"""Rows of a long list that are in memory together."""
SCATTERED_AT_ONCE = 20_000
"""The same, of small rows in another order than the database has them: each part reads pages all over it, so parts are few."""


def choose_limit(asked: int | None, *, json: bool) -> int:
    """Returns how many rows a command reads, -1 for all. For a table it is one more than is printed: do more follow?"""
    if asked is not None:
        return asked
    return -1 if json else MOST_LISTED + 1


def cut_table(rows: Sequence[Row], asked: int | None) -> Sequence[Row]:
    """Returns the rows that a table lists, of those that `choose_limit` asked for."""
    return rows if asked is not None else rows[:MOST_LISTED]


def choose_listed(ids: Sequence[Key], *, json: bool) -> Sequence[Key]:
    """Returns what a command lists of these ids: for JSON all, for a table the first."""
    return ids if json else ids[:MOST_LISTED]


def read_parts(
    ids: Sequence[Key], load: Callable[[Sequence[Key]], Mapping[Key, Row]], at_once: int | None = None
) -> Iterator[list[Row]]:
    """Yields the rows with these ids part by part, so that a list may be longer than memory; at least one part."""
    size = at_once or ROWS_AT_ONCE
    for at in range(0, max(1, len(ids)), size):
        part = ids[at : at + size]
        found = load(part)
        yield [found[i] for i in part if i in found]


def print_list(
    ids: Sequence[Key],
    load: Callable[[Sequence[Key]], Mapping[Key, Row]],
    columns: Mapping[str, Callable[[Row], object]],
    *,
    json: bool,
    empty: str,
    which: str = "newest",
) -> None:
    """Prints a list of any length: as JSON all of it, part by part; as a table the first rows, and how many are left out.

    Args:
        ids: What is listed, in order.
        load: Reads the rows with these ids; those that are gone are missing.
        columns: Heading -> cell of a row.
        json: Whether JSON was asked for.
        empty: The sentence that stands for an empty table.
        which: What the first rows are.
    """
    listed = choose_listed(ids, json=json)
    parts = read_parts(listed, load)
    if json:
        print_json_list(parts)
        return
    print_table(tuple(columns), [[cell(row) for cell in columns.values()] for part in parts for row in part], empty=empty)
    say_left_out(len(listed), len(ids), which)


def say_left_out(listed: int, total: int, which: str = "newest") -> None:
    """Says below a table that it holds the newest or first rows only."""
    if listed < total:
        print_line(f"The {which} {listed:,} of {total:,} are listed; list all of them with --json.")


def print_left_out(damaged: int) -> None:
    """Says how many reports are left out of figures because their score card is damaged, if any."""
    if damaged:
        print_line(f"Reports left out because their score card is damaged: {damaged}. triage check names them.")


def print_json(value: object) -> None:
    """Prints one JSON document, in UTF-8 whatever the terminal's encoding. An object gets the key `schema`."""
    from triage.model.json_text import encode_json

    document = encode_json(value)
    if document.startswith(b"{"):
        document = SCHEMA + (b"" if document == b"{}" else b",") + document[1:]
    sys.stdout.flush()
    sys.stdout.buffer.write(document + b"\n")
    sys.stdout.buffer.flush()


def print_json_list(parts: Iterable[Sequence[object]]) -> None:
    """Prints one JSON list, part by part, so that it may be longer than memory."""
    from triage.model.json_text import encode_json

    before = b"["
    for part in parts:  # the first one is read before anything is printed: it may be refused
        if part:
            sys.stdout.buffer.write(before + encode_json(part)[1:-1])
            before = b","
    sys.stdout.buffer.write(b"[]\n" if before == b"[" else b"]\n")
    sys.stdout.buffer.flush()


def print_line(line: str = "") -> None:
    """Prints one line."""
    print(make_printable(line))  # noqa: T201


def print_text(text: str) -> None:
    """Prints a text of many lines; the mark before each line shows that a stranger wrote it."""
    for line in printable_lines(text):
        print(f"  | {line}")  # noqa: T201


def warn(line: str) -> None:
    """Prints one line on standard error, whatever white space the sentence holds."""
    print(make_printable(" ".join(line.split())), file=sys.stderr)  # noqa: T201


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "") -> None:
    """Prints a table with a header line. None is an empty cell. The sentence `empty` stands for a table without rows."""
    cells = [[make_printable("" if cell is None else str(cell)) for cell in row] for row in rows]
    if empty and not cells:
        print_line(empty)
        return
    if sys.stdout.isatty() or not _print_whole(columns, cells):
        _print_folded(columns, cells)


def _print_whole(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> bool:
    """Prints a table into a file or pipe if its lines fit; returns whether they did. For 1,000 rows rich takes half a second."""
    widths = [max(map(_count_cells, column)) for column in zip(columns, *cells, strict=True)]
    if sum(widths) + 2 * (len(widths) - 1) > FILE_COLUMNS:
        return False
    lines = (
        "  ".join(cell + " " * (width - _count_cells(cell)) for cell, width in zip(row, widths, strict=True))
        for row in (columns, *cells)
    )
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return True


def _count_cells(text: str) -> int:
    """Returns how many places of a line a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _print_folded(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Prints a table whose cells are folded where a line is too long."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in cells:
        grid.add_row(*map(Text, row))
    width = None if sys.stdout.isatty() else FILE_COLUMNS
    Console(highlight=False, width=width).print(grid)


def format_word(value: str) -> str:
    """Returns a word of the program's own lists as the screens say it: "in progress" for in_progress."""
    return _read_english_words().get(value) or value.replace("_", " ")


@cache
def _read_english_words() -> dict[str, str]:
    """Returns the English words for what is stored otherwise, as the screens say them."""
    import json

    from triage.resources import resource

    words: dict[str, str] = json.loads(resource("translations", "en_words.json").read_text("utf-8"))
    return words


def format_time(utc: str | None) -> str:
    """Returns a time for people: UTC, and Pakistan's."""
    from triage.model.moment import parse_utc, to_pakistan

    if utc is None:
        return "not stated"
    when = parse_utc(utc)
    return f"{when.isoformat(' ', 'seconds')[:19]} UTC ({to_pakistan(when):%d %b %H:%M} PKT)"


def format_time_cell(utc: str | None) -> str | None:
    """Returns a time for people; without one the cell stays empty."""
    return None if utc is None else format_time(utc)


def format_day_cell(utc: str | None) -> str:
    """Returns the day in Pakistan of a time; without one the cell stays empty."""
    from triage.model.moment import format_pakistan_day

    return "" if utc is None else format_pakistan_day(utc)


def format_known(value: bool | None) -> str:
    """Returns "yes", "no", or "not stated" for None."""
    return "not stated" if value is None else ("yes" if value else "no")


def format_count(n: int, one: str, many: str) -> str:
    """Returns a number with its noun: "1 document", "3 documents", "no documents"."""
    return f"1 {one}" if n == 1 else f"{n or 'no'} {many}"


@contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """Yields a function that shows progress on a terminal; without one, progress is not shown."""
    from triage.model.progress import ignore_progress

    if not sys.stderr.isatty():
        yield ignore_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        last = ""

        def show(progress: Progress) -> None:
            """Updates the bar; a new note resets it."""
            nonlocal last
            if (note := make_printable(str(progress.note))) != last:
                last = note
                bar.reset(task, description=last, total=progress.total)
            bar.update(task, completed=progress.done, total=progress.total)

        yield show

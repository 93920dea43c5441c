"""Reads the program's own log, which holds no content: what the program did, and where it failed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from triage.errors import StoreError
from triage.jobs.session import Session
from triage.model.printable import make_printable
from triage.model.users import Right
from triage.safe_files import UnsafeFile, list_names, read_file

_NAME = re.compile(r"triage\.log(\.\d{1,2})?")
_LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) ([A-Z]+) (\S+) (.*)")
_MOST_BYTES = 2 << 20
"""Of one file; the program writes at most 1 MB into each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A message of the program's log. `more` are the lines that say where an error happened."""

    when: str
    level: str
    part: str
    says: str
    more: tuple[str, ...] = ()


def read_program_log(session: Session, most: int = 2_000) -> tuple[LogLine, ...]:
    """Returns the newest messages of the program's log, the newest first. Without a log there are none.

    Raises:
        StoreError: if the log can't be read
    """
    session.require(Right.RECORD)
    folder = session.store.directory / "log"
    found: list[LogLine] = []
    for name in sorted(filter(_NAME.fullmatch, _list_names(folder)), key=_get_age):
        found += reversed(_parse(_read(folder / name)))
        if len(found) >= most:
            break
    return tuple(found[:most])


def _list_names(folder: Path) -> list[str]:
    """Returns the names in the folder of the log, none while nothing was logged."""
    try:
        return list_names(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError("The program's log can't be read.", detail=str(error)) from error


def _get_age(name: str) -> int:
    """Returns 0 for the newest file, 1 for the one before, and so on."""
    return int(name.removeprefix("triage.log").removeprefix(".") or 0)


def _read(path: Path) -> str:
    """Returns the text of one file of the log."""
    try:
        return read_file(path, _MOST_BYTES).decode("utf-8", "replace")
    except UnsafeFile as error:
        raise StoreError("The program's log can't be read.", detail=str(error)) from error
    except OSError as error:
        raise StoreError("The program's log can't be read.", detail=str(error)) from error


def _parse(text: str) -> list[LogLine]:
    """Returns the messages of a file, the oldest first. Lines of another form belong to the message before."""
    found: list[LogLine] = []
    more: list[str] = []
    head: tuple[str, ...] | None = None

    def close() -> None:
        if head is not None:
            found.append(LogLine(when=head[0], level=head[1], part=head[2], says=head[3], more=tuple(more)))

    for line in map(make_printable, text.splitlines()):
        matched = _LINE.fullmatch(line)
        if matched is None:
            more.append(line)
            continue
        close()
        head, more = matched.groups(), []
    close()
    return found

"""The shipped tables, rules, styles, fonts and guide: in a wheel `triage/_resources`, in a checkout `resources/` and `docs/`.

Some tables can be replaced in this process by those of a signed update (`triage.jobs.signed_updates`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar


class CachedReader(Protocol):
    """A function that reads a table once."""

    def cache_clear(self) -> None:
        """Forgets what was read."""


Reader = TypeVar("Reader", bound=CachedReader)
_replaced: Mapping[str, bytes] = {}
_edition: tuple[str, ...] = ()
_readers: list[CachedReader] = []


class ReplacedTable(Traversable):
    """A table of a signed update, in memory."""

    def __init__(self, path: str, data: bytes) -> None:
        self._path, self._data = path, data

    @property
    def name(self) -> str:
        """Returns the name of the table it stands for."""
        return self._path.rpartition("/")[2]

    def read_bytes(self) -> bytes:
        """Returns the table."""
        return self._data

    def read_text(self, encoding: str | None = None, errors: str | None = None) -> str:
        """Returns the table as text."""
        return self._data.decode(encoding or "utf-8", errors or "strict")

    def open(self, mode: str = "r", *_: Any, **how: Any) -> IO[Any]:
        """Opens the table for reading."""
        return io.BytesIO(self._data) if "b" in mode else io.StringIO(self.read_text(how.get("encoding")))

    def is_file(self) -> bool:
        """Returns True."""
        return True

    def is_dir(self) -> bool:
        """Returns False."""
        return False

    def iterdir(self) -> Iterator[Traversable]:
        """Yields nothing."""
        return iter(())

    def joinpath(self, *descendants: Any) -> Traversable:
        """Raises FileNotFoundError: a table is no folder."""
        raise FileNotFoundError(self._path)


def reads_tables(reader: Reader) -> Reader:
    """Marks a function that reads tables once, so that it reads them again when an update replaces them."""
    _readers.append(reader)
    return reader


def replace_tables(tables: Mapping[str, bytes], edition: tuple[str, ...] = ()) -> None:
    """Uses these tables in place of the shipped ones from now on, in this process. Keys are paths such as "geo/operators.tsv".

    `edition` names where they came from; the digests of the updates do.
    """
    global _replaced, _edition
    _edition = edition
    if _replaced == tables:
        return
    _replaced = dict(tables)  # in one step: another thread sees all of the old ones or all of the new ones
    for reader in _readers:
        reader.cache_clear()


def replaced_tables() -> Mapping[str, bytes]:
    """Returns the tables that are in use in place of shipped ones."""
    return _replaced


def tables_edition() -> tuple[str, ...]:
    """Returns the edition that was stated with the tables in use; nothing for the shipped ones."""
    return _edition


def find_root() -> Traversable:
    """Returns the folder of the shipped resources."""
    shipped = files("triage") / "_resources"
    return shipped if shipped.is_dir() else Path(__file__).parents[1] / "resources"


def resource(*parts: str) -> Traversable:
    """Returns a file below the resources, read-only."""
    path = "/".join(parts)
    data = _replaced.get(path)
    return find_root().joinpath(*parts) if data is None else ReplacedTable(path, data)


def read_shipped(path: str) -> bytes:
    """Returns a shipped table such as "geo/operators.tsv", also where an update replaced it."""
    return find_root().joinpath(*path.split("/")).read_bytes()


def document(*parts: str) -> Traversable:
    """Returns a file below the shipped pages of the guide, read-only."""
    shipped = files("triage") / "_resources"
    root = shipped / "docs" if shipped.is_dir() else Path(__file__).parents[1] / "docs"
    return root.joinpath(*parts)

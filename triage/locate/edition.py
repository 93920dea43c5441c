"""Identifies what a location rests on besides the report: this program's version, its tables and its points."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources.abc import Traversable

from triage import __version__
from triage.resources import reads_tables, resource

_TABLES = ("geo", "language")


@reads_tables
@lru_cache(maxsize=1)
def edition() -> bytes:
    """Returns a digest of version, tables and points; while it stays the same, the same report has the same location."""
    whole = hashlib.blake2b(__version__.encode(), digest_size=16)
    files = [resource(folder, file.name) for folder in _TABLES for file in resource(folder).iterdir() if file.is_file()]
    for file in [*sorted(files, key=lambda file: file.name), *_list_rule_files()]:
        data = file.read_bytes()
        whole.update(f"{file.name} {len(data)}\n".encode())
        whole.update(data)
    return whole.digest()


def _list_rule_files() -> tuple[Traversable, ...]:
    return resource("rules", "place.toml"), resource("offices.toml")

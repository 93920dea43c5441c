"""Small documents and occurrences for tests of grouping and merging."""

from __future__ import annotations

import hashlib
from typing import Any

from triage.model.document import Document, Fact, FileEntry, Identifier, Person, Source
from triage.model.media import Digests
from triage.model.report import Occurrence


def source(path: str, at: str = "/x", label: str = "x") -> tuple[Source, ...]:
    return (Source(path, at, label),)


def document(path: str, *numbers: str, slot: str = "le_json", **more: Any) -> Document:
    return Document(format=slot.split("/")[0], slot=slot, path=path, numbers=numbers, **more)


def report(path: str, **more: Any) -> Document:
    return document(path, slot="esp_xml/report", **more)


def details(path: str, number: str, file_id: str = "f1", **file: Any) -> Document:
    entry = FileEntry(key=file_id, sources=source(path), **file)
    return document(path, number, slot=f"esp_xml/file/{file_id}", files=(entry,))


def entry(key: str, path: str = "p", **more: Any) -> FileEntry:
    return FileEntry(key=key, sources=source(path), **more)


def person(*facts: tuple[str, Any], role: Any = "suspect", path: str = "p") -> Person:
    return Person(role=role, says=role, facts=tuple(Fact(name=n, value=v, sources=source(path)) for n, v in facts))


def identifier(kind: str, value: str, path: str = "p", role: Any = "suspect", **more: Any) -> Identifier:
    return Identifier(kind=kind, value=value, normalised=value.lower(), role=role, sources=source(path), **more)


def digests(data: bytes) -> Digests:
    return Digests(*(hashlib.new(kind, data).hexdigest() for kind in ("md5", "sha1", "sha256")), size=len(data))


def occurrence(path: str, data: bytes) -> Occurrence:
    own = digests(data)
    level, _, name = path.rpartition("/")
    return Occurrence(sha256=own.sha256, md5=own.md5, sha1=own.sha1, size=own.size, name=name, path=path, level=level)

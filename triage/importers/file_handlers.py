"""Handlers, for XML and JSON alike, that store a value in the file entry it stands in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from triage.importers.building import Builder, FileDraft
from triage.importers.values import is_empty_value, parse_tristate


class NodeReader(Protocol):
    """A reader of XML or JSON that gives the text of a node."""

    b: Builder

    def read_text(self, node: Any, at: str, /) -> str:
        """Returns the text of a node, "" when it states nothing."""


def make_file_text_handler(attribute: str) -> Callable[[NodeReader, Any, str, object], None]:
    """Returns a handler, for XML and JSON, that stores a node's text in an attribute of its file entry."""

    def read(reader: NodeReader, node: Any, at: str, subject: object) -> None:
        text = reader.read_text(node, at)
        if isinstance(subject, FileDraft) and not is_empty_value(text):
            setattr(subject, attribute, reader.b.clip_field(text, at))

    return read


def make_file_tristate_handler(attribute: str) -> Callable[[NodeReader, Any, str, object], None]:
    """Returns a handler, for XML and JSON, that stores True or False in an attribute of its file entry.

    Any other text is kept as not understood.
    """

    def read(reader: NodeReader, node: Any, at: str, subject: object) -> None:
        text = reader.read_text(node, at)
        truth = parse_tristate(text)
        if truth is not None:
            setattr(subject, attribute, truth)
        else:
            reader.b.add_unknown(at, text)

    return read

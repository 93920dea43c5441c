"""The text of a file that came with a report, such as a chat log: its messages as written, and how far it was read."""

from __future__ import annotations

from typing import Literal

import msgspec

FileTextKind = Literal["text", "table", "html", "json", "mail", "pdf"]


class FileMessage(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One message. `sender` is its label and `time` its time, both as written; "" when the file states none."""

    sender: str
    time: str
    text: str


class FileText(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The text of a file, or the reason why it was not read.

    `kind` is None when the file was not read. `count` is the number of messages in the file; a file without messages is one
    message without a sender. `is_chat` says that messages were found: with a sender or with a time.
    """

    kind: FileTextKind | None = None
    count: int = 0
    is_chat: bool = False
    left_out: int = 0
    """Messages in the middle of a long file that are not kept here. The file itself holds them."""
    shortened: int = 0
    """Messages of which only the beginning is kept."""
    messages: tuple[FileMessage, ...] = ()
    """Empty in the facts of a media item: the store keeps them beside the facts."""
    problem: str | None = None
    """A sentence that says why the file was not read."""

"""The text of a file that came with a report, such as a chat log: its messages as written, and how far it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from triage.message import Message

NO_TEXT = "The file holds no text."
FileTextKind = Literal["text", "table", "html", "json", "xml", "mail", "pdf"]


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
    attachments: int = 0
    """Files within the mails, which were not opened. The file itself holds them. Facts of an earlier version never count them."""
    messages: tuple[FileMessage, ...] = ()
    """Empty in the facts of a media item: the store keeps them beside the facts."""
    problem: str | None = None
    """A sentence that says why the file was not read."""
    fault: str = ""
    """Of a fault of ours, the type of the error and where it arose, for the log. Nothing of what the file says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFileText:
    """The text of a file for display, such as a chat log, or why it was not read.

    `state` is "read", "read in part" or "not read". `why` says why, or what is missing.
    """

    state: Literal["read", "read in part", "not read"]
    why: Message | None
    format: str | None
    count: int
    """Messages in the file. `left_out` of them, from its middle, are not in `messages`."""
    left_out: int
    messages: tuple[FileMessage, ...] = ()

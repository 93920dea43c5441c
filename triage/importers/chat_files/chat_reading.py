"""Reads the text of one file into messages, by its content and not by its name, and bounds what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from triage import limits
from triage.errors import InputError
from triage.importers.chat_files.chat_html import find_html_messages
from triage.importers.chat_files.chat_json import find_json_messages
from triage.importers.chat_files.chat_lines import find_messages
from triage.importers.chat_files.chat_mail import read_mails
from triage.importers.chat_files.chat_tables import find_table_messages
from triage.importers.chat_files.chat_xml import find_xml_messages
from triage.importers.chat_files.text_decoding import clean_text, decode_text
from triage.importers.chat_files.text_sniffing import HEAD, is_html, is_mail, is_xml
from triage.importers.json_reading import parse_json
from triage.model.file_text import NO_TEXT, FileMessage, FileText, FileTextKind

TOO_MANY_LINES = "The file has more lines than are read. Open the original."
_JSON_BEGINS = (b"{", b"[")


def read_chat_file(data: bytes, pages: Sequence[str] | None = None) -> FileText:
    """Returns the text of a file in messages. `pages` are the texts of the pages of a PDF.

    Raises:
        InputError: if the file holds no text, or more than is read
    """
    found = _read_messages(data) if pages is None else _Found("pdf", _read_lines(clean_text("\n".join(pages))))
    text = bound_text(found.kind, [each for each in found.messages if each.text.strip() or each.sender])
    return msgspec.structs.replace(text, attachments=found.attachments) if found.attachments else text


@dataclass(frozen=True, slots=True)
class _Found:
    """The format of a file, its messages, and how many files within it were not read."""

    kind: FileTextKind
    messages: list[FileMessage]
    attachments: int = 0


def _read_messages(data: bytes) -> _Found:
    """Returns the format of a file and its messages."""
    if data.count(b"\n") + data.count(b"\r") > limits.MAX_FILE_TEXT_LINES:
        raise InputError(TOO_MANY_LINES)
    head = data[:HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(_JSON_BEGINS):
        with suppress(InputError):  # not JSON after all: "[05.01.2026, 10:00] Kite: ..." begins so too
            return _Found("json", find_json_messages(parse_json(data)))
    if is_xml(data):
        with suppress(InputError):  # a line of a chat may begin with "<"
            return _Found("xml", find_xml_messages(data))
    if is_html(data):
        return _Found("html", find_html_messages(decode_text(data)))
    if is_mail(data[:HEAD]):
        with suppress(ValueError, LookupError, TypeError, AttributeError):  # a mail made to break the parser is still text
            mails = read_mails(data)
            return _Found("mail", mails.messages, mails.attachments)
    text = decode_text(data)
    table = find_table_messages(text)
    return _Found("table", table) if table else _Found("text", _read_lines(text))


def _read_lines(text: str) -> list[FileMessage]:
    """Returns the messages of plain text; what is no chat is one message without a sender."""
    if text.count("\n") > limits.MAX_FILE_TEXT_LINES:
        raise InputError(TOO_MANY_LINES)
    return find_messages(text.split("\n")) or [FileMessage("", "", text.strip())]


def bound_text(kind: FileTextKind, messages: list[FileMessage]) -> FileText:
    """Returns the text with at most limits.MAX_FILE_TEXT characters: the first and the last messages of a long file.

    Raises:
        InputError: if there is no text at all
    """
    if not messages:
        raise InputError(NO_TEXT)
    shortened = sum(len(each.text) > limits.MAX_FILE_MESSAGE for each in messages)
    short = [_shorten(each) for each in messages]
    first = _take_fitting(short)
    last = _take_fitting(reversed(short[len(first) :]))
    return FileText(
        kind=kind,
        count=len(messages),
        is_chat=any(each.sender or each.time for each in messages),
        left_out=len(messages) - len(first) - len(last),
        shortened=shortened,
        messages=(*first, *reversed(last)),
    )


def _shorten(message: FileMessage) -> FileMessage:
    """Returns the message with its sender, time and text cut to what is kept of each."""
    label = limits.MAX_FILE_LABEL
    return FileMessage(message.sender[:label], message.time[:label], message.text[: limits.MAX_FILE_MESSAGE])


def _take_fitting(messages: Iterable[FileMessage]) -> list[FileMessage]:
    """Returns the messages, from the first on, that fit into half of what is kept of a file."""
    taken: list[FileMessage] = []
    left = limits.MAX_FILE_TEXT // 2
    for each in messages:
        left -= len(each.text) + len(each.sender) + len(each.time) + 1
        if left < 0 or len(taken) >= limits.MAX_FILE_MESSAGES // 2:
            break
        taken.append(each)
    return taken

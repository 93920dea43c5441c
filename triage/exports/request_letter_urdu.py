"""Adds the Urdu rendering of a letter to an operator in Pakistan. The English letter alone is binding."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from triage.model.data_requests import RequestKind
from triage.resources import resource

if TYPE_CHECKING:
    from triage.exports.word_document import WordDocument


class _Rendering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a letter of one kind says in Urdu, in the parts of the English wording."""

    subject: str
    purpose: str
    duties: tuple[str, ...]
    asked: tuple[str, ...]


class _Renderings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file request_letters_ur.toml."""

    version: int
    title: str
    notice: str
    one_line: str
    many_lines: str
    subject: str
    greeting: str
    asked_for: str
    times: str
    child: str
    form: str
    integrity: str
    reply: str
    subscriber: _Rendering
    traffic: _Rendering
    content: _Rendering
    preservation: _Rendering


@lru_cache(maxsize=1)
def read_renderings() -> _Renderings:
    """Reads the file once."""
    return msgspec.toml.decode(resource("request_letters_ur.toml").read_bytes(), type=_Renderings)


def find_rendering(kind: RequestKind) -> _Rendering | None:
    """Returns the rendering of a kind; None for letters abroad, which have none."""
    said = read_renderings()
    return {
        RequestKind.SUBSCRIBER: said.subscriber,
        RequestKind.TRAFFIC: said.traffic,
        RequestKind.CONTENT: said.content,
        RequestKind.PRESERVATION: said.preservation,
    }.get(kind)


def add_urdu(word: WordDocument, kind: RequestKind, *, lines: int, warrant: str, days: int, child: bool) -> None:
    """Adds the rendering below the English letter, first that it does not bind and that no lawyer has reviewed it."""
    said, own = read_renderings(), find_rendering(kind)
    if own is None:
        return
    count = said.one_line if lines == 1 else said.many_lines.format(n=lines)
    word.add_rtl_text(said.title, bold=True, keep=True)
    word.add_rtl_text(said.notice, bold=True, keep=True)
    word.add_rtl_text(said.subject.format(subject=own.subject), bold=True, keep=True)
    word.add_rtl_text(said.greeting, keep=True)
    paragraphs = [
        own.purpose.format(lines=count, warrant=warrant),
        *own.duties,
        said.times,
        *((said.child,) if child else ()),
        said.form,
        said.integrity,
        said.reply.format(days=days),
    ]
    for at, text in enumerate(paragraphs, 1):
        word.add_rtl_text(f"{at}. {text}")
    word.add_rtl_text(said.asked_for, bold=True, keep=True)
    for at, text in enumerate(own.asked):
        word.add_rtl_text(f"({chr(ord('a') + at)}) {text}")

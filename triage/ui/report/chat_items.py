"""Turns conversations and texts into entries of a list, and lays each of them out: each line runs in its own direction."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument

from triage.model.report_page import ChatMessage, Conversation, PageText, TextMark
from triage.ui.kit import theme
from triage.ui.kit.text_view import make_format
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, is_rtl, isolated, ltr, mark, shown_block, tr, trn, word

INTENTS = {
    "self_harm": mark("self-harm"),
    "threat": mark("threat"),
    "deadline": mark("ultimatum"),
    "meeting": mark("meeting"),
    "access": mark("access to children"),
    "secrecy": mark("asks for secrecy"),
    "money": mark("asks for money"),
    "age": mark("states an age"),
}
HOW = {"slot": mark("found by its words"), "phrase": mark("found by a phrase"), "classifier": mark("estimated by the classifier")}
ORIGINS = {
    "party": mark("words of a user"),
    "provider": mark("words of the provider"),
    "NCMEC": mark("words of NCMEC"),
    "unknown": mark("author not known"),
}


NO_WORDS = Safe("")


@dataclass(frozen=True, slots=True)
class ChatItem:
    """An entry of the list: a heading, a message, or a text that is no chat. `at_end` messages stand at the far side."""

    heading: Safe = NO_WORDS
    speaker: Safe = NO_WORDS
    time: str = ""
    text: str = ""
    marks: tuple[TextMark, ...] = ()
    tip: Safe = NO_WORDS
    at_end: bool = False
    plain: bool = False
    """It spans the whole width."""


def list_items(conversations: Sequence[Conversation], texts: Sequence[PageText]) -> list[ChatItem]:
    """Returns the entries: each conversation under a heading with its source, then the other texts."""
    items: list[ChatItem] = []
    for talk in conversations:
        items.append(ChatItem(heading=_describe_talk(talk), tip=report_words.full_sources(talk.sources)))
        items += [_build_message(message, talk) for message in talk.messages]
        if talk.left_out:
            said = trn("{n} message is only in the file.", "{n} messages are only in the file.", talk.left_out)
            items.append(ChatItem(heading=said))
    for text in texts:
        where = report_words.short_sources(text.sources)
        said = tr("{whose}: {label}", whose=word(ORIGINS[text.origin]), label=report_words.fact(text.label))
        of = report_words.of(text.of)
        speaker = tr("{said}, about: {of}", said=said, of=of) if text.origin != "party" else said
        items.append(
            ChatItem(
                speaker=speaker,
                time=where,
                text=text.text,
                marks=text.marks,
                tip=report_words.full_sources(text.sources),
                plain=True,
            )
        )
    return items


def _describe_talk(talk: Conversation) -> Safe:
    """Returns what a conversation is and where it stands."""
    count = trn("{n} message", "{n} messages", len(talk.messages))
    if talk.file is not None:
        return tr("Chat in {file}, {count}", file=ltr(talk.file or tr("no name")), count=count)
    where = report_words.short_sources(talk.sources)
    return tr("Chat “{label}”, {count}, {where}", label=isolated(talk.label), count=count, where=where)


def _build_message(message: ChatMessage, talk: Conversation) -> ChatItem:
    role = "" if message.role is None else report_words.role(message.role)
    speaker = isolated(message.speaker) if message.speaker else tr("speaker not stated")
    if role:
        speaker = tr("{who} ({name})", who=role, name=speaker)
    return ChatItem(
        speaker=Safe(speaker),
        time=message.time,
        text=message.text,
        marks=message.marks,
        tip=report_words.full_sources(talk.sources),
        at_end=message.role in report_words.CHILD_ROLES,
    )


def describe_marks(marks: Sequence[TextMark]) -> Safe:
    """Returns why sentences are marked: what they may intend and how that was found."""
    parts = {}
    for each in marks:
        what, how = word(INTENTS.get(each.intent, each.intent)), word(HOW.get(each.how, each.how))
        if each.how == "classifier":
            how = tr("{how}, {percent} %", how=how, percent=round(each.score * 100))
        parts[each.intent] = tr("{what} ({how})", what=what, how=how)
    return tr("Read: {what}", what=report_words.listed(parts.values()))


def build_document(item: ChatItem, wanted: str = "") -> QTextDocument:
    """Returns an entry as a document: speaker and time, the text with marks, and why it is marked.

    Each line of the text has the direction of its own first letter. `wanted` is what a search looks for.
    """
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setDefaultFont(theme.font())
    cursor = QTextCursor(document)
    direction = QTextBlockFormat()
    direction.setLayoutDirection(Qt.LayoutDirection.RightToLeft if is_rtl() else Qt.LayoutDirection.LeftToRight)
    cursor.setBlockFormat(direction)
    cursor.insertText(item.speaker, make_format("strong" if not item.plain else "muted"))
    if item.time:
        cursor.insertText("   ", make_format(""))
        cursor.insertText(isolated(item.time), make_format("small"))
    plain, flagged, found = make_format(""), _make_flag(), _make_find()
    for line, pieces in _split_lines(item.text, item.marks, wanted):
        block = QTextBlockFormat()
        block.setLayoutDirection(Qt.LayoutDirection.RightToLeft if _is_rtl_line(line) else Qt.LayoutDirection.LeftToRight)
        cursor.insertBlock(block)
        for text, is_flagged, is_found in pieces:
            cursor.insertText(shown_block(text), found if is_found else flagged if is_flagged else plain)
    if item.marks:
        cursor.insertBlock(direction)
        cursor.insertText(describe_marks(item.marks), make_format("warn"))
    return document


def _split_lines(text: str, marks: Sequence[TextMark], wanted: str) -> list[tuple[str, list[tuple[str, bool, bool]]]]:
    """Returns each line with its pieces: text, whether it is marked, and whether a search looks for it."""
    places = [(each.start, each.end) for each in marks]
    finds = find_all(text, wanted)
    edges = sorted({0, len(text), *(edge for span in (*places, *finds) for edge in span)})
    lines: list[tuple[str, list[tuple[str, bool, bool]]]] = []
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        cuts = [at, *(edge for edge in edges if at < edge < end), end]
        pieces = [(text[a:b], any(s <= a < e for s, e in places), any(s <= a < e for s, e in finds)) for a, b in pairwise(cuts)]
        lines.append((line, pieces))
        at = end + 1
    return lines


def find_all(text: str, wanted: str) -> list[tuple[int, int]]:
    """Returns the places of what a search looks for, whatever its case."""
    if not wanted:
        return []
    folded, found, at = text.lower(), [], 0
    if len(folded) != len(text):  # a letter that changes its length: places would not fit
        folded, wanted = text, wanted
    else:
        wanted = wanted.lower()
    while (at := folded.find(wanted, at)) >= 0:
        found.append((at, at + len(wanted)))
        at += len(wanted)
    return found


def _is_rtl_line(line: str) -> bool:
    """Returns whether the first letter of a line runs from right to left."""
    for char in line:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return is_rtl()


def _make_flag() -> QTextCharFormat:
    made = make_format("")
    made.setBackground(theme.current().colour("chip_grave"))
    made.setForeground(theme.current().colour("on_chip_grave"))
    made.setFontUnderline(True)
    return made


def _make_find() -> QTextCharFormat:
    made = make_format("")
    made.setBackground(theme.current().colour("accent_fill"))
    made.setForeground(theme.current().colour("on_accent_fill"))
    return made

"""Chats are conversations: who says what when, each line in its own direction, marks with reasons, and a search within."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import open_page, settle
from triage.intents import read_intents
from triage.model.report_page import ChatMessage, Conversation, PageText, TextMark
from triage.ui.core.runner import Runner
from triage.ui.report import chat_items, chat_view
from triage.ui.report.chat_items import ChatItem, build_document, find_all, list_items
from triage.ui.report.chat_view import ChatView
from triage.ui.report.texts import is_statement


def message(speaker: str, text: str, role: str | None = None, **more: object) -> ChatMessage:
    return ChatMessage(speaker=speaker, role=role, time="", text=text, **more)  # type: ignore[arg-type]


def talk(*messages: ChatMessage, left_out: int = 0) -> Conversation:
    return Conversation(label="content", of="incident", file=None, sources=(), messages=messages, left_out=left_out)


def test_speakers_are_named_as_the_source_says_with_their_role() -> None:
    items = list_items([talk(message("boat", "hi", "suspect"), message("kite", "hi", "victim"), message("", "x"))], ())
    assert [item.speaker for item in items[1:]] == ["Reported user (boat)", "Child (kite)", "speaker not stated"]
    assert [item.at_end for item in items[1:]] == [False, True, False], "the child stands at the far side"


def test_what_is_only_in_the_file_is_said() -> None:
    assert "3 messages are only in the file." in [item.heading for item in list_items([talk(message("a", "x"), left_out=3)], ())]


def test_each_line_has_its_own_direction() -> None:
    document = build_document(ChatItem(speaker=chat_items.NO_WORDS, text='hello\nمیں ٹھیک ہوں\n42 yes\n"نہیں"'))
    directions, block = [], document.begin().next()
    while block.isValid():
        directions.append(block.blockFormat().layoutDirection())
        block = block.next()
    left, right = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
    assert directions == [left, right, left, right]


def test_a_marked_sentence_says_why() -> None:
    mark = TextMark(start=6, end=12, intent="threat", how="classifier", why=(), score=0.871)
    document = build_document(ChatItem(text="hello send it bye", marks=(mark,)))
    assert "Read: threat (estimated by the classifier, 87 %)" in document.toPlainText()
    block = document.begin().next()
    marked = [part.fragment().text() for part in block if part.fragment().charFormat().fontUnderline()]  # type: ignore[attr-defined]
    assert marked == ["send i"]


def test_every_intent_has_words() -> None:
    from triage.intents import INTENTS

    assert set(chat_items.INTENTS) == set(INTENTS)


@pytest.mark.parametrize(
    ("text", "wanted", "count"), [("Ab ab AB", "ab", 3), ("نہیں نہیں", "نہیں", 2), ("aaa", "", 0), ("İi", "i", 1), ("x", "y", 0)]
)
def test_a_search_finds_all_places_whatever_the_case(text: str, wanted: str, count: int) -> None:
    found = find_all(text, wanted)
    assert len(found) == count
    assert all(0 <= start < end <= len(text) for start, end in found)


def test_covers_and_providers_pages_are_no_statements() -> None:
    cover = PageText(text="x", of="reporter", label="Cover", origin="NCMEC", sources=())
    assert not is_statement(cover)
    assert is_statement(PageText(text="x", of="incident", label="additionalInfo", origin="provider", sources=()))


def test_ctrl_f_goes_from_place_to_place_and_escape_closes_it(lasting_runner: Runner, qtbot: QtBot) -> None:
    page = open_page(FakeApi(), lasting_runner, qtbot)
    assert page.view is not None
    chat = page.view.chat
    QTest.keyClick(page.view.area, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert chat.find_line.isVisible() and chat.find_line.field.hasFocus()
    QTest.keyClicks(chat.find_line.field, "hai")
    first = chat.view.currentIndex().row()
    assert chat.find_line.count.text() == "1 of 2"
    QTest.keyClick(chat.find_line.field, Qt.Key.Key_Return)
    assert chat.view.currentIndex().row() > first and chat.find_line.count.text() == "2 of 2"
    QTest.keyClicks(chat.find_line.field, "zzz")
    assert chat.find_line.count.text() == "not found"
    closed: list[bool] = []
    page.closed.connect(lambda: closed.append(True))
    QTest.keyClick(chat.find_line.field, Qt.Key.Key_Escape)
    assert not chat.find_line.isVisible() and not closed, "Esc closes the search, not the report"


def test_only_messages_on_screen_are_laid_out(app: QApplication, qtbot: QtBot) -> None:
    """A chat of 20,000 messages is shown after the first batch; the rest is measured in later turns of the event loop."""
    items = list_items([talk(*(message("boat", f"line {n}") for n in range(20_000)))], ())
    view = ChatView()
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.show()
    built: list[int] = []
    plain = chat_view.build_document

    def count(item: ChatItem, wanted: str = "") -> object:
        built.append(1)
        return plain(item, wanted)

    chat_view.build_document = count  # type: ignore[assignment]
    try:
        view.show_items(items)
        view.measure_first(480, 300)
        QApplication.processEvents()
        assert 0 < len(built) < 2_000
    finally:
        chat_view.build_document = plain
    time.sleep(0)


def test_an_entry_is_built_once_for_all_widths(app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    view = ChatView()
    qtbot.addWidget(view)
    built: list[ChatItem] = []
    plain = chat_view.build_document
    monkeypatch.setattr(chat_view, "build_document", lambda item, wanted="": (built.append(item), plain(item, wanted))[1])
    view.show_items(list_items([talk(message("boat", "a line of many words " * 20))], ()))
    wide, narrow = view.measure_first(900, 9_000), view.measure_first(300, 9_000)
    assert len(built) == 1 and narrow > wide == view.measure_first(900, 9_000)


def test_marks_of_the_reader_reach_the_chat(lasting_runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi()
    api.findings = read_intents("tasveer bhejo, kisi ko mat batana", "party") or read_intents(
        "kal milte hain station par", "party"
    )
    page = open_page(api, lasting_runner, qtbot)
    settle(lasting_runner)
    assert page.view is not None
    assert page.view.chat.view.rows.items

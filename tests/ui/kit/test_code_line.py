"""A code to copy by hand: every letter has a place of the same width, and none is cut."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from triage.ui.kit.code_line import GAP, CodeLine


def test_lines_of_the_same_length_have_the_same_places(qtbot: QtBot) -> None:
    narrow, wide = CodeLine("iiii"), CodeLine("WWWW")
    for line in (narrow, wide):
        qtbot.addWidget(line)
        assert line.sizeHint() == line.minimumSizeHint() and line.sizeHint().width() % 4 == 0
    assert wide._cell > narrow._cell >= GAP
    assert narrow.text() == "iiii", "a screen reader reads it"

"""A text view lays its text out once for each width it is asked for, and shows what was written last."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from triage.ui.kit.text_view import TextView, TextWriter
from triage.ui.text.i18n import Safe

WIDTHS = (620, 340, 900)


def fill(view: TextView, lines: int) -> None:
    def write(writer: TextWriter) -> None:
        for n in range(lines):
            writer.write_line([(Safe(f"Line {n} goes on for some words, so that it breaks where a column is narrow. "), "")])
            writer.write_marked(("+4.0", "good"), [(Safe("A reason with a mark at its edge"), "strong")])

    view.fill(write)


def draw(view: TextView) -> bytes:
    shown = view.grab().toImage()
    return bytes(shown.constBits())  # type: ignore[arg-type]


@pytest.mark.parametrize("lines", [0, 1, 12])
def test_a_view_that_held_another_text_is_as_high_as_a_new_one(qtbot: QtBot, lines: int) -> None:
    old, new = TextView(), TextView()
    for view in (old, new):
        qtbot.addWidget(view)
    for before in (30, 0, 3):
        fill(old, before)
        assert [old.measure_height(width) for width in WIDTHS]
    for view in (old, new):
        fill(view, lines)
    assert [old.measure_height(width) for width in WIDTHS] == [new.measure_height(width) for width in WIDTHS]


def test_a_text_is_not_laid_out_before_its_width_is_known(qtbot: QtBot) -> None:
    """Each text of a report once was laid out for the width of the text before, and then for its own."""
    view, sizes = TextView(), list[object]()
    qtbot.addWidget(view)
    fill(view, 2)
    view.measure_height(620)
    view.document().documentLayout().documentSizeChanged.connect(sizes.append)
    fill(view, 12)
    assert not sizes
    view.measure_height(340)
    assert len(sizes) == 1


def test_a_text_that_nobody_measured_is_shown(qtbot: QtBot) -> None:
    measured, other = TextView(), TextView()
    for view in (measured, other):
        qtbot.addWidget(view)
        view.resize(500, 300)
        view.show()
        fill(view, 4)
    measured.measure_height(500)
    empty = TextView()
    qtbot.addWidget(empty)
    empty.resize(500, 300)
    empty.show()
    assert draw(other) == draw(measured) != draw(empty)


def test_a_plain_line_below_a_marked_one_does_not_hang(qtbot: QtBot) -> None:
    """Forms of lines are kept by all that they say: once a line with the same indent took the form of a marked one."""
    view = TextView()
    qtbot.addWidget(view)

    def write(writer: TextWriter) -> None:
        writer.write_marked(("+5", "strong"), [("a reason", "")], width=48)
        writer.write_line([("a remark", "")], indent=48, gap=3)

    view.fill(write)
    marked, plain = view.document().firstBlock().blockFormat(), view.document().lastBlock().blockFormat()
    assert (marked.leftMargin(), marked.textIndent()) == (48, -48)
    assert (plain.leftMargin(), plain.textIndent()) == (48, 0)

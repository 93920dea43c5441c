"""The finder of cut, overlapping and empty parts of a screen finds them. The screens themselves: tests/ui/screenshots."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.layout_faults import find_faults
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import Safe


def shown(qtbot: QtBot, part: QWidget, width: int, height: int) -> QWidget:
    host = QWidget()
    qtbot.addWidget(host)
    part.setParent(host)
    host.resize(width, height)
    host.show()
    return host


def test_cut_words_are_found(app: QApplication, qtbot: QtBot) -> None:
    for part in (label("Preserve what expires soon"), QPushButton("Preserve what expires soon")):
        host = shown(qtbot, part, 400, 100)
        part.resize(40, 30)
        assert any(fault.startswith("cut") for fault in find_faults(host))
        part.resize(300, 30)
        assert find_faults(host) == []


def test_wrapped_words_that_are_cut_below_are_found(app: QApplication, qtbot: QtBot) -> None:
    part = label("one two three four five six seven eight nine ten", wrap=True)
    host = shown(qtbot, part, 400, 100)
    part.resize(80, 20)
    assert any(fault.startswith("cut below") for fault in find_faults(host))


def test_a_hint_that_is_cut_is_found(app: QApplication, qtbot: QtBot) -> None:
    part = QLineEdit()
    part.setPlaceholderText("id, hash, word")
    host = shown(qtbot, part, 400, 100)
    part.resize(60, 30)
    assert any(fault.startswith("hint cut") for fault in find_faults(host))
    part.resize(200, 30)
    assert find_faults(host) == []


def test_what_sticks_out_is_found(app: QApplication, qtbot: QtBot) -> None:
    part = QLabel("here")
    host = shown(qtbot, part, 200, 100)
    part.setGeometry(180, 10, 60, 20)
    assert any(fault.startswith("sticks out") for fault in find_faults(host))


def test_overlaps_are_found(app: QApplication, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    line = QHBoxLayout(host)
    one, other = QLabel("one"), QLabel("other")
    line.addWidget(one)
    line.addWidget(other)
    host.resize(300, 60)
    host.show()
    assert find_faults(host) == []
    other.setGeometry(one.geometry())
    assert any(fault.startswith("overlap") for fault in find_faults(host))


def test_an_empty_end_is_found(app: QApplication, qtbot: QtBot) -> None:
    from triage.ui.kit.widgets import scrolled

    inner = QWidget()
    column = QVBoxLayout(inner)
    column.addWidget(QLabel("all there is"))
    column.addStretch(1)
    inner.setMinimumHeight(900)
    host = QWidget()
    qtbot.addWidget(host)
    QVBoxLayout(host).addWidget(scrolled(inner))
    host.resize(400, 400)
    host.show()
    assert any("empty pixels" in fault for fault in find_faults(host))


def test_a_cell_that_is_cut_beside_an_empty_column_is_found(app: QApplication, qtbot: QtBot) -> None:
    columns: tuple[TableColumn[str], ...] = (TableColumn("Name", 0, lambda _: Safe("a")), TableColumn("Roles", 80, Safe))
    table = RowsTable(columns, lambda row: row, name="Rows")
    host = shown(qtbot, table, 600, 200)
    table.resize(560, 160)
    table.show_rows(["analyst, lead, examiner, administrator, auditor"])
    assert find_faults(host) == []
    table.setColumnWidth(1, 80)
    table.setColumnWidth(0, 480)
    assert any(fault.startswith("cut although") for fault in find_faults(host))

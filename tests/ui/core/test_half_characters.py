"""Half a character outside the first 65,536 (a lone surrogate) can stand in a field of Qt, and has no UTF-8.

PySide6 leaves it out of each text that it hands to Python, so nothing behind the window meets one. The command line refuses them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit

from tests.jobs.bundles import le_json
from tests.jobs.conftest import CHEAP
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import QueueFilter
from triage.store.store import Store
from triage.ui.core.api import Api

NUMBER = "900000001"
KITE = "\U0001fa81"
"""A character that takes two code units in Qt's texts."""


def count_units(text: str) -> int:
    """Returns how many code units the text takes in Qt."""
    return len(text.encode("utf-16-le")) // 2


def cut_line(field: QLineEdit, text: str) -> None:
    """Cuts the last character of the text in two, as a field with a bound does."""
    field.setMaxLength(count_units(text) - 1)
    field.setText(text)


def type_in_line(text: str) -> str:
    """Returns what Python reads of a line with half a character at its end."""
    field = QLineEdit()
    cut_line(field, text)
    return field.text()


def type_in_box(text: str) -> str:
    """Returns what Python reads of a box that can be typed into."""
    box = QComboBox()
    box.setEditable(True)
    line = box.lineEdit()
    assert line is not None
    cut_line(line, text)
    return box.currentText()


def cut_document(cursor: QTextCursor) -> None:
    """Removes the second half of the last character of a document."""
    cursor.movePosition(QTextCursor.MoveOperation.End)
    end = cursor.position()
    cursor.setPosition(end - 1)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    cursor.removeSelectedText()


def type_in_plain_text(text: str) -> str:
    """Returns what Python reads of a plain text."""
    field = QPlainTextEdit(text)
    cut_document(field.textCursor())
    assert field.document().characterCount() == count_units(text), "half a character is there"
    return field.toPlainText()


def type_in_text(text: str) -> str:
    """Returns what Python reads of a text with formats."""
    field = QTextEdit(text)
    cut_document(field.textCursor())
    return field.toPlainText()


def paste(text: str) -> str:
    """Returns what Python reads of a line into which UTF-16 with half a character was pasted."""
    data = QMimeData()
    data.setData("text/plain;charset=utf-16", (text[:-1] + "\ud83e").encode("utf-16", "surrogatepass"))
    QApplication.clipboard().setMimeData(data)
    field = QLineEdit()
    field.paste()
    return field.text()


WAYS: dict[str, Callable[[str], str]] = {
    "line": type_in_line,
    "box": type_in_box,
    "plain text": type_in_plain_text,
    "text": type_in_text,
    "clipboard": paste,
}


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Api]:
    session = Session(Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store)
    (tmp_path / "report.json").write_bytes(le_json(int(NUMBER)))
    import_bundles(session, [tmp_path / "report.json"], receipt=Receipt())
    api = Api(session)
    yield api
    api.close()


@pytest.mark.parametrize("way", WAYS)
def test_half_a_character_in_a_field_is_stored_nowhere(app: QApplication, real: Api, way: str) -> None:
    typed = WAYS[way](f"{KITE}three boats{KITE}")
    typed.encode()  # UnicodeEncodeError, did Python get half a character
    if way != "clipboard":
        assert typed == f"{KITE}three boats", "all whole characters stay"
    real.add_note(NUMBER, typed or "nothing was pasted")
    real.decide(NUMBER, status="on_hold", reason="being worked on", note=typed)
    assert real.count_queue(QueueFilter(search=typed)) in (0, 1)
    case = real.open_case([NUMBER]).number
    assert real.set_case_number(case, "FIR", typed or "1").number == case
    with real._session.reading() as db:
        notes = [text for (text,) in db.all("SELECT text FROM note")]
    assert notes and all(text == (typed or "nothing was pasted") for text in notes)

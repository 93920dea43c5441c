"""The receipt form: custody begins with who gave the bundle, on which medium, and a note."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from triage.ui import theme
from triage.ui.i18n import ltr, tr, trn
from triage.ui.widgets import KeyButton, clear, dress, label, row

MAX_PASSWORDS = 10_000
MAX_PASSWORD_FILE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be taken in, and how it came."""

    paths: tuple[Path, ...]
    received_from: str
    medium: str
    note: str
    passwords: tuple[str, ...]


class DropArea(QWidget):
    """A dashed field that says what may be dropped; the whole window takes drops."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(96)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 12, 16, 12)
        self.column.setSpacing(4)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(now.colour("line"), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(now.colour("panel"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), theme.RADIUS, theme.RADIUS)


class ImportForm(QWidget):
    ordered = Signal(object)
    files_asked = Signal()
    folder_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[Path] = []
        self.passwords: tuple[str, ...] = ()
        self._drop = DropArea()
        self.received_from = QLineEdit()
        self.received_from.setPlaceholderText(tr("e.g. NCMEC through the liaison office"))
        self.medium = QLineEdit()
        self.medium.setPlaceholderText(tr("e.g. encrypted USB stick no. 14"))
        self.note = QPlainTextEdit()
        self.note.setFixedHeight(64)
        self.note.setTabChangesFocus(True)
        self._password_words = label(tr("none"), "muted")
        self._problem = label("", "bad", wrap=True)
        self._problem.hide()
        self.go = KeyButton(tr("Take in"), kind="primary", on=self._order)
        self._build()
        self._show_paths()

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        outer.addWidget(label(tr("Import bundles"), "title"))
        what = tr("Files, folders and zips in any mix: report documents (XML, JSON, PDF) and media. Nothing is unpacked to disk.")
        outer.addWidget(label(what, "muted", wrap=True))
        outer.addWidget(self._drop)
        self._files = KeyButton.of("import", "files", tr("Add files"), on=self.files_asked.emit)
        self._folder = KeyButton.of("import", "folder", tr("Add a folder"), on=self.folder_asked.emit)
        self._empty = KeyButton(tr("Start over"), kind="quiet", on=self.empty)
        outer.addLayout(row(self._files, self._folder, self._empty, None))
        outer.addSpacing(8)
        outer.addWidget(label(tr("Receipt"), "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        fields = (
            (tr("Received from"), self.received_from),
            (tr("Medium"), self.medium),
            (tr("Note"), self.note),
        )
        for at, (said, field) in enumerate(fields):
            name = label(said)
            name.setBuddy(field)
            field.setAccessibleName(said)
            grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop if field is self.note else Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(field, at, 1)
        choose = KeyButton(tr("Choose a file"), on=self._choose_passwords)
        grid.addWidget(label(tr("Passwords")), 3, 0)
        grid.addLayout(row(choose, self._password_words, None), 3, 1)
        outer.addLayout(grid)
        outer.addWidget(label(tr("A text file with one password on each line serves locked zips and PDFs."), "small"))
        outer.addWidget(self._problem)
        outer.addLayout(row(self.go, None))
        outer.addStretch(1)

    def add_paths(self, paths: list[Path]) -> None:
        self.paths.extend(path for path in paths if path not in self.paths)
        self._show_paths()
        if self.paths and not self.received_from.text():
            self.received_from.setFocus()

    def empty(self) -> None:
        self.paths.clear()
        self.note.clear()
        self.passwords = ()
        self._password_words.setText(tr("none"))
        self._show_paths()

    def refuse(self, sentence: str) -> None:
        """Roles do not allow it: the form stands, and says so."""
        self._say(sentence)
        for part in (self.go, self._files, self._folder):
            part.setEnabled(False)

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _order(self) -> None:
        if not self.paths:
            self._say(tr("Add files or a folder first, or drop them onto the window."))
            return
        missing = next((field for field in (self.received_from, self.medium) if not field.text().strip()), None)
        if missing is not None:
            self._say(tr("Custody begins here: say from whom the bundle came, and on which medium."))
            missing.setFocus()
            return
        self._say("")
        self.ordered.emit(
            Order(
                paths=tuple(self.paths),
                received_from=self.received_from.text().strip(),
                medium=self.medium.text().strip(),
                note=self.note.toPlainText().strip(),
                passwords=self.passwords,
            )
        )

    def _show_paths(self) -> None:
        clear(self._drop.column)
        if not self.paths:
            hint = label(tr("Drop files, folders or zips here"), "muted")
            hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._drop.column.addWidget(hint)
        for path in self.paths[:6]:
            kind = tr("folder") if path.is_dir() else tr("file")
            self._drop.column.addLayout(row(label(ltr(str(path))), label(kind, "small"), None))
        if len(self.paths) > 6:
            self._drop.column.addWidget(label(trn("and {n} more", "and {n} more", len(self.paths) - 6), "muted"))
        dress(self._drop, "")

    def _choose_passwords(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("File with passwords"))
        if name:
            self.read_passwords(Path(name))

    def read_passwords(self, path: Path) -> None:
        """One a line. Kept in memory only, until this import has ended."""
        try:
            with path.open("rb") as file:
                text = file.read(MAX_PASSWORD_FILE).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            self._say(tr("The password file can't be read as UTF-8 text; choose another."))
            return
        lines = [line for line in text.splitlines() if line]
        self.passwords = tuple(dict.fromkeys(lines))[:MAX_PASSWORDS]
        self._password_words.setText(trn("{n} password", "{n} passwords", len(self.passwords)))

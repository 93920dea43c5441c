"""Defines the import form: the files, the receipt and the passwords."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from triage.jobs.policy import OfficePolicy
from triage.model.handover import Receipt
from triage.safe_files import open_to_read, resolve_file
from triage.ui.core.file_dialogs import ask_file
from triage.ui.kit import theme
from triage.ui.kit.fields import NamedField, label_field, lay_side_by_side
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.widgets import KeyButton, clear, label, row, set_kind
from triage.ui.text.i18n import ltr, tr, trn

MAX_PASSWORDS = 10_000  # passwords of one file, which are all tried on each locked zip
MAX_PASSWORD_FILE = 1 << 20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """Holds what to import, its receipt and the passwords to try."""

    paths: tuple[Path, ...]
    receipt: Receipt
    passwords: tuple[str, ...]


class DropArea(QWidget):
    """Shows the chosen paths in a dashed frame; drops are accepted by the whole window."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(96)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 12, 16, 12)
        self.column.setSpacing(4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the dashed frame."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(now.colour("line"), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(now.colour("panel"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), theme.RADIUS, theme.RADIUS)


class ImportForm(QWidget):
    """Asks what to import, from whom it came and on which carrier.

    `ordered` carries the ImportOrder when the form is complete.
    """

    ordered = Signal(object)
    files_asked = Signal()
    folder_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[Path] = []
        self.passwords: tuple[str, ...] = ()
        self._required = True
        self._warned = False
        self._drop = DropArea()
        self.received_from = NamedField(tr("Received from"), tr("e.g. NCMEC, by courier"))
        self.delivered_by = NamedField(tr("Delivered by"), tr("who delivered it"))
        self.medium = NamedField(tr("Carrier"), tr("make, model, e.g. USB 14"))
        self.serial = NamedField(tr("Serial number of the carrier"))
        self.received_at = NamedField(tr("Handed over at"), tr("day and time, as stated"))
        self.seal = NamedField(tr("Seal number"), tr("number; whole or broken"))
        self.write_blocked = QComboBox()
        self.note = NamedField(tr("Note"))
        self._policy = label("", "muted", wrap=True)
        self._password_words = label(tr("none"), "muted")
        self._problem = label("", "bad", wrap=True)
        self._problem.hide()
        self.go = KeyButton.for_action("import", "take_in", tr("Import"), kind="primary", on=self.submit)
        self._choose_button = KeyButton(tr("Choose a file"), on=self._choose_passwords)
        self._build()
        self.apply_policy(OfficePolicy(receipt_required=True))  # until the policy is read
        self._show_paths()

    def _build(self) -> None:
        """Lays out the form."""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        what = tr("Files, folders and zips in any mix: report documents (XML, JSON, PDF) and media. Nothing is unpacked to disk.")
        outer.addWidget(label(what, "muted", wrap=True))
        outer.addWidget(self._problem)
        outer.addWidget(self._drop)
        self._files = KeyButton.for_action("import", "files", tr("Add files"), on=self.files_asked.emit)
        self._folder = KeyButton.for_action("import", "folder", tr("Add a folder"), on=self.folder_asked.emit)
        self.setFocusProxy(self._files)
        self._empty = KeyButton(tr("Start over"), kind="quiet", on=self.clear_fields)
        buttons = FlowLayout(8)
        for button in (self._files, self._folder, self._empty):
            buttons.addWidget(button)
        outer.addLayout(buttons)
        outer.addSpacing(8)
        outer.addWidget(label(tr("Receipt"), "heading"))
        outer.addWidget(self._policy)
        for said, choice in ((tr("not stated"), None), (tr("yes"), True), (tr("no"), False)):
            self.write_blocked.addItem(said, choice)
        outer.addLayout(lay_side_by_side(self.received_from.holder, self.delivered_by.holder))
        outer.addLayout(lay_side_by_side(self.medium.holder, self.serial.holder))
        outer.addLayout(lay_side_by_side(self.received_at.holder, self.seal.holder))
        outer.addLayout(lay_side_by_side(label_field(tr("Read through a write blocker"), self.write_blocked), self.note.holder))
        outer.addSpacing(8)
        outer.addWidget(label(tr("Passwords"), "heading"))
        outer.addLayout(row(self._choose_button, self._password_words, None))
        outer.addWidget(label(tr("A text file with one password per line, for locked zips and PDFs."), "small"))
        outer.addStretch(1)

    def apply_policy(self, policy: OfficePolicy) -> None:
        """Says in a sentence what the office requires, and requires it."""
        self._required = policy.receipt_required
        if self._required:
            self._policy.setText(
                tr("Chain of custody starts here. This office requires two details: the source and the carrier.")
            )
        else:
            self._policy.setText(
                tr('Chain of custody starts here. All fields are optional; blanks are recorded as "not stated".')
            )

    def add_paths(self, paths: list[Path]) -> None:
        """Adds files and folders that are not listed yet."""
        self.paths.extend(path for path in paths if path not in self.paths)
        self._show_paths()
        if self.paths and not self.received_from.text():
            self.received_from.setFocus()

    def clear_fields(self) -> None:
        """Clears all fields for the next bundle."""
        self.paths.clear()
        self._warned = False
        for field in (self.received_from, self.delivered_by, self.medium, self.serial, self.received_at, self.seal, self.note):
            field.clear()
        self.write_blocked.setCurrentIndex(0)
        self.passwords = ()
        self._password_words.setText(tr("none"))
        self._show_paths()

    def disable(self, sentence: str) -> None:
        """Disables the form and says why this person can't import."""
        self.show_problem(sentence)
        for part in (self.go, self._files, self._folder):
            part.setEnabled(False)

    def show_problem(self, sentence: str) -> None:
        """Shows a sentence at the head of the form; an empty one hides it."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def submit(self) -> None:
        """Emits `ordered`, or says what is missing.

        When the receipt is optional, blank source and carrier are pointed out once before the import may start.
        """
        if not self.paths:
            self.show_problem(tr("Add files or a folder first, or drop them onto the window."))
            return
        missing = next((field for field in (self.received_from, self.medium) if field.get_text() is None), None)
        if missing is not None and (self._required or not self._warned):
            self._warned = True
            if self._required:
                self.show_problem(tr("State who the bundle came from, and on which carrier."))
            else:
                self.show_problem(tr("Source and carrier are blank. Import again to continue."))
            missing.setFocus()
            return
        self.show_problem("")
        self.ordered.emit(ImportOrder(paths=tuple(self.paths), receipt=self.read_receipt(), passwords=self.passwords))

    def read_receipt(self) -> Receipt:
        """Returns the receipt as entered; blank fields are None."""
        return Receipt(
            received_from=self.received_from.get_text(),
            delivered_by=self.delivered_by.get_text(),
            received_at=self.received_at.get_text(),
            medium=self.medium.get_text(),
            medium_serial=self.serial.get_text(),
            seal=self.seal.get_text(),
            write_blocked=self.write_blocked.currentData(),
            note=self.note.get_text(),
        )

    def focus_passwords(self) -> None:
        """Moves the focus to the button that chooses a password file."""
        self._choose_button.setFocus()

    def _show_paths(self) -> None:
        """Lists the first six paths and the number of the others."""
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
        set_kind(self._drop, "")

    def _choose_passwords(self) -> None:
        """Asks for a password file and reads it."""
        name = ask_file(self, tr("File with passwords"))
        if name:
            self.read_passwords(Path(name))

    def read_passwords(self, path: Path) -> None:
        """Reads one password per line from a UTF-8 file.

        The passwords are kept in memory only, until the import ends.
        """
        found = read_password_file(path)
        if found is None:
            self.show_problem(tr("The password file can't be read as UTF-8 text; choose another."))
            return
        self.passwords = found
        self._password_words.setText(trn("{n} password", "{n} passwords", len(self.passwords)))


def read_password_file(path: Path) -> tuple[str, ...] | None:
    """Returns the passwords of a UTF-8 file, one per line, each once; None when it can't be read.

    At most 1 MiB and 10,000 passwords are read.
    """
    try:
        with open_to_read(resolve_file(path)) as file:
            text = file.read(MAX_PASSWORD_FILE).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    return tuple(dict.fromkeys(line for line in text.splitlines() if line))[:MAX_PASSWORDS]

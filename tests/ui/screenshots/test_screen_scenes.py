"""Every screen and dialog, in both languages and at every size: nothing is cut, overlaps, ends empty, is sharp or left in English.

One walk through all of them serves all checks, since showing them is what costs.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QWidget,
)

import triage.ui
from tests.thorough import THOROUGH
from tests.ui import sharpness
from tests.ui.layout_faults import find_faults
from tests.ui.screens import PictureApi
from tests.ui.used_again import RefusingApi, find_unusable
from tests.ui.words_shown import MARKS_OF_OURS, QUOTED, Catalogue, cells, english_in, texts
from triage.locate.offices import read_offices
from triage.message import NOTHING
from triage.model.queue_views import QueuePlace
from triage.priority import shipped_rules
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.writing_dialog import WritingDialog
from triage.ui.kit import theme
from triage.ui.kit.fitting_dialog import FittingDialog
from triage.ui.text import i18n
from triage.ui.text.i18n import Language
from triage_demo.screenshots.save import SIZES, show_all
from triage_demo.screenshots.screen_scenes import Scene

pytestmark = [pytest.mark.timeout(900), pytest.mark.no_qt_log]  # thousands of messages of the platform that shows nothing
SEED = 7
GAP = 24
"""Pixels that a dialog may be higher than its content: one that grew for a line of words stays so."""
SMALLEST = SIZES[0]
LOOKED_AT = {"en": SIZES if THOROUGH else (*SIZES[:2], SIZES[3]), "ur": SIZES if THOROUGH else SIZES[:2]}
"""The sizes of a walk. The two smallest leave the least room; a larger one shows what stretches, in either language."""
WITHOUT_PICTURE: dict[str, str] = {
    "BulkCloseQuestion": "asked after a decision: tests/ui/decisions",
    "OpenQuestion": "asked when a colleague has the report open: tests/ui/queue",
    "ReplyDialog": "after a reply was read: tests/ui/requests",
    "ShownHalfDialog": "after a half was made: tests/ui/admin",
    "AppealAnswerDialog": "the fake's case has no appeal: tests/ui/cases",
    "FinishSecondDialog": "the fake's first comparison began here: tests/ui/exchange",
    "GradeDialog": "the fake has no similar file: tests/ui/media",
    "CropDialog": "opens on a real medium: tests/ui/victim_id",
    "HelpWindow": "at F1 on any screen; its contents name pages that are English: tests/ui/help",
    "CertificateDialog": "in a store for training: tests/ui/training",
    "QuestionDialog": "before a sample is drawn: tests/ui/test_leads.py",
}
"""Dialogs that no walk through the screens opens, and where they are looked at."""

WITHOUT_ACT = {
    "BandsDialog": "changes the draft of the rules, which stays on the page",
    "BulkCloseQuestion": "a question of the dialog below it, which keeps what was typed",
    "CloseQuestion": "a question of the dialog below it, which keeps what was typed",
    "ColumnsDialog": "each tick takes effect at once",
    "CropDialog": "hands the crop to the dialog below it",
    "CrashDialog": "shows",
    "ExportDialog": "tests/ui/queue/test_export_dialog.py lets it fail",
    "GoToDialog": "opens a page",
    "GradeDialog": "tests/ui/media/test_page.py lets it fail",
    "HelpWindow": "shows",
    "OpenQuestion": "a question; nothing is typed",
    "OrderDialog": "shows",
    "PacketDialog": "tests/ui/decisions/test_decide_dialog.py lets it fail",
    "QuestionDialog": "a question; nothing is typed",
    "ReplyDialog": "shows",
    "ShownHalfDialog": "shows",
    "ToolExportDialog": "tests/ui/leaving/test_tool_export_dialog.py lets it fail",
    "UseDialog": "a question; what was edited stays on the page",
}
"""Dialogs that run no act with what was typed, or that another test lets fail. All others are forms that `find_unusable` tries."""


class OnePictureApi(RefusingApi, PictureApi):
    """Every medium is the same known picture, which any screen can be searched for."""

    def __init__(self) -> None:
        super().__init__()
        self.queue[4] = replace(self.queue[4], copies=114)
        self.copies = {1004: [replace(self.queue[100 + n], id=5000 + n) for n in range(114)]}
        self.kept_place, self.new_ones = QueuePlace(here="2026-11-23T12:40:00Z"), 31

    def picture(self, sha256: str) -> NDArray[np.uint8]:
        return sharpness.known_picture(SEED)

    def preview(self, sha256: str) -> bytes | None:
        grey = sharpness.preview_of(SEED)
        self.previews.append(len(grey))
        return grey


class Walk:
    """What was seen on a walk through all screens in one language."""

    def __init__(self, app: QApplication, language: Language) -> None:
        self.names: list[str] = []
        self.dialogs: set[type] = set()
        self.faults: list[str] = []
        self.sharp: list[str] = []
        self.codes: list[str] = []
        self.said: dict[str, str] = {}
        self.language, self.api = language, OnePictureApi()
        for scene in show_all(app, self.api, language, "dark", SMALLEST):
            self.names.append(scene.name)
            self._look(scene)

    def _look(self, scene: Scene) -> None:
        shown = scene.dialog or scene.window
        if self.language == "ur":
            for text in texts(shown):
                self.said.setdefault(text, scene.name)
        if self.language == "en":
            self.faults += [f"{scene.name}: {fault}" for fault in _find_readable_passphrases(shown)]
        if scene.name not in EXPLAINED:
            self.codes += [f"{scene.name}: {text}" for text in _find_codes(shown)]
        if scene.dialog is not None:
            self.dialogs.add(type(scene.dialog))
            self.faults += [
                f"{scene.name}: {fault}" for fault in (*find_faults(shown), *_too_large(shown), *_find_lost_fields(shown))
            ]
            if self.language == "en":
                self.faults += [f"{scene.name}: {fault}" for fault in find_unusable(scene.dialog, scene.settle)]
            return
        for size in LOOKED_AT[self.language]:
            scene.window.resize(*size)
            scene.settle()
            if (scene.window.width(), scene.window.height()) != size:
                self.faults.append(f"{scene.name}: the window does not become {size[0]} x {size[1]}")
            self.faults += [f"{scene.name} at {size[0]} x {size[1]}: {fault}" for fault in find_faults(scene.window)]
            if self.api.previews and size == SMALLEST:
                self.api.previews.clear()
                found, width = sharpness.sharpest(sharpness.screenshot(scene.window), self.api.picture(""))
                self.sharp += [f"{scene.name}: {width} pixels wide, {found:.2f}"] if found > sharpness.FOUND else []
        scene.window.resize(*SMALLEST)  # a dialog may be higher above a larger window


def _too_large(dialog: QWidget) -> Iterator[str]:
    """Yields that a dialog is larger than the smallest window."""
    if dialog.width() > SMALLEST[0] or dialog.height() > SMALLEST[1]:
        yield f"the dialog is {dialog.width()} x {dialog.height()}"
    if isinstance(dialog, FittingDialog) and dialog.height() > (need := dialog.measure_height()) + GAP:
        yield f"the dialog is {dialog.height()} pixels high and needs {need}"


def _find_lost_fields(dialog: QWidget) -> Iterator[str]:
    """Yields the fields that a part of the dialog keeps and that lie in no window: nobody can type into them."""
    for part in (dialog, *dialog.findChildren(QWidget)):
        for name, kept in getattr(part, "__dict__", {}).items():
            if (
                isinstance(kept, QLineEdit | QPlainTextEdit | QComboBox | QAbstractSpinBox)
                and kept.window() is not dialog.window()
            ):
                yield f"{type(part).__name__}.{name} lies nowhere"


def _find_readable_passphrases(shown: QWidget) -> Iterator[str]:
    """Yields the fields for passphrases that show what is typed to whoever looks on."""
    for field in shown.findChildren(QLineEdit):
        if "passphrase" in field.accessibleName().lower() and field.echoMode() == QLineEdit.EchoMode.Normal:
            yield f"{field.accessibleName()} can be read while it is typed"


@pytest.fixture
def walk(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Walk]:
    yield Walk(qapp, request.param)
    theme.apply(qapp, "dark", "en")


OFFICES = read_offices()
CODES = re.compile(
    rf"\b(?:{'|'.join([*(each.id for each in OFFICES.office), OFFICES.headquarters])})\b(?!-)"  # office codes
    rf"|(?<![\w.])(?:{'|'.join(re.escape(rule.id) for rule in shipped_rules().rules)})\b"
    r"|\b(?:image|video)/[a-z]"
)
"""What is written for programs. It may stand where a page explains it, and in tooltips."""
EXPLAINED = {
    "offices": "its column explains the codes",
    "rules": "the id stands below the words of the chosen rule",
    "keyring": "people name workstations as they like",
}


def _find_codes(widget: QWidget) -> Iterator[str]:
    """Yields what visible labels, buttons and tables say that holds a code."""
    for each in (part for part in widget.findChildren(QWidget) if part.isVisibleTo(widget)):
        if isinstance(each, QLabel | QAbstractButton) and CODES.search(each.text()):
            yield each.text()
        elif isinstance(each, QListWidget):
            yield from (text for at in range(each.count()) if CODES.search(text := each.item(at).text()))
        elif isinstance(each, QAbstractItemView) and each.model() is not None:
            yield from (cell for cell in cells(each.model()) if CODES.search(cell) and not cell.startswith("<p"))


@pytest.mark.parametrize("walk", ["en"], indirect=True)
def test_every_screen_fits_and_is_blurred(walk: Walk) -> None:
    assert walk.faults == []
    assert walk.codes == []
    assert walk.sharp == []
    assert walk.api.handed == [], "nobody asked for a picture"
    assert len(walk.names) == len(set(walk.names))
    unseen = {made.__name__ for made in _list_dialogs() - walk.dialogs} - set(WITHOUT_PICTURE)
    assert unseen == set(), "no picture shows these: triage_demo/screenshots/dialogs.py opens the dialogs"


@pytest.mark.parametrize("walk", ["ur"], indirect=True)
def test_every_screen_fits_in_urdu(urdu: Catalogue, walk: Walk) -> None:
    assert walk.faults == []
    assert walk.sharp == []
    left = {text: screen for text, screen in walk.said.items() if english_in(text) and text not in QUOTED}
    assert len(walk.said) > 400
    assert left == {}
    broken = {text: screen for text, screen in walk.said.items() if MARKS_OF_OURS.search(text)}
    assert broken == {}, "a safe text was put together to one that is not safe"
    composed = re.compile(r"[^A-Za-z]*(?:\{\w+\}[^A-Za-z]*)*")
    missing = {key for key in urdu.missing if key != NOTHING.key and not composed.fullmatch(key)}
    assert missing == set(), "these were shown as they are"


def test_a_field_that_lies_in_no_window_is_found(qapp: QApplication) -> None:
    dialog = QDialog()
    dialog.kept, dialog.lost = QLineEdit(dialog), QLineEdit()  # type: ignore[attr-defined]
    assert list(_find_lost_fields(dialog)) == ["QDialog.lost lies nowhere"]


def test_a_passphrase_that_can_be_read_is_found(qapp: QApplication) -> None:
    dialog = QDialog()
    hidden, readable = QLineEdit(dialog), QLineEdit(dialog)
    hidden.setEchoMode(QLineEdit.EchoMode.Password)
    for field in (hidden, readable):
        field.setAccessibleName("Present passphrase")
    assert list(_find_readable_passphrases(dialog)) == ["Present passphrase can be read while it is typed"]


@pytest.fixture
def urdu(monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    read, words = i18n.catalogue, Catalogue(i18n.catalogue("ur"))
    monkeypatch.setattr(i18n, "catalogue", lambda language: words if language == "ur" else read(language))
    return words


def test_each_dialog_keeps_what_was_typed_or_says_why_it_need_not() -> None:
    others = {made.__name__ for made in _list_dialogs() if not issubclass(made, FormDialog | WritingDialog)}
    assert others == set(WITHOUT_ACT), "make it a FormDialog: it stays until its act has succeeded"


def _list_dialogs() -> set[type]:
    """Returns the dialogs of the desktop that a person may see: the classes that no other is made from."""
    for found in pkgutil.walk_packages(triage.ui.__path__, "triage.ui."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    made, waiting = set(), [QDialog]
    while waiting:
        kind = waiting.pop()
        below = [each for each in kind.__subclasses__() if each.__module__.startswith("triage.ui")]
        waiting += below
        if (
            kind is not QDialog
            and not kind.__name__.startswith("_")
            and kind.__name__ not in ("FittingDialog", "FormDialog", "LongFormDialog", "WritingDialog")
        ):
            made.add(kind)
    return made

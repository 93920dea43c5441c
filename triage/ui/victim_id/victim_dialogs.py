"""Defines the dialogs of victim identification: a new series, a clue, and whether the child is identified."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from triage.model.damage import read_word
from triage.model.media import CROP_UNITS, ImageCrop
from triage.model.users import Right
from triage.model.victim_id import ClueKind, SeriesView, VictimState
from triage.model.views import ShowReport
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.decisions.decide_dialog import ChoiceButton
from triage.ui.kit.fields import NamedField, label_field
from triage.ui.kit.widgets import KeyButton, clear, label, row, scrolled
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, searchable, tr, word
from triage.ui.victim_id.crop_dialog import CropDialog

MOST_FILES = 200  # files of one report that are listed; the rest is counted
CLUES = {
    ClueKind.PLACE: mark("place"),
    ClueKind.ROOM: mark("room or furniture"),
    ClueKind.CLOTHING: mark("clothing or uniform"),
    ClueKind.OBJECT: mark("object or brand"),
    ClueKind.TEXT: mark("text in the image"),
    ClueKind.SPEECH: mark("speech or language"),
    ClueKind.TIME: mark("time or season"),
    ClueKind.PERSON: mark("other person"),
    ClueKind.OTHER: mark("other clue"),
}
STATES = {
    VictimState.IDENTIFIED: mark("identified"),
    VictimState.NOT_IDENTIFIED: mark("not identified"),
    VictimState.NOT_KNOWN: mark("not known"),
}
Done = Callable[[SeriesView], None]


def describe_victim_state(state: VictimState | None) -> Safe:
    """Returns whether the child is identified, in words."""
    return tr("the stored state can't be read") if state is None else word(STATES[state])


def describe_clue_kind(kind: str) -> Safe:
    """Returns what a clue is about; its kind comes from the store."""
    known = read_word(ClueKind, kind)
    return tr("clue whose kind can't be read") if known is None else word(CLUES[known])


class NewSeriesDialog(FormDialog):
    """Opens a series with files of one report, whose number is entered first."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Done) -> None:
        super().__init__(runner, tr("New series"), parent=parent, done=done, record=tr("Open series"))
        self._api, self._report, self._asked = api, "", ""
        self.number = QLineEdit()
        self.number.setPlaceholderText("900000001")
        self.form.addWidget(label_field(tr("Number of a report that holds its files"), self.number))
        self.boxes: dict[str, QCheckBox] = {}
        inner = QWidget()
        self._files = QVBoxLayout(inner)
        self._files.setContentsMargins(0, 0, 0, 0)
        self._files.setSpacing(4)
        area = scrolled(inner)
        area.setFixedHeight(180)
        self.form.addWidget(area)
        self.number.editingFinished.connect(self.read_files)
        self.resize(520, 0)
        self.number.setFocus()

    def read_files(self) -> None:
        """Reads the files of the report whose number was entered. Those of another report go: they belong to its number."""
        wanted = self.number.text().strip()
        if not wanted or wanted == self._asked:
            return
        self._asked, self._report, self.boxes = wanted, "", {}
        clear(self._files)
        self._runner.ask(lambda: self._api.show(wanted), self._show_files, owner=self, failed=self._say_unread, about="files")

    def _say_unread(self, sentence: str) -> None:
        """Says where the files would stand why there are none: the line of problems may say what the act met meanwhile.

        The same number can be asked again: the report may have come since.
        """
        self._asked = ""
        self._files.addWidget(label(Safe(sentence), "bad", wrap=True))
        self._files.addStretch(1)

    def _show_files(self, report: ShowReport) -> None:
        """Lists the stored files of the report with a box for each, by name and never as a picture."""
        self._report = report.report_id
        for file in report.files[:MOST_FILES]:
            if file.present and file.sha256 is not None and file.sha256 not in self.boxes:
                box = QCheckBox(isolated(file.name or file.original_name or file.sha256[:12]))
                self.boxes[file.sha256] = box
                self._files.addWidget(box)
        if (more := len(report.files) - MOST_FILES) > 0:
            self._files.addWidget(label(tr("and {n} more", n=number(more)), "small"))
        if not self.boxes:
            self._files.addWidget(label(tr("This report holds no stored file."), "muted", wrap=True))
        self._files.addStretch(1)

    def work(self) -> Callable[[], SeriesView] | None:
        """Returns the call that opens the series, or None while no file is ticked."""
        self.read_files()
        ticked = tuple(sha256 for sha256, box in self.boxes.items() if box.isChecked())
        if not ticked:
            self.problem.setText(tr("Enter a report number, then tick the files of the series."))
            return None
        report = self._report
        return lambda: self._api.open_series(report, ticked)


class ClueDialog(FormDialog):
    """Records a clue in words, on one file of the series or on the whole, with a crop of that file where one is chosen.

    The keys 1 to 9 choose the kind.
    """

    def __init__(self, api: Api, runner: Runner, series: SeriesView, *, parent: QWidget, done: Done) -> None:
        title = tr("Clue of series {number}", number=ltr(series.row.number))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Record"))
        self._api, self._series = api, series
        self.kind: ClueKind | None = None
        self._kinds = QButtonGroup(self)
        grid = QGridLayout()
        grid.setSpacing(6)
        for at, kind in enumerate(ClueKind):
            button = ChoiceButton(ltr(str(at + 1)), word(CLUES[kind]))
            button.clicked.connect(partial(self.choose, kind))
            self._kinds.addButton(button)
            grid.addWidget(button, at % 5, at // 5)
        self.form.addLayout(grid)
        self.words = QPlainTextEdit()
        self.words.setProperty("kind", "note")
        self.words.setMaximumHeight(72)
        self.words.setTabChangesFocus(True)
        self.form.addWidget(label_field(tr("The clue in words; nothing about the child's body"), self.words))
        self.file = QComboBox()
        self.file.addItem(tr("the series as a whole"), None)
        for each in series.files:
            self.file.addItem(searchable(each.name), each.sha256)
        self.form.addWidget(label_field(tr("Seen on"), self.file))
        self.crop: ImageCrop | None = None
        self.crop_at_ms: int | None = None
        self._cropped = label("", "muted", wrap=True)
        self._choose_crop = KeyButton(tr("Choose a crop"), on=self.choose_crop)
        self.form.addLayout(row(self._choose_crop, self._cropped, None))
        self.file.currentIndexChanged.connect(self._file_changed)
        self._file_changed()
        self._kinds.buttons()[0].setFocus()

    def _file_changed(self, _: int = 0) -> None:
        """Drops the crop of another file."""
        self.crop = self.crop_at_ms = None
        may = self._api.may(Right.REVEAL)
        self._choose_crop.setEnabled(may and self.file.currentData() is not None)
        self._cropped.setText(tr("No crop") if may else tr("Your roles do not allow you to open media."))

    def choose_crop(self) -> None:
        """Asks for a rectangle of the file that shows the clue and not the child."""
        file = next((each for each in self._series.files if each.sha256 == self.file.currentData()), None)
        if file is not None:
            CropDialog(self._api, self._runner, file, parent=self, done=self._take_crop).open()

    def _take_crop(self, crop: ImageCrop, at_ms: int | None) -> None:
        """Takes over the rectangle."""
        self.crop, self.crop_at_ms = crop, at_ms
        share = round(crop.width * crop.height * 100 / CROP_UNITS**2)
        self._cropped.setText(tr("A crop of {n} % of the image", n=number(share)))

    def choose(self, kind: ClueKind) -> None:
        """Chooses the kind, and moves the focus to the words."""
        self.kind = kind
        for button, of in zip(self._kinds.buttons(), ClueKind, strict=True):
            button.setChecked(of is kind)
        self.words.setFocus()

    def work(self) -> Callable[[], SeriesView] | None:
        """Returns the call that records the clue, or None when the kind or the words are missing."""
        kind, words, file = self.kind, self.words.toPlainText().strip(), self.file.currentData()
        if kind is None or not words:
            self.problem.setText(tr("Choose a kind and enter the clue in words."))
            return None
        crop, at_ms, of = self.crop, self.crop_at_ms, self._series.row.number
        return lambda: self._api.record_clue(of, kind.value, words, sha256=file, crop=crop, crop_at_ms=at_ms)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Chooses a kind by its number key."""
        kinds, pressed = tuple(ClueKind), event.text()
        if pressed.isdecimal() and pressed.isascii() and 1 <= int(pressed) <= len(kinds):
            self.choose(kinds[int(pressed) - 1])
        else:
            super().keyPressEvent(event)


class StateDialog(FormDialog):
    """Records whether the child is identified, and who or what says so."""

    def __init__(self, api: Api, runner: Runner, series: SeriesView, *, parent: QWidget, done: Done) -> None:
        title = tr("Is the child of series {number} identified?", number=ltr(series.row.number))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Record"))
        self._api, self._series = api, series
        says = tr("Enter no name and no place of the child here. A later entry replaces this one, and this one stays readable.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.state = QComboBox()
        for state in VictimState:
            self.state.addItem(word(STATES[state]), state.value)
        self.state.setCurrentIndex(self.state.findData(series.row.state and series.row.state.value))
        self.source = NamedField(tr("Source: who or what says so"), "ICSE")
        self.note = NamedField(tr("Note"))
        self.form.addWidget(label_field(tr("State"), self.state))
        self.form.addWidget(self.source.holder)
        self.form.addWidget(self.note.holder)
        self.state.setFocus()

    def work(self) -> Callable[[], SeriesView] | None:
        """Returns the call that records the state, or None without a source."""
        state, source, note = self.state.currentData(), self.source.get_text(), self.note.get_text()
        if state is None:
            self.problem.setText(tr("The stored state can't be read; choose a state."))
            return None
        if source is None:
            self.problem.setText(tr("Enter the source."))
            return None
        return lambda: self._api.record_victim_state(self._series.row.number, state, source, note=note)

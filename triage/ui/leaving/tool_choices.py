"""Asks which export for other tools a person wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from triage.model.casework import Grade
from triage.model.graded import HASH_LIST_KINDS
from triage.ui.core.api import Api
from triage.ui.kit.fields import NamedField, label_field, lay_side_by_side
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import Safe, ltr, mark, searchable, tr, trn, word

KINDS = {
    "vics": mark("Project VIC, for Griffeye, Autopsy, IPED"),
    "icse": mark("ICSE table, as INTERPOL's"),
    "hashes": mark("Hash list, for Autopsy, X-Ways, IPED"),
    "timeline": mark("Timeline, for Timesketch"),
    "places": mark("Places, for maps"),
    "statistics": mark("Statistics of a period"),
}
EXPLAINED = {
    "vics": mark("Graded media by category. Without a case it is a hash list that names no report."),
    "icse": mark("All graded media in the form of INTERPOL's ICSE exports."),
    "hashes": mark("The hashes of media with one grade. A PDQ hash shows a coarse picture of the image."),
    "timeline": mark("What happened when, as the sources state it, with custody and decisions."),
    "places": mark("The places that the location evidence names, and how exact each one is."),
    "statistics": mark("Counts of a period, in a new folder. Small counts are withheld, so that nobody can be recognised."),
}
ENDINGS = {"vics": ".json", "icse": ".csv", "hashes": ".txt", "timeline": ".csv", "places": ".kmz", "statistics": ""}
"""The ending of each file. Statistics are a new folder and have none."""
GRADES = {"all": mark("All final grades"), "court": mark("Only grades for court")}


@dataclass(frozen=True, slots=True)
class WantedExport:
    """The calls of one chosen export. Each takes the rest of its arguments by name."""

    preview: Callable[..., Any]
    write: Callable[..., Any]
    folder: bool = False
    """Several files in a new folder, which is never written over."""


class ToolChoices(QWidget):
    """Shows the kinds of exports and the choices of the chosen kind. `changed` tells of each change."""

    changed = Signal()

    def __init__(self, api: Api) -> None:
        super().__init__()
        self._api = api
        self.kind = _combo(tuple((name, word(words)) for name, words in KINDS.items()))
        self.explained = label("", "muted", wrap=True)
        self.version = _combo((("2.0", ltr("2.0")), ("1.3", ltr("1.3"))))
        self.grades = _combo(tuple((name, word(words)) for name, words in GRADES.items()))
        self.hash_kind = _combo(tuple((kind, ltr(kind.upper())) for kind in HASH_LIST_KINDS))
        self.grade = _combo(tuple((each.value, word(each.value)) for each in Grade))
        self.case = _combo((("", tr("No case")),))
        self.case.setEditable(True)  # the newest are offered; any other one is typed
        self.case.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.reports = NamedField(tr("Reports, by number"), tr("numbers, with spaces between them"))
        self.cleared = NamedField(tr("Although cleared: the reason"), tr("only if the reported user of a report was cleared"))
        self.first = NamedField(tr("First day"), tr("e.g. {day}", day=ltr("2026-01-01")))
        self.last = NamedField(tr("Last day"), tr("e.g. {day}", day=ltr("2026-12-31")))
        self.overlapping = NamedField(
            tr("Although overlapping: the reason"), tr("only if an earlier statistic has some of these days")
        )
        self._parts: dict[str, QWidget] = {}
        self._build()
        self._update_form()

    def _build(self) -> None:
        """Lays out all fields. Each kind shows its own."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label_field(tr("Kind"), self.kind))
        column.addWidget(self.explained)
        self._parts = {
            "vics": _pair(label_field(tr("Version"), self.version), label_field(tr("Grades"), self.grades)),
            "hashes": _pair(label_field(tr("Kind of hash"), self.hash_kind), label_field(tr("Grade of the media"), self.grade)),
            "period": _pair(self.first.holder, self.last.holder),
            "overlapping": self.overlapping.holder,
            "case": label_field(tr("Case"), self.case),
            "reports": self.reports.holder,
            "cleared": self.cleared.holder,
        }
        for part in self._parts.values():
            column.addWidget(part)
        for combo in (self.kind, self.version, self.grades, self.hash_kind, self.grade, self.case):
            combo.currentIndexChanged.connect(self._update_form)
        self.case.editTextChanged.connect(lambda _: self._update_form())
        for field in (self.reports, self.cleared, self.first, self.last, self.overlapping):
            field.textChanged.connect(lambda _: self.changed.emit())

    def show_cases(self, numbers: Sequence[str]) -> None:
        """Offers these cases."""
        for number in numbers:
            self.case.addItem(searchable(number), number)

    def chosen_case(self) -> str:
        """Returns the number of the case that was chosen or typed, "" for none."""
        typed = self.case.currentText().strip()
        at = self.case.findText(typed)
        return typed if at < 0 else str(self.case.itemData(at))

    def _update_form(self) -> None:
        """Shows the choices of the kind."""
        kind, timed, case = self.chosen(), self.chosen() in ("timeline", "places"), self.chosen_case()
        self.explained.setText(word(EXPLAINED[kind]))
        shown = {
            "vics": kind == "vics",
            "hashes": kind == "hashes",
            "period": kind == "statistics",
            "overlapping": kind == "statistics",
            "case": kind == "vics" or timed,
            "reports": timed and not case,
            "cleared": timed or (kind == "vics" and bool(case)),
        }
        for name, part in self._parts.items():
            part.setVisible(shown[name])
        self.changed.emit()

    def chosen(self) -> str:
        """Returns the chosen kind."""
        return str(self.kind.currentData())

    def ending(self) -> str:
        """Returns the ending of the file's name."""
        return ENDINGS[self.chosen()]

    def find_problem(self) -> Safe | None:
        """Returns what is missing, or None."""
        if self.chosen() in ("timeline", "places") and not self.chosen_case() and not self.reports.text().split():
            return tr("Choose a case, or give the number of a report.")
        if self.chosen() == "statistics" and not (self.first.get_text() and self.last.get_text()):
            return tr("Give the first and the last day of the period.")
        return None

    def count(self, n: int) -> Safe:
        """Returns a number in the words of the kind."""
        if self.chosen() == "timeline":
            return trn("{n} event", "{n} events", n)
        if self.chosen() == "places":
            return trn("{n} place", "{n} places", n)
        if self.chosen() == "statistics":
            return trn("{n} figure", "{n} figures", n)
        return trn("{n} graded file", "{n} graded files", n)

    def read(self) -> WantedExport:
        """Returns the calls that preview and write what is chosen."""
        api, kind = self._api, self.chosen()
        about: dict[str, Any] = {}
        if kind == "icse":
            return WantedExport(api.preview_icse, api.export_icse)
        if kind == "hashes":
            about = {"kind": self.hash_kind.currentData(), "grade": self.grade.currentData()}
            return WantedExport(partial(api.preview_hashes, **about), partial(api.export_hashes, **about))
        if kind == "statistics":
            days = self.first.get_text() or "", self.last.get_text() or ""
            reason = self.overlapping.get_text()
            return WantedExport(
                partial(api.preview_statistics, *days, although_overlapping=reason),
                partial(api.export_statistics, *days, although_overlapping=reason),
                folder=True,
            )
        case = self.chosen_case() or None
        about["case_number"] = case
        about["although_cleared"] = self.cleared.get_text() if not self.cleared.holder.isHidden() else None
        if kind == "vics":
            about |= {"version": self.version.currentData(), "grades": self.grades.currentData()}
            return WantedExport(partial(api.preview_vics, **about), partial(api.export_vics, **about))
        numbers = () if case else tuple(self.reports.text().split())
        return WantedExport(
            partial(api.preview_timeline, numbers, Path(f"preview{self.ending()}"), **about),
            partial(api.export_timeline, numbers, **about),
        )


def _pair(first: QWidget, second: QWidget) -> QWidget:
    """Returns a widget with two fields side by side."""
    made = QWidget()
    line = lay_side_by_side(first, second)
    line.setContentsMargins(0, 0, 0, 0)
    made.setLayout(line)
    return made


def _combo(choices: Sequence[tuple[str, str]]) -> QComboBox:
    """Builds a list of choices, each a value with its words."""
    made = QComboBox()
    for value, words in choices:
        made.addItem(words, value)
    return made

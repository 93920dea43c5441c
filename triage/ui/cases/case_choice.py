"""Defines the dialog that puts a report into a new case or an existing one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QLineEdit, QVBoxLayout, QWidget

from triage.model.bulk import MOST_NAMED
from triage.model.casework import CaseFilter, CaseSummary, CaseView
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.decisions.decide_dialog import ChoiceButton
from triage.ui.graph.cluster_dialog import Joined
from triage.ui.kit.widgets import clear, label
from triage.ui.text.case_words import number_words
from triage.ui.text.i18n import Safe, isolated, ltr, tr, trn, word
from triage.ui.text.words import name_reports

MOST_SHOWN = 6  # cases: the keys 1 to 6 choose them


class CaseChoice(FormDialog):
    """Asks into which case reports go. `done` takes the case, and report -> the case that it was in before.

    Key N opens a new case; the keys 1 to 6 choose one of the newest cases that fit the search text.
    """

    def __init__(self, api: Api, runner: Runner, reports: Sequence[str], *, parent: QWidget, done: Joined) -> None:
        if len(reports) == 1:
            title = tr("Case for {report}", report=ltr(reports[0]))
        else:
            title = trn("Case for {n} report", "Case for {n} reports", len(reports))
        super().__init__(runner, title, parent=parent, done=lambda made: done(*made), record=tr("Add"))
        self._api, self._reports = api, tuple(reports)
        self.changes = Changed(reports=frozenset(reports))
        self._shown: list[CaseSummary] = []
        self.chosen: str | None = None
        if len(reports) > 1:
            self.form.addWidget(label(name_reports(reports[:MOST_NAMED], len(reports)), "strong", wrap=True))
        self._group = QButtonGroup(self)
        self.new = ChoiceButton(ltr("N"), trn("New case with this report", "New case with these {n} reports", len(reports)))
        self.new.clicked.connect(lambda: self.choose(None))
        self.form.addWidget(self.new)
        self.form.addWidget(label(tr("Or add to a case"), "heading"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a case by any of its numbers"))
        self.search.setAccessibleName(tr("Find a case by any of its numbers"))
        self.search.textChanged.connect(self._find_cases)
        self.form.addWidget(self.search)
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self.form.addLayout(self._list)
        self.choose(None)
        self._find_cases()

    def _find_cases(self) -> None:
        """Reads the newest cases whose number or register numbers contain the search text."""
        wanted = CaseFilter(search=self.search.text(), only_numbers=True)

        def read() -> tuple[list[CaseSummary], bool]:
            ids = self._api.find_cases(wanted, MOST_SHOWN)
            found = self._api.load_cases(ids)
            return [found[i] for i in ids if i in found], bool(ids) or bool(self._api.find_cases(CaseFilter(), 1))

        self._runner.ask(read, lambda found: self._list_matches(*found), owner=self, failed=self._failed, about="cases")

    def _list_matches(self, cases: list[CaseSummary], any_case: bool) -> None:
        """Lists the cases that were found."""
        self._shown = cases
        for button in self._group.buttons():
            self._group.removeButton(button)
        clear(self._list)
        for at, case in enumerate(self._shown, 1):
            button = ChoiceButton(ltr(str(at)), _describe_case(case))
            button.clicked.connect(lambda _=False, number=case.number: self.choose(number))
            self._group.addButton(button)
            self._list.addWidget(button)
        if not self._shown:
            said = tr("No case found.") if any_case else tr("No cases yet.")
            self._list.addWidget(label(said, "muted"))
        if self.chosen not in {None, *(case.number for case in self._shown)}:
            self.chosen = None
        self._check_chosen()

    def choose(self, number: str | None) -> None:
        """Chooses a case by its number, or a new case when `number` is None."""
        self.chosen = number
        self._check_chosen(focus=True)

    def _check_chosen(self, *, focus: bool = False) -> None:
        """Checks the button of the chosen case, and focuses it unless the search field has the focus."""
        self.new.setChecked(self.chosen is None)
        buttons: dict[str | None, QAbstractButton] = {None: self.new}
        buttons |= {case.number: button for case, button in zip(self._shown, self._group.buttons(), strict=True)}
        for number, button in buttons.items():
            button.setChecked(number == self.chosen)
        if focus and not self.search.hasFocus():
            buttons[self.chosen].setFocus()

    def work(self) -> Callable[[], tuple[CaseView, dict[str, str | None]]] | None:
        """Returns the call that adds the reports to the chosen case or opens a new one."""
        number, reports = self.chosen, self._reports

        def join() -> tuple[CaseView, dict[str, str | None]]:
            """Puts the reports into the case; those that are in it already are not named as put in."""
            before = self._api.cases_of_reports(reports)
            case = self._api.open_case(reports) if number is None else self._api.add_to_case(number, reports)
            return case, {report: earlier for report, earlier in before.items() if earlier != case.number}

        return join

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Chooses a case by N or by its number key."""
        pressed = event.text().upper()
        if event.key() == Qt.Key.Key_N:
            self.choose(None)
        elif pressed.isdecimal() and pressed.isascii() and 1 <= int(pressed) <= len(self._shown):
            self.choose(self._shown[int(pressed) - 1].number)
        else:
            super().keyPressEvent(event)


def _describe_case(case: CaseSummary) -> Safe:
    """Returns a case in one line: number, stage, officer and at most two register numbers."""
    has = tr("unassigned") if case.officer is None else tr("with {name}", name=isolated(case.officer))
    return Safe(tr(", ").join((ltr(case.number), word(case.stage), has, *(number_words(kept) for kept in case.numbers[:2]))))

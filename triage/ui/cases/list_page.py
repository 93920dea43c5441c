"""All cases: stage, the day it should be over, who has it, and every number a register gave it. Search finds any of these."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from triage.model.casework import CaseSummary, CaseView
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.search_line import SearchLine
from triage.ui.kit.table import Column, RowsTable
from triage.ui.kit.widgets import KeyButton, tip
from triage.ui.text import times
from triage.ui.text.case_words import day_words, days_until, due_ink, due_words, number_words
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, trn, word

SOON_DAYS = 30


def _numbers(case: CaseSummary) -> Safe:
    return Safe(tr(", ").join(number_words(said) for said in case.numbers)) if case.numbers else ltr("-")


COLUMNS: tuple[Column[CaseSummary], ...] = (
    Column(mark("Case"), 112, lambda c: ltr(c.number)),
    Column(mark("Stage"), 120, lambda c: word(c.stage)),
    Column(
        mark("Stage deadline"),
        96,
        lambda c: due_words(c.due),
        lambda c: due_ink(c.due),
        told=lambda c: due_words(c.due) if c.due is None else day_words(c.due),
    ),
    Column(mark("With"), 96, lambda c: ltr(c.officer or "-")),
    Column(mark("Reports"), 76, lambda c: number(c.reports), lambda _: "muted", spare=True),
    Column(mark("Numbers"), 0, _numbers),
    Column(mark("Opened"), 100, lambda c: times.day(times.to_pkt(times.parse(c.opened))), lambda _: "muted", spare=True),
)


class CasesPage(DeskPage):
    keys_of = "cases"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Cases"))
        self._cases: tuple[CaseSummary, ...] = ()
        self.search = SearchLine("cases", tr("Find a case by any of its numbers"))
        self.search.changed.connect(self._show)
        self.search.left.connect(self.focus)
        self.mine = KeyButton.of("cases", "mine", tr("Mine"), kind="pill")
        self.bar.insertWidget(2, self.search, 1)
        self.due = KeyButton.of("cases", "due", tr("Due soon"), kind="pill")
        for at, pill in enumerate((self.mine, self.due), start=3):
            pill.setCheckable(True)
            pill.toggled.connect(lambda _: self._show())
            self.bar.insertWidget(at, pill)
        self.new = self.add_button("new", tr("New case"), self.open_new, kind="primary")
        self.new.setEnabled(api.may(Right.DECIDE))
        if not api.may(Right.DECIDE):
            tip(self.new, tr("Your roles do not allow decisions."))
        self.add_button("back", tr("Go to the queue"), self.closed.emit)
        self.table = RowsTable(COLUMNS, lambda c: c.number, name=tr("Cases"))
        self.table.opened.connect(lambda case: self.case_asked.emit(case.number))
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.table)
        self.bind(
            {
                "back": self._back,
                "search": self.search.take,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "open": self.open_current,
                "mine": self.mine.toggle,
                "due": self.due.toggle,
                "new": self.open_new,
            }
        )

    def reload(self) -> None:
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return
        self.runner.ask(self.api.cases, self.show_cases, owner=self, failed=self.failed)

    def show_cases(self, cases: tuple[CaseSummary, ...]) -> None:
        self._cases = cases
        self._show()

    def shown(self) -> list[CaseSummary]:
        """What search, "mine" and "due soon" leave: the newest first, or the nearest day."""
        wanted = self.search.text().strip().casefold().split()
        own = self.api.user.name if self.mine.isChecked() else None
        found = [case for case in self._cases if own in (None, case.officer) and all(w in _searched(case) for w in wanted)]
        if self.due.isChecked():
            soon = [case for case in found if case.due is not None and days_until(case.due) < SOON_DAYS]
            return sorted(soon, key=lambda case: (case.due or "", case.number))
        return found

    def _show(self) -> None:
        found = self.shown()
        self.beside.setText(trn("{n} case", "{n} cases", len(found)))
        self.table.show_rows(found)
        if found:
            self.show_body()
            return
        if not self._cases:
            title, step = tr("No cases yet."), tr("Press N here, or C on a report's page, to open one.")
        else:
            title, step = tr("No case found."), tr("Search covers numbers, stage and officer. Esc shows all cases.")
        self.message.say(title, step)
        self.states.setCurrentWidget(self.message)

    def _back(self) -> None:
        """Esc first takes search and filter away."""
        if self.search.text() or self.mine.isChecked() or self.due.isChecked():
            self.search.clear()
            self.mine.setChecked(False)
            self.due.setChecked(False)
            self._show()
            self.focus()
        else:
            self.closed.emit()

    def open_current(self) -> None:
        if (case := self.table.current()) is not None and self.states.currentWidget() is self.body:
            self.case_asked.emit(case.number)

    def open_new(self) -> None:
        """An empty case; reports join it on its page."""
        if not self.api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
            return
        self.runner.do(lambda _progress, _cancel: self.api.open_case(()), self._opened, owner=self)

    def _opened(self, case: CaseView) -> None:
        self.said.emit(tr("Case {number} was opened.", number=ltr(case.number)))
        self.case_asked.emit(case.number)

    def on_changed(self, changed: Changed) -> None:
        """Whatever it is: a case without reports names none. But not because pictures were found alike."""
        if not changed.alike or changed.all_reports or changed.reports:
            self.reload()

    def focus(self) -> None:
        self.table.setFocus()


def _searched(case: CaseSummary) -> str:
    return " ".join((case.number, case.stage, case.officer or "", *case.numbers)).casefold()

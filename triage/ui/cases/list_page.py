"""Defines the page that lists all cases and searches them by number, stage or officer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtWidgets import QVBoxLayout

from triage.model.casework import CaseFilter, CaseSummary, CaseView
from triage.model.users import Right
from triage.ui.cases.new_case_dialog import NewCaseDialog
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.paged_table import PagedRows, PagedTable, read_rows
from triage.ui.core.runner import Changed, Runner
from triage.ui.graph.joining import JoiningUndo
from triage.ui.kit.search_line import SearchLine
from triage.ui.kit.table import TableColumn
from triage.ui.kit.widgets import KeyButton, set_tooltip
from triage.ui.text import times, words
from triage.ui.text.case_words import day_words, due_ink, due_words, number_words
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, trn, word

SOON_DAYS = 30
FOUND_AT_ONCE = 1_000
"""Cases that a search or filter finds first, and each time somebody comes near the end of the table."""


def _describe_numbers(case: CaseSummary) -> Safe:
    """Returns all register numbers of a case in one line, or a dash."""
    return Safe(tr(", ").join(number_words(kept) for kept in case.numbers)) if case.numbers else tr("none")


COLUMNS: tuple[TableColumn[CaseSummary], ...] = (
    TableColumn(mark("Case"), 112, lambda c: ltr(c.number)),
    TableColumn(mark("Stage"), 120, lambda c: word(c.stage)),
    TableColumn(
        mark("Stage deadline"),
        96,
        lambda c: due_words(c.due),
        lambda c: due_ink(c.due),
        told=lambda c: due_words(c.due) if c.due is None else day_words(c.due),
    ),
    TableColumn(mark("With"), 96, lambda c: words.assignee(c.officer)),
    TableColumn(mark("Reports"), 76, lambda c: number(c.reports), lambda _: "muted", spare=True),
    TableColumn(mark("Numbers"), 0, _describe_numbers),
    TableColumn(mark("Opened"), 100, lambda c: times.day(times.to_pkt(times.parse(c.opened))), lambda _: "muted", spare=True),
)


class CasesPage(DeskPage):
    """Lists the cases, with a search and the filters "Mine" and "Due soon"."""

    keys_of = "cases"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Cases"))
        self.joining = JoiningUndo(self, lambda _: self.reload())
        self.search = SearchLine("cases", tr("Case number"))
        self.search.changed.connect(self.reload)
        self.search.left.connect(self.focus)
        self.mine = KeyButton.for_action("cases", "mine", tr("Mine"), kind="pill")
        self.bar.insertWidget(2, self.search, 1)
        self.due = KeyButton.for_action("cases", "due", tr("Due soon"), kind="pill")
        for at, pill in enumerate((self.mine, self.due), start=3):
            pill.setCheckable(True)
            pill.toggled.connect(lambda _: self.reload())
            self.bar.insertWidget(at, pill)
        self.new = self.add_button("new", tr("New case"), self.open_new, kind="primary")
        self.new.setEnabled(api.may(Right.DECIDE))
        if not api.may(Right.DECIDE):
            set_tooltip(self.new, tr("Your roles do not allow decisions."))
        self.add_way_back()
        self.table = PagedTable(COLUMNS, runner, name=tr("Cases"))
        self.table.paged.failed.connect(self.said)
        self.table.opened.connect(lambda case: self.case_asked.emit(case.number))
        self.table.row_changed.connect(lambda _: self._find_more())
        self.table.verticalScrollBar().valueChanged.connect(lambda _: self._find_more())
        self._shown = CaseFilter()
        self._more = False
        """Whether more cases may pass the filter than those in the table."""
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.table)
        self.bind(
            {
                "back": self._back,
                "search": self.search.take_focus,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "open": self.open_current,
                "mine": self.mine.toggle,
                "due": self.due.toggle,
                "new": self.open_new,
                "undo": self.joining.undo,
            }
        )

    def reload(self) -> None:
        """Reads the cases that pass the filters again, or says that the person's roles do not include reports."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return
        wanted, kept = self.read_filter(), self.table.current_id()
        many = max(FOUND_AT_ONCE, len(self.table.paged.ids) if wanted == self._shown else 0)

        def read() -> tuple[PagedRows[CaseSummary], bool, bool]:
            ids = self.api.find_cases(wanted) if wanted == CaseFilter() else self.api.find_cases(wanted, many)
            found, more = read_rows(ids, self.api.load_cases, kept), wanted != CaseFilter() and len(ids) == many
            return found, more, bool(ids) or bool(self.api.find_cases(CaseFilter(), 1))

        def show(found: tuple[PagedRows[CaseSummary], bool, bool]) -> None:
            rows, more, any_case = found
            self._shown = wanted
            self.show_cases(rows, any_case, more=more)

        self.read(read, show)

    def read_filter(self) -> CaseFilter:
        """Returns what the search and both filters let through.

        "Due soon" keeps cases whose stage deadline is less than 30 days away, and sorts by that deadline.
        """
        soon = times.now().astimezone(times.PKT).date() + timedelta(days=SOON_DAYS)
        return CaseFilter(
            search=self.search.text(),
            own=self.mine.isChecked(),
            due_before=soon if self.due.isChecked() else None,
        )

    def show_cases(self, found: PagedRows[CaseSummary], any_case: bool, *, more: bool = False) -> None:
        """Shows the cases that pass the filters, or a message when there are none. With `more` others may pass them too."""
        self._more = False  # while the table changes, nobody comes near its end
        self.table.show_found(found)
        self._more = more
        self._count_shown()
        if found.ids:
            self.show_body()
            return
        if not any_case:
            title, step = tr("No cases yet."), tr("Press N here, or C on a report's page, to open one.")
        else:
            title, step = tr("No case found."), tr("Search covers numbers, stage and officer. Esc shows all cases.")
        self.message.say(title, step)
        self.states.setCurrentWidget(self.message)

    def _count_shown(self) -> None:
        """Says how many cases are in the table, and whether more may pass the filters."""
        many = len(self.table.paged.ids)
        said = trn("first {n} case", "first {n} cases", many) if self._more else trn("{n} case", "{n} cases", many)
        self.beside.setText(said)

    def _find_more(self) -> None:
        """Adds the next cases that pass the filters, when the last rows of the table come into sight or near."""
        wanted, bar = self._shown, self.table.verticalScrollBar()
        if not self._more or bar.value() < bar.maximum() - bar.pageStep():
            return
        self._more, edition, last = False, self.table.paged.edition, self.table.paged.ids[-1]

        def add(found: Sequence[int]) -> None:
            if edition == self.table.paged.edition:
                self.table.paged.extend(found)
                self._more = len(found) == FOUND_AT_ONCE
                self._count_shown()

        def fail(sentence: str) -> None:
            self._more = edition == self.table.paged.edition
            self.said.emit(sentence)

        find = lambda: self.api.find_cases(wanted, FOUND_AT_ONCE, last)  # noqa: E731
        self.runner.ask(find, add, owner=self, failed=fail, about="more cases")

    def _back(self) -> None:
        """Clears the search and the filters if any is set, and otherwise closes the page."""
        if self.search.text() or self.mine.isChecked() or self.due.isChecked():
            self.search.clear()
            self.mine.setChecked(False)
            self.due.setChecked(False)
            self.reload()
            self.focus()
        else:
            self.closed.emit()

    def open_current(self) -> None:
        """Asks to open the case in the current row."""
        if (case := self.table.current_row()) is not None and self.states.currentWidget() is self.body:
            self.case_asked.emit(case.number)

    def open_new(self) -> None:
        """Asks for the reports of a new case, then opens it."""
        if not self.api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
            return
        NewCaseDialog(self.api, self.runner, parent=self, done=self._opened).open()

    def _opened(self, case: CaseView, before: dict[str, str | None]) -> None:
        """Announces the new case and asks to open its page."""
        self.joining.note(case, before)
        self.case_asked.emit(case.number)

    def on_changed(self, changed: Changed) -> None:
        """Reads the cases again, unless only similar images were found."""
        if not changed.new_matches or changed.all_reports or changed.reports:
            self.reload()

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()

"""Defines the page of grades that await a second person, or a lead when two people disagree."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout

from triage.model.casework import GradeAgreement, GradeWork
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.paged_table import PagedRows, PagedTable, group_ids, read_rows
from triage.ui.core.runner import Runner
from triage.ui.kit.listing import lay_out, make_side, stack
from triage.ui.kit.table import TableColumn
from triage.ui.kit.widgets import Card, clear, label
from triage.ui.ranking.share_bar import format_percent
from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, trn, word

SIDE = 320


def _name(work: GradeWork) -> Safe:
    """Returns the file name, or "no name"."""
    return ltr(work.name or tr("no name"))


COLUMNS: tuple[TableColumn[GradeWork], ...] = (
    TableColumn(mark("File"), 0, _name),
    TableColumn(mark("SHA-256"), 110, lambda w: ltr(w.sha256[:12]), lambda _: "muted", told=lambda w: ltr(w.sha256), spare=True),
    TableColumn(mark("Report"), 100, lambda w: ltr(w.report)),
    TableColumn(mark("In reports"), 76, lambda w: number(w.copies), lambda _: "muted", spare=True),
    TableColumn(mark("Since"), 96, lambda w: times.ago(w.since), lambda _: "muted", told=lambda w: times.both(w.since)),
    TableColumn(mark("Your part"), 286, lambda w: describe_next_grader(w), lambda w: "muted" if w.mine else "text"),
)


def describe_next_grader(work: GradeWork) -> Safe:
    """Returns who may grade the file next, without the first grade."""
    if work.damaged and not work.mine:
        return tr("a stored grade can't be read: you can grade it again")
    if work.mine:
        return tr("you graded it: another lead decides") if work.disagree else tr("you graded it: another person grades next")
    return tr("for a lead who graded neither time") if work.disagree else tr("you can grade it, without seeing the first grade")


class GradesPage(DeskPage):
    """Lists the files whose grade awaits review, and how often two people agreed."""

    keys_of = "grades"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Grades awaiting review"))
        self.add_button("gallery", tr("Gallery"), self.show_gallery)
        self.add_way_back()
        self.table = PagedTable(COLUMNS, runner, name=tr("Grades awaiting review"))
        self.table.paged.failed.connect(self.said)
        self.table.opened.connect(self._open)
        self.nothing = label("", "muted", wrap=True)
        self.agreement = Card(tr("How often two people agreed"))
        side, area = make_side(SIDE)
        side.addWidget(self.agreement)
        side.addStretch(1)
        lay_out(self.body, stack(self.nothing, self.table), area)
        self.bind(
            {
                "back": self.closed.emit,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "open": lambda: self._open(self.table.current_row()),
                "gallery": self.show_gallery,
            }
        )

    def reload(self) -> None:
        """Reads the waiting grades and the agreement again."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return

        kept = self.table.current_id()

        def read() -> tuple[PagedRows[GradeWork], tuple[GradeAgreement, ...]]:
            found = self.api.find_grade_work()
            groups = (
                (tr("Two people disagree: a lead decides"), found.ids[: found.disagree]),
                (tr("Awaiting a second person"), found.ids[found.disagree :]),
            )
            ids, headings = group_ids(groups)
            return read_rows(ids, self.api.load_grade_work, kept, headings), self.api.agreement()

        self.read(read, lambda found: self.show_found(*found))

    def show_found(self, rows: PagedRows[GradeWork], agreed: tuple[GradeAgreement, ...]) -> None:
        """Shows the waiting grades in two groups, disagreements first."""
        self._show_agreement(agreed)
        work = len(rows.ids) - len(rows.headings)
        self.beside.setText(trn("{n} file", "{n} files", work))
        self.table.show_found(rows)
        self.table.setVisible(bool(work))
        if not work and not agreed:
            self.message.say(
                tr("No grades awaiting review."),
                tr("Grades intended for court, and every “age uncertain”, stay here until a second person has graded."),
            )
            self.states.setCurrentWidget(self.message)
            return
        self.nothing.setVisible(not work)
        self.nothing.setContentsMargins(16, 16, 16, 16)
        self.nothing.setText(tr("No grades awaiting review."))
        self.show_body()

    def _show_agreement(self, agreed: tuple[GradeAgreement, ...]) -> None:
        """Shows for each grade the share of pairs in which both people chose it."""
        body = self.agreement.body
        clear(body)
        if not agreed:
            body.addWidget(label(tr("Not measured yet: no file was graded by two people."), "muted", wrap=True))
            return
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        measured = [each for each in agreed if each.agreed is not None]
        for at, each in enumerate(measured):
            grid.addWidget(label(word(each.grade), wrap=True), at, 0)
            grid.addWidget(label(tr("{hits} of {of}", hits=each.agreed or 0, of=each.pairs), "strong"), at, 1)
            grid.addWidget(label(format_percent((each.agreed or 0) / each.pairs), "small"), at, 2)
        body.addLayout(grid)
        if measured:
            hint = tr("Of the pairs where either person chose this grade, the share where both did.")
            body.addWidget(label(hint, "small", wrap=True))
        if unreadable := sum(each.pairs for each in agreed if each.agreed is None):
            said = trn(
                "{n} pair is left out: a stored grade can't be read.",
                "{n} pairs are left out: a stored grade can't be read.",
                unreadable,
            )
            body.addWidget(label(said, "warn", wrap=True))

    def _open(self, work: GradeWork | None) -> None:
        """Asks to open the report at this file."""
        if work is not None:
            self.open_asked.emit(work.report, work.sha256)

    def show_gallery(self) -> None:
        """Asks for these files as a grid."""
        self.page_asked.emit("gallery", "second grade")

    def step(self, step: int) -> str | None:
        """Moves the current row by `step` rows and returns the report number there, or None while that row is being read."""
        work = self.table.step(step)
        return None if work is None else work.report

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()

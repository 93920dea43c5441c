"""Defines the page of one case: its reports, stage, register numbers and history."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from triage.model.casework import CaseNumber, CaseStage, CaseView, NumberKind
from triage.model.users import Right
from triage.model.views import QueueRow
from triage.ui.cases.case_dialogs import NumberDialog, OfficerDialog, ReportsDialog, StageDialog
from triage.ui.cases.paper_dialogs import DiaryDialog, SourceReportDialog
from triage.ui.core.api import Api
from triage.ui.core.page import aside
from triage.ui.core.report_table_page import ReportTablePage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.due_label import choose_stage_due_kind
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import Card, clear, label, row, scrolled, set_tooltip
from triage.ui.requests.making_dialogs import RequestDataDialog, describe_no_right
from triage.ui.text import times, words
from triage.ui.text.case_words import day_words, due_words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, trn, word
from triage.ui.text.report_words import reason

SIDE = 376
COLUMNS: tuple[TableColumn[QueueRow], ...] = (
    TableColumn(mark("Band"), 40, lambda r: r.band, band=True),
    TableColumn(mark("Report"), 100, lambda r: ltr(r.report_id)),
    TableColumn(mark("Incident"), 0, lambda r: words.incident(r.incident_type)),
    TableColumn(mark("Next deadline"), 130, words.deadline, words.deadline_colour),
    TableColumn(mark("Office"), 64, lambda r: ltr(r.office or "-"), lambda _: "muted", spare=True),
    TableColumn(mark("Status"), 110, lambda r: words.status(r.status)),
    TableColumn(mark("With"), 80, lambda r: ltr(r.assignee or "-"), lambda _: "muted"),
)


class CasePage(ReportTablePage):
    """Shows one case, and lets a person change it."""

    keys_of = "case"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, "")
        self.number = ""
        self.case: CaseView | None = None
        may = api.may(Right.DECIDE)
        buttons = [
            self.add_button("add", tr("Add reports"), self.add_reports),
            self.add_button("number", tr("Number"), self.add_number),
            self.add_button("assign", tr("Officer"), self.assign_officer),
            self.add_button("stage", tr("Stage"), self.set_stage, kind="primary"),
        ]
        self.request = self.add_button("request", tr("Request data"), self.request_data)
        self.papers = self.add_button("papers", tr("Papers"), self.show_papers)
        self.add_button("gallery", tr("Gallery"), self.show_gallery)
        for button in (self.request, self.papers):
            button.setEnabled(api.may(Right.CASE_PAPERS))
            if not api.may(Right.CASE_PAPERS):
                set_tooltip(button, describe_no_right())
        for button in buttons:
            button.setEnabled(may)
            if not may:
                set_tooltip(button, tr("Your roles do not allow decisions."))
        self.add_button("back", tr("Back"), self.closed.emit)
        self.table = RowsTable(COLUMNS, lambda r: r.report_id, name=tr("Reports of the case"))
        self.nothing = label(tr("No reports in this case yet. Press R to add some by number."), "muted", wrap=True)
        self.nothing.setContentsMargins(16, 16, 16, 16)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self.side = QVBoxLayout()
        self.side.setSpacing(12)
        self._build()
        self.bind_table(
            {
                "add": self.add_reports,
                "number": self.add_number,
                "stage": self.set_stage,
                "assign": self.assign_officer,
                "decide": self.decide_current,
                "request": self.request_data,
                "papers": self.show_papers,
                "gallery": self.show_gallery,
            }
        )

    def _build(self) -> None:
        """Lays out the table of reports on the left and the cards on the right."""
        side = QWidget()
        side.setLayout(self.side)
        aside(self.side, 12)
        area = scrolled(side)
        area.setFixedWidth(SIDE)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.nothing)
        left.addWidget(self.table, 1)
        self._left = left
        whole = QHBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(16)
        whole.addLayout(left, 1)
        whole.addWidget(area)

    # What is read

    def choose(self, number: str) -> None:
        """Selects the case to show, and clears the page when it is another case than before."""
        if number != self.number:
            self.number, self.case = number, None
            self.name.setText(ltr(number))
            self.message.say(tr("Reading …"))
            self.states.setCurrentWidget(self.message)

    def reload(self) -> None:
        """Reads the case and its reports again."""
        number = self.number

        def read() -> tuple[CaseView, tuple[QueueRow, ...]]:
            return self.api.case(number), self.api.case_rows(number)

        self.runner.ask(read, lambda found: self.show_case(*found), owner=self, failed=self.failed)

    def show_case(self, case: CaseView, rows: tuple[QueueRow, ...]) -> None:
        """Shows the case and its reports, unless another case was chosen meanwhile."""
        if case.number != self.number:
            return
        self.case = case
        has = tr("unassigned") if case.officer is None else tr("with {name}", name=isolated(case.officer))
        count = trn("{n} report", "{n} reports", len(case.reports))
        self.beside.setText(Safe(tr(", ").join((word(case.stage), has, count))))
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self._left.setStretch(0, 0 if rows else 1)
        clear(self.side)
        for card in (self._stage_card(case), self._numbers_card(case), self._history_card(case)):
            self.side.addWidget(card)
        self.side.addStretch(1)
        self.show_body()

    def _stage_card(self, case: CaseView) -> Card:
        """Builds the card with the current stage, its deadline and who opened the case."""
        card, now = Card(tr("Current stage")), case.stages[-1]
        due = label(due_words(now.due), choose_stage_due_kind(now.due))
        card.body.addLayout(row(label(word(case.stage), "title"), None, due))
        card.body.addWidget(label(tr("since {when}", when=times.pkt(now.since)), "small", wrap=True))
        if now.due is None:
            said = tr("No standard deadline for this stage; press S to set one.")
            card.body.addWidget(label(said, "small", wrap=True))
        else:
            said = tr("should be over by {day}: {basis}", day=day_words(now.due), basis=reason(now.basis))
            card.body.addWidget(label(said, "small", wrap=True))
        opened = tr("opened {when} by {name}", when=times.pkt(case.opened), name=isolated(case.by))
        card.body.addWidget(label(opened, "small", wrap=True))
        return card

    def _numbers_card(self, case: CaseView) -> Card:
        """Builds the card with the register numbers, in the order of the registers."""
        card = Card(tr("Numbers"))
        if not case.numbers:
            card.body.addWidget(label(tr("No register number yet; press N to add one."), "muted", wrap=True))
            return card
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        order = [kind.value for kind in NumberKind]
        for at, number in enumerate(sorted(case.numbers, key=lambda n: (order.index(n.kind), n.value))):
            grid.addWidget(label(word(number.kind), "muted"), at, 0)
            value = label(ltr(number.value), "strong", wrap=True, selectable=True)
            set_tooltip(value, tr("entered by {name}", name=isolated(number.by)))
            grid.addWidget(value, at, 1)
            if self.api.may(Right.DECIDE):
                grid.addWidget(self._build_strike_link(number), at, 2)
        card.body.addLayout(grid)
        return card

    def _build_strike_link(self, number: CaseNumber) -> LinkButton:
        """Builds the link that strikes out one register number."""
        made = LinkButton(tr("Strike out"), lambda: self.strike_out(number))
        made.setAccessibleName(tr("Strike out {kind} {value}", kind=word(number.kind), value=ltr(number.value)))
        return made

    def _history_card(self, case: CaseView) -> Card:
        """Builds the card with all stages of the case, oldest first."""
        card = Card(tr("History of stages"))
        for before, stage in zip((None, *case.stages), case.stages, strict=False):
            card.body.addWidget(label(_describe_stage(before, stage), wrap=True))
            if stage.note:
                card.body.addWidget(label(isolated(stage.note), "muted", wrap=True, selectable=True))
            card.body.addWidget(label(tr("{when}, {name}", when=times.pkt(stage.since), name=isolated(stage.by)), "small"))
        return card

    # What a person does

    def decide_current(self) -> None:
        """Opens the decision dialog for the report in the current row."""
        if self._may_decide() and (report := self.table.current_row()) is not None:
            self.decide_asked.emit(report.report_id)

    def add_reports(self) -> None:
        """Opens the dialog that adds reports to the case."""
        self._open_dialog(ReportsDialog)

    def add_number(self) -> None:
        """Opens the dialog that adds a register number."""
        self._open_dialog(NumberDialog)

    def set_stage(self) -> None:
        """Opens the dialog that sets the stage."""
        self._open_dialog(StageDialog)

    def assign_officer(self) -> None:
        """Opens the dialog that assigns the case to an officer."""
        self._open_dialog(OfficerDialog)

    def request_data(self) -> None:
        """Opens the dialog that asks operators and providers for data of the case."""
        self.write(RequestDataDialog)

    def show_gallery(self) -> None:
        """Asks for the files of the case as a grid."""
        self.page_asked.emit("gallery", f"case {self.number}")

    def show_papers(self) -> None:
        """Shows the menu of the papers of the case."""
        if not self.api.may(Right.CASE_PAPERS):
            self.said.emit(describe_no_right())
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Source-report draft"), lambda: self.write(SourceReportDialog))
        menu.addAction(tr("Diary"), lambda: self.write(DiaryDialog))
        menu.popup(self.papers.mapToGlobal(QPoint(0, self.papers.height() + 4)))

    def write(self, dialog: type[RequestDataDialog] | type[SourceReportDialog] | type[DiaryDialog]) -> None:
        """Opens one of the dialogs that write papers of the case, if the person's roles allow them."""
        if not self.api.may(Right.CASE_PAPERS):
            self.said.emit(describe_no_right())
        elif self.case is not None:
            dialog(self.api, self.runner, self.case.number, parent=self).open()

    def strike_out(self, number: CaseNumber) -> None:
        """Strikes out a register number, announces it and reads the case again."""
        done = tr("{kind} {value} was struck out.", kind=word(number.kind), value=ltr(number.value))

        def announce(_: object) -> None:
            self.said.emit(done)
            self.reload()

        case = self.number
        self.runner.do(
            lambda _progress, _cancel: self.api.set_case_number(case, number.kind, number.value, remove=True),
            announce,
            owner=self,
        )

    def _open_dialog(self, dialog: type[NumberDialog] | type[StageDialog] | type[OfficerDialog] | type[ReportsDialog]) -> None:
        """Opens one of the dialogs on this case, if the person's roles allow decisions."""
        if self._may_decide() and self.case is not None:
            dialog(self.api, self.runner, self.case, parent=self, done=lambda _: self.reload()).open()

    def _may_decide(self) -> bool:
        """Returns whether the person may decide, and says so when they may not."""
        if not self.api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
        return self.api.may(Right.DECIDE)

    def on_changed(self, changed: Changed) -> None:
        """Reads the case again when one of its reports changed."""
        if self.case is not None and any(changed.touches(number) for number in self.case.reports):
            self.reload()


def _describe_stage(before: CaseStage | None, stage: CaseStage) -> Safe:
    """Returns a stage of the history in words, with its deadline.

    A stage that equals the one before is shown as a new deadline.
    """
    again = before is not None and before.stage == stage.stage
    said = tr("new deadline for {stage}", stage=word(stage.stage)) if again else word(stage.stage)
    return said if stage.due is None else tr("{what}, until {day}", what=said, day=day_words(stage.due))

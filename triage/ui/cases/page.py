"""One case: its reports, where it stands and until when, under which numbers registers keep it, and how it came this far."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from triage.model.casework import CaseNumber, CaseStage, CaseView, NumberKind
from triage.model.users import Right
from triage.model.views import QueueRow
from triage.ui.cases.dialogs import NumberDialog, OfficerDialog, ReportsDialog, StageDialog
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage, aside
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.due_label import due_kind
from triage.ui.kit.lines import LinkButton
from triage.ui.kit.table import Column, RowsTable
from triage.ui.kit.widgets import Card, clear, label, row, scrolled, tip
from triage.ui.text import times, words
from triage.ui.text.case_words import day_words, due_words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, trn, word
from triage.ui.text.report_words import reason

SIDE = 376
COLUMNS: tuple[Column[QueueRow], ...] = (
    Column(mark("Band"), 40, lambda r: r.band, band=True),
    Column(mark("Report"), 100, lambda r: ltr(r.report_id)),
    Column(mark("Incident"), 0, lambda r: words.incident(r.incident_type)),
    Column(mark("Next deadline"), 130, words.deadline, words.deadline_colour),
    Column(mark("Office"), 64, lambda r: ltr(r.office or "-"), lambda _: "muted", spare=True),
    Column(mark("Status"), 110, lambda r: words.status(r.status)),
    Column(mark("With"), 80, lambda r: ltr(r.assignee or "-"), lambda _: "muted"),
)


class CasePage(DeskPage):
    """`decide_asked` for a decision on one of its reports; a closed report is opened again by it."""

    keys_of = "case"

    def __init__(self, api: Api, runner: Runner, decide: Callable[[str], None]) -> None:
        super().__init__(api, runner, "")
        self._decide = decide
        self.number = ""
        self.case: CaseView | None = None
        may = api.may(Right.DECIDE)
        buttons = [
            self.add_button("add", tr("Add reports"), self.add_reports),
            self.add_button("number", tr("Number"), self.add_number),
            self.add_button("assign", tr("Officer"), self.give),
            self.add_button("stage", tr("Stage"), self.set_stage, kind="primary"),
        ]
        for button in buttons:
            button.setEnabled(may)
            if not may:
                tip(button, tr("Your roles do not allow decisions."))
        self.add_button("back", tr("Back"), self.closed.emit)
        self.table = RowsTable(COLUMNS, lambda r: r.report_id, name=tr("Reports of the case"))
        self.table.opened.connect(lambda r: self.open_asked.emit(r.report_id, ""))
        self.nothing = label(tr("No reports in this case yet. Press R to add some by number."), "muted", wrap=True)
        self.nothing.setContentsMargins(16, 16, 16, 16)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self.side = QVBoxLayout()
        self.side.setSpacing(12)
        self._build()
        self.bind(
            {
                "back": self.closed.emit,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "open": self.open_current,
                "add": self.add_reports,
                "number": self.add_number,
                "stage": self.set_stage,
                "assign": self.give,
                "decide": self.decide_current,
            }
        )

    def _build(self) -> None:
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
        if number != self.number:
            self.number, self.case = number, None
            self.name.setText(ltr(number))
            self.message.say(tr("Reading …"))
            self.states.setCurrentWidget(self.message)

    def reload(self) -> None:
        number = self.number

        def read() -> tuple[CaseView, tuple[QueueRow, ...]]:
            return self.api.case(number), self.api.case_rows(number)

        self.runner.ask(read, lambda found: self.show_case(*found), owner=self, failed=self.failed)

    def show_case(self, case: CaseView, rows: tuple[QueueRow, ...]) -> None:
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
        card, now = Card(tr("Current stage")), case.stages[-1]
        due = label(due_words(now.due), due_kind(now.due))
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
            tip(value, tr("entered by {name}", name=isolated(number.by)))
            grid.addWidget(value, at, 1)
            if self.api.may(Right.DECIDE):
                grid.addWidget(self._strike(number), at, 2)
        card.body.addLayout(grid)
        return card

    def _strike(self, number: CaseNumber) -> LinkButton:
        made = LinkButton(tr("Strike out"), lambda: self.strike(number))
        made.setAccessibleName(tr("Strike out {kind} {value}", kind=word(number.kind), value=ltr(number.value)))
        return made

    def _history_card(self, case: CaseView) -> Card:
        card = Card(tr("History of stages"))
        for before, stage in zip((None, *case.stages), case.stages, strict=False):
            card.body.addWidget(label(_what(before, stage), wrap=True))
            if stage.note:
                card.body.addWidget(label(isolated(stage.note), "muted", wrap=True, selectable=True))
            card.body.addWidget(label(tr("{when}, {name}", when=times.pkt(stage.since), name=isolated(stage.by)), "small"))
        return card

    # What a person does

    def open_current(self) -> None:
        if (report := self.table.current()) is not None:
            self.open_asked.emit(report.report_id, "")

    def step(self, step: int) -> str | None:
        self.table.go(step)
        report = self.table.current()
        return None if report is None else report.report_id

    def decide_current(self) -> None:
        if self._may() and (report := self.table.current()) is not None:
            self._decide(report.report_id)

    def add_reports(self) -> None:
        self._ask(ReportsDialog)

    def add_number(self) -> None:
        self._ask(NumberDialog)

    def set_stage(self) -> None:
        self._ask(StageDialog)

    def give(self) -> None:
        self._ask(OfficerDialog)

    def strike(self, number: CaseNumber) -> None:
        done = tr("{kind} {value} was struck out.", kind=word(number.kind), value=ltr(number.value))

        def told(_: object) -> None:
            self.said.emit(done)
            self.reload()

        case = self.number
        self.runner.do(
            lambda _progress, _cancel: self.api.set_case_number(case, number.kind, number.value, remove=True), told, owner=self
        )

    def _ask(self, dialog: type[NumberDialog] | type[StageDialog] | type[OfficerDialog] | type[ReportsDialog]) -> None:
        if self._may() and self.case is not None:
            dialog(self.api, self.runner, self.case, parent=self, done=lambda _: self.reload()).open()

    def _may(self) -> bool:
        if not self.api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
        return self.api.may(Right.DECIDE)

    def on_changed(self, changed: Changed) -> None:
        if self.case is not None and any(changed.touches(number) for number in self.case.reports):
            self.reload()

    def focus(self) -> None:
        self.table.setFocus()


def _what(before: CaseStage | None, stage: CaseStage) -> Safe:
    """enquiry; due 31 Jan 2030. The same stage again only changed its day."""
    again = before is not None and before.stage == stage.stage
    said = tr("new deadline for {stage}", stage=word(stage.stage)) if again else word(stage.stage)
    return said if stage.due is None else tr("{what}, until {day}", what=said, day=day_words(stage.due))

"""Defines the page of one case: what it waits for, its graph, times, files, requests and papers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu

from triage.model.case_page import CaseAct, CaseOverview, CasePaper
from triage.model.casework import CaseNumber, CaseView
from triage.model.data_requests import RequestKind, RequestRow
from triage.model.users import Right
from triage.ui.cases.appeal_dialog import AppealAnswerDialog
from triage.ui.cases.case_columns import NARROW, CaseColumns
from triage.ui.cases.case_dialogs import NumberDialog, OfficerDialog, ReportsDialog, StageDialog
from triage.ui.cases.paper_dialogs import DiaryDialog, SourceReportDialog
from triage.ui.core.api import Api
from triage.ui.core.report_table_page import ReportTablePage
from triage.ui.core.runner import Changed, Runner
from triage.ui.graph.cluster_dialog import ClusterDialog
from triage.ui.graph.joining import JoiningUndo
from triage.ui.kit.due_label import choose_stage_due_kind
from triage.ui.kit.widgets import label, set_kind, set_tooltip
from triage.ui.referrals.dialog import open_referral
from triage.ui.requests.life_dialogs import DayDialog, RemindDialog
from triage.ui.requests.making_dialogs import RequestDataDialog, describe_no_right
from triage.ui.text.case_words import due_words
from triage.ui.text.i18n import Safe, isolated, ltr, tr, trn, word


class CasePage(ReportTablePage):
    """Shows one case, and lets a person change it."""

    keys_of = "case"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, "")
        self.number = ""
        self.case: CaseView | None = None
        self.overview: CaseOverview | None = None
        self.joining = JoiningUndo(self, lambda undone: self.closed.emit() if undone.withdrawn else self.reload())
        self.due = label("", "small")
        self.bar.insertWidget(2, self.due)
        for part in (self.beside, self.due):
            part.setMinimumWidth(1)  # else a wide window could not be made narrow, where both are left out
        self._build_buttons()
        self.columns = CaseColumns(api, runner)
        self.table, self.graph, self.acts = self.columns.table, self.columns.graph, self.columns.acts
        whole = QHBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.columns)
        self._connect()
        self.bind_table(
            {
                "add": self.add_reports,
                "number": self.add_number,
                "stage": self.set_stage,
                "assign": self.assign_officer,
                "decide": self.decide_current,
                "request": self.request_data,
                "papers": self.show_papers,
                "cluster": self.add_linked,
                "gallery": self.show_gallery,
                "preserve": self.preserve,
                "remind": self.remind,
                "undo": self.joining.undo,
                **{action: partial(self._do_first, action) for action in ("court", "replies", "answer", "refer", "waiting")},
            }
        )

    # How it is laid out

    def _build_buttons(self) -> None:
        """Adds the acts of the bar; what the roles do not allow is off."""
        may = self.api.may(Right.DECIDE)
        buttons = [
            self.add_button("add", tr("Add reports"), self.add_reports),
            self.add_button("stage", tr("Stage"), self.set_stage, kind="primary"),
        ]
        self.request = self.add_button("request", tr("Request data"), self.request_data)
        self.papers = self.add_button("papers", tr("Papers"), self.show_papers)
        for button in (self.request, self.papers):
            button.setEnabled(self.api.may(Right.CASE_PAPERS))
            if not self.api.may(Right.CASE_PAPERS):
                set_tooltip(button, describe_no_right())
        for button in buttons:
            button.setEnabled(may)
            if not may:
                set_tooltip(button, tr("Your roles do not allow decisions."))
        self.add_button("back", tr("Back"), self.closed.emit)

    def _connect(self) -> None:
        """Connects what the columns ask for."""
        columns = self.columns
        columns.graph.report_asked.connect(lambda report: self.open_asked.emit(report, ""))
        columns.files.opened.connect(self.open_asked)
        columns.linked_asked.connect(self.add_linked)
        columns.gallery_asked.connect(self.show_gallery)
        columns.number_asked.connect(self.add_number)
        columns.officer_asked.connect(self.assign_officer)
        columns.diary_asked.connect(lambda: self.write(DiaryDialog))
        columns.requests_asked.connect(lambda: self.page_asked.emit("requests", ""))
        columns.act_asked.connect(self.do_act)
        columns.paper_asked.connect(self.open_paper)
        columns.strike_asked.connect(self.strike_out)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves out the words beside the number where the buttons need the room; the columns say the same."""
        super().resizeEvent(event)
        for part in (self.beside, self.due):
            part.setVisible(self.width() >= NARROW)

    # What is read

    def choose(self, what: str) -> None:
        """Selects the case to show, and clears the page when it is another case than before."""
        if what != self.number:
            self.number, self.case, self.overview = what, None, None
            self.graph.choose(case=what)
            self.name.setText(ltr(what))
            self.message.say(tr("Reading …"))
            self.states.setCurrentWidget(self.message)

    def reload(self) -> None:
        """Reads the case again, then its graph."""
        wanted = self.number
        self.read(lambda: self.api.case_page(wanted), self.show_overview)

    def show_overview(self, found: CaseOverview) -> None:
        """Shows the case, unless another case was chosen meanwhile."""
        case = found.case
        if case.number != self.number:
            return
        self.case, self.overview = case, found
        has = tr("unassigned") if case.officer is None else tr("with {name}", name=isolated(case.officer))
        count = trn("{n} report", "{n} reports", len(case.reports))
        self.beside.setText(Safe(tr(", ").join((word(case.stage), has, count))))
        stage = case.stages[-1]
        self.due.setText(tr("stage: {due}", due=due_words(stage.due)))
        set_kind(self.due, choose_stage_due_kind(stage.due))
        self.columns.show_overview(found)
        self.show_body()
        self.graph.reload()

    # What a person does

    def open_current(self) -> None:
        """Opens the report in the current row, or what is current in the graph while the graph has the keys."""
        if self.graph.view.hasFocus() and self.graph.view.current is not None:
            self.graph.open_node(self.graph.view.current)
        elif self.graph.table.hasFocus() and (found := self.graph.table.current_row()) is not None:
            self.graph.open_node(found.node.key)
        elif (tile := self.columns.files.find_focused()) is not None:
            self.open_asked.emit(tile.file.report, tile.file.sha256)
        else:
            super().open_current()

    def do_act(self, act: CaseAct) -> None:
        """Begins an act that the case waits for."""
        calls: dict[str, Callable[[], None]] = {
            "remind": self.remind,
            "court": lambda: self._record_court(act.about),
            "preserve": self.preserve,
            "appeal": lambda: self._answer(act.about),
            "child_lane": lambda: self.open_asked.emit(act.about, ""),
            "referral": lambda: self.refer(act.about),
            "reply": lambda: self.page_asked.emit("requests", act.about),
            "stage": self.set_stage,
            "officer": self.assign_officer,
            "number": self.add_number,
            "grade": self.show_gallery,
            "request": self.request_data,
            "reports": self.add_reports,
            "paper": self.show_papers,
        }
        calls[act.name]()

    def _do_first(self, action: str) -> None:
        """Does the first act of a key, or says that there is none."""
        act = self.acts.find_act(action)
        if act is None:
            self.said.emit(tr("Nothing of that kind waits in this case."))
        else:
            self.do_act(act)

    def decide_current(self) -> None:
        """Opens the decision dialog for the report in the current row."""
        if self._may_decide() and (report := self.table.current_row()) is not None:
            self.decide_asked.emit(report.report_id, report.status)

    def add_reports(self) -> None:
        """Opens the dialog that adds reports to the case."""
        if self._may_decide() and self.case is not None:
            ReportsDialog(self.api, self.runner, self.case, parent=self, done=self._joined).open()

    def add_linked(self) -> None:
        """Asks which of the linked reports outside are added to the case."""
        graph = self.graph.graph
        if not self._may_decide() or graph is None:
            return
        if all(node.inside or node.kind != "report" for node in graph.nodes):
            self.said.emit(tr("No linked report lies outside the case."))
            return
        ClusterDialog(self.api, self.runner, graph, number=self.number, parent=self, done=self._joined).open()

    def _joined(self, case: CaseView, before: dict[str, str | None]) -> None:
        """Says what was added, keeps what undoes it, and reads the case again."""
        moved = {report: earlier for report, earlier in before.items() if earlier != case.number}
        self.joining.note(case, moved)
        self.reload()

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

    def preserve(self) -> None:
        """Opens the dialog that asks operators to keep the data of the case."""
        if (dialog := self.write(RequestDataDialog)) is not None and isinstance(dialog, RequestDataDialog):
            dialog.kind.setCurrentIndex(list(RequestKind).index(RequestKind.PRESERVATION))

    def remind(self) -> None:
        """Opens the dialog that writes reminders."""
        if not self.api.may(Right.CASE_PAPERS):
            self.said.emit(describe_no_right())
        else:
            RemindDialog(self.api, self.runner, parent=self).open()

    def show_gallery(self) -> None:
        """Asks for the files of the case in the gallery."""
        self.page_asked.emit("gallery", f"case {self.number}")

    def refer(self, report: str) -> None:
        """Opens the dialog that refers a report; it asks for the plan for safe contact."""
        dialog = open_referral(self.api, self.runner, report, parent=self)
        if dialog is None:
            self.said.emit(describe_no_right())
        else:
            dialog.finished.connect(lambda _: self.reload())

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

    def open_paper(self, paper: CasePaper) -> None:
        """Opens what makes a paper."""
        if paper.name == "source_report":
            self.write(SourceReportDialog)
        elif paper.name == "diary":
            self.write(DiaryDialog)
        elif paper.name == "referral":
            self.refer(paper.report)
        elif (current := self.table.current_row()) is not None:
            self.open_asked.emit(current.report_id, "")

    def write(
        self, dialog: type[RequestDataDialog] | type[SourceReportDialog] | type[DiaryDialog]
    ) -> RequestDataDialog | SourceReportDialog | DiaryDialog | None:
        """Opens one of the dialogs that write papers of the case, if the person's roles allow them; returns it."""
        if not self.api.may(Right.CASE_PAPERS):
            self.said.emit(describe_no_right())
            return None
        if self.case is None:
            return None
        made = dialog(self.api, self.runner, self.case.number, parent=self)
        made.finished.connect(lambda _: self.reload())
        made.open()
        return made

    def _record_court(self, request: str) -> None:
        """Asks on which day the Court was told of a notice."""
        if not self._may_decide():
            return
        title = tr("The Court was told of {number}", number=ltr(request))
        says = tr("It counts for all reports of the notice. It can't be taken back.")

        def record(day: str) -> RequestRow:
            return self.api.record_court_told(request, told=day)

        DayDialog(self.runner, title, says, record, parent=self, done=lambda _: self.reload()).open()

    def _answer(self, appeal_id: str) -> None:
        """Opens the dialog that answers an appeal."""
        if self._may_decide() and self.case is not None:
            appeal = next((each for each in self.case.appeals if str(each.id) == appeal_id), None)
            if appeal is not None:
                AppealAnswerDialog(self.api, self.runner, self.case, appeal, parent=self, done=lambda _: self.reload()).open()

    def strike_out(self, kept: CaseNumber) -> None:
        """Strikes out a register number, announces it and reads the case again."""
        done = tr("{kind} {value} was struck out.", kind=word(kept.kind), value=ltr(kept.value))

        def announce(_: object) -> None:
            self.said.emit(done)
            self.reload()

        case = self.number
        self.runner.do(
            lambda _progress, _cancel: self.api.set_case_number(case, kept.kind, kept.value, remove=True),
            announce,
            owner=self,
        )

    def _open_dialog(self, dialog: type[NumberDialog] | type[StageDialog] | type[OfficerDialog]) -> None:
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
        if self.case is not None and any(changed.touches_files(report) for report in self.case.reports):
            self.reload()

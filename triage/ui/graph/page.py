"""Defines the page of the links around one report: the graph, and the same as a list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from triage.model.casework import CaseView
from triage.model.link_graph import Neighbourhood
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import REPORT, DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.graph.cluster_dialog import ClusterDialog
from triage.ui.graph.joining import JoiningUndo
from triage.ui.graph.panel import GraphPanel
from triage.ui.kit.widgets import set_tooltip
from triage.ui.text.i18n import ltr, tr

LIST = 420


class LinksPage(DeskPage):
    """Shows the neighbourhood of one report, and makes a case of it."""

    keys_of = "links"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Links"))
        self.number = ""
        self._from_report = False
        self.joining = JoiningUndo(self, lambda _: self.reload())
        self.cluster = self.add_button("cluster", tr("Make a case"), self.make_case, kind="primary")
        self.cluster.setEnabled(api.may(Right.DECIDE))
        if not api.may(Right.DECIDE):
            set_tooltip(self.cluster, tr("Your roles do not allow decisions."))
        self.add_button("open", tr("Open report"), self.open_current)
        self.add_button("back", tr("Back"), self.go_back)
        self.panel = GraphPanel(api, runner)
        self.panel.report_asked.connect(lambda number: self.open_asked.emit(number, ""))
        self.panel.shown.connect(self._show_graph)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(16, 12, 8, 8)
        column.addWidget(self.panel)
        split.addWidget(left)
        split.addWidget(self.panel.table)
        split.setStretchFactor(0, 1)
        split.setSizes([900, LIST])
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)
        self.bind(
            {
                "back": self.go_back,
                "next": lambda: self.panel.table.go(1),
                "previous": lambda: self.panel.table.go(-1),
                "open": self.open_current,
                "cluster": self.make_case,
                "undo": self.joining.undo,
            }
        )

    def choose(self, what: str) -> None:
        """Chooses the report whose links are shown, and to which Esc goes back."""
        self._from_report = True
        if what != self.number:
            self.number = what
            self.panel.choose(report=what)
            self.message.say(tr("Reading …"))
            self.states.setCurrentWidget(self.message)

    def reload(self) -> None:
        """Reads the graph again, or says how to come here."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
        elif not self.number:
            self.message.say(tr("No report is chosen."), tr("Open a report and choose its links there."))
        else:
            self.panel.reload()

    def _show_graph(self, graph: Neighbourhood) -> None:
        """Shows the graph that was read."""
        self.beside.setText(tr("of report {number}", number=ltr(graph.about)))
        self.show_body()

    # What a person does

    def open_current(self) -> None:
        """Opens the report that is current in the graph; of a value, goes to the first report that holds it."""
        if self.panel.view.current is not None:
            self.panel.open_node(self.panel.view.current)

    def go_back(self) -> None:
        """Goes back once to the report that asked for its links, as it was opened; else to the page before."""
        if self._from_report:
            self._from_report = False  # the report may have been opened from here, and its Esc comes back
            self.page_asked.emit(REPORT, self.number)
        else:
            self.closed.emit()

    def make_case(self) -> None:
        """Asks which of the linked reports become a case."""
        graph = self.panel.graph
        if not self.api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
        elif graph is not None:
            ClusterDialog(self.api, self.runner, graph, number=None, parent=self, done=self._joined).open()

    def _joined(self, case: CaseView, before: dict[str, str | None]) -> None:
        """Says what was done, keeps what undoes it, and reads the graph again."""
        self.joining.note(case, before)
        self.reload()

    def on_changed(self, changed: Changed) -> None:
        """Reads the graph again when a report in it changed."""
        shown = () if self.panel.graph is None else self.panel.graph.nodes
        if any(node.kind == "report" and changed.touches_files(node.title) for node in shown):
            self.reload()

    def focus(self) -> None:
        """Gives the keys to the graph."""
        self.panel.view.setFocus()

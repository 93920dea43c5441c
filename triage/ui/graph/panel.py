"""Lays out a graph with its legend, what it leaves out, and the reasons of the current node."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from triage.model.link_graph import GraphNode, Neighbourhood
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.graph.graph_table import GraphTable
from triage.ui.graph.graph_view import GraphView
from triage.ui.graph.node_words import describe_left_out, explain_node
from triage.ui.kit import theme
from triage.ui.kit.widgets import ElidedLabel, KeyButton, label, row, scrolled
from triage.ui.text.i18n import Safe, ltr, number, stack_lines, tr, trn

MOST_LINES = 40  # lines about one node
STEPS = 2
LEAST_WIDTH, SCROLL_BAR = 320, 24
LEAST_COUNTED = 440
"""Pixels of width from which the number of reports and values stands above the graph."""
LEAST_REASONS, MOST_REASONS = 24, 96
"""Pixels of the reasons below the graph."""


class GraphPanel(QWidget):
    """Reads and shows the neighbourhood of a report or a case.

    `table`, which a page places where it likes, is the same graph as a list: what is selected in one is selected in the other.
    `report_asked` carries the number of a report to open, and `shown` the graph after it was read.
    """

    report_asked = Signal(str)
    shown = Signal(object)

    def __init__(self, api: Api, runner: Runner, *, with_inside: bool = True) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self.report: str | None = None
        self.case: str | None = None
        self.graph: Neighbourhood | None = None
        self.view = GraphView()
        self.table = GraphTable(with_inside=with_inside)
        self.count = ElidedLabel("", "small")
        self.steps = QComboBox()
        for steps in (1, 2, 3):
            self.steps.addItem(trn("{n} step", "{n} steps", steps), steps)
        self.steps.setCurrentIndex(STEPS - 1)
        self.steps.setAccessibleName(tr("Over how many links reports are followed"))
        self.fit = KeyButton(tr("Fit"), ltr("0"), kind="mini", on=lambda: self.view.zoom(0))
        self.legend = label(_describe_legend(), "small", wrap=True)
        self.left_out = label("", "small", wrap=True)
        self.title = label("", "strong", wrap=True, selectable=True)
        self.lines = label("", "small", wrap=True, selectable=True)
        self._why = QVBoxLayout()
        self._why.setSpacing(2)
        self._why.addWidget(self.title)
        self._why.addWidget(self.lines)
        self._why.addStretch(1)
        self._why.setContentsMargins(0, 4, 0, 0)
        self._lay_out()
        self.steps.currentIndexChanged.connect(lambda _: self.reload())
        self.view.chosen.connect(self._choose_in_table)
        self.view.opened.connect(self.open_node)
        self.table.row_changed.connect(self._choose_in_view)
        self.table.opened.connect(lambda found: self.open_node(found.node.key))

    def _lay_out(self) -> None:
        """Puts the head above the graph, and legend, reasons and the rest below."""
        why = QWidget()
        why.setLayout(self._why)
        self.reasons = scrolled(why)
        self.reasons.setAccessibleName(tr("Why"))
        self.reasons.setFixedHeight(LEAST_REASONS)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        head = row(label(tr("Neighbourhood"), "heading"), self.count, self.steps, self.fit)
        head.setStretch(1, 1)
        whole.addLayout(head)
        whole.addWidget(self.view, 1)
        whole.addWidget(self.legend)
        whole.addWidget(self.left_out)
        whole.addWidget(self.reasons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves out the count where there is no room for it; the list beside the graph has it too."""
        super().resizeEvent(event)
        if self.graph is not None:
            self._give_room()
        self.count.setVisible(self.width() >= LEAST_COUNTED)

    # What is read

    def choose(self, *, report: str | None = None, case: str | None = None) -> None:
        """Chooses whose neighbourhood is read next; the places of another graph are forgotten."""
        if (report, case) != (self.report, self.case):
            self.report, self.case, self.graph = report, case, None
            self.view.current = None
            self._runner.drop_answers(self, "graph")

    def reload(self) -> None:
        """Reads the graph again. Nodes that are still there stay where they are."""
        report, case, steps = self.report, self.case, self.steps.currentData()
        if report is None and case is None:
            return
        kept = self.view.find_places() if self.graph is not None else {}
        self._runner.ask(
            lambda: self._api.neighbourhood(report, case=case, steps=steps, kept=kept),
            self.show_graph,
            owner=self,
            failed=lambda sentence: self.left_out.setText(Safe(sentence)),
            about="graph",
        )

    def show_graph(self, graph: Neighbourhood) -> None:
        """Shows a graph in the drawing and the list."""
        self.graph = graph
        reports = sum(node.kind == "report" for node in graph.nodes)
        self.count.setText(
            tr("{reports}, {n} shared", reports=trn("{n} report", "{n} reports", reports), n=number(len(graph.nodes) - reports))
        )
        self.left_out.setText(describe_left_out(graph))
        self.left_out.setVisible(bool(graph.left_out))
        self.view.show_graph(graph)
        before = self.table.blockSignals(True)
        self.table.show_graph(graph)
        self.table.blockSignals(before)
        if self.view.current is not None:
            self._choose_in_table(self.view.current)
        self.shown.emit(graph)

    def find_node(self, key: str | None) -> GraphNode | None:
        """Returns a node of the graph by its key, or None."""
        nodes = () if self.graph is None else self.graph.nodes
        return next((node for node in nodes if node.key == key), None)

    # What a person does

    def select(self, key: str) -> None:
        """Makes a node current in drawing and list."""
        if self.find_node(key) is not None:
            self.view.select(key)
            self._choose_in_table(key)

    def _choose_in_table(self, key: str) -> None:
        """Selects in the list what is current in the drawing."""
        before = self.table.blockSignals(True)
        if not self.table.select_key(key):
            self.table.clearSelection()
        self.table.blockSignals(before)
        self.table.viewport().update()
        self._explain()

    def _choose_in_view(self, found: object) -> None:
        """Makes current in the drawing what is selected in the list."""
        node = getattr(found, "node", None)
        if node is not None:
            self.view.select(node.key)
            self._explain()

    def _explain(self) -> None:
        """Says why the current node is tied to what it is tied to."""
        node = self.find_node(self.view.current)
        if node is None or self.graph is None:
            self.title.clear()
            self.lines.clear()
            return
        lines = explain_node(node, self.graph)
        if len(lines) == 1:
            lines.append(tr("No report in this store shares an identifier, device or file with this one."))
        if (more := len(lines) - MOST_LINES) > 0:
            lines[MOST_LINES:] = [tr("and {n} more", n=number(more))]
        self.title.setText(lines[0])
        self.lines.setText(stack_lines(*lines[1:]))
        self._give_room()

    def _give_room(self) -> None:
        """Makes the reasons as high as they need, up to a bound, and never lower again, so that the graph does not jump."""
        wide = max(LEAST_WIDTH, self.reasons.width() - SCROLL_BAR)
        heights = [part.heightForWidth(wide) for part in (self.title, self.lines)]
        for part, height in zip((self.title, self.lines), heights, strict=True):
            part.setFixedHeight(height)
        wanted = sum(heights) + self._why.spacing() + self._why.contentsMargins().top()
        most = MOST_REASONS if theme.current().text_px == theme.TEXT else MOST_REASONS + 16
        self.reasons.setFixedHeight(max(self.reasons.height(), min(most, wanted)))

    def open_node(self, key: str) -> None:
        """Asks to open a report; of anything else the first report in view that holds it becomes current."""
        node = self.find_node(key)
        if node is None or self.graph is None:
            return
        if node.kind == "report":
            self.report_asked.emit(node.title)
            return
        held = [edge.report for edge in self.graph.edges if edge.other == key]
        if held:
            self.view.choose(held[0])


def _describe_legend() -> Safe:
    """Returns what the shapes and lines mean."""
    parts = (
        tr("filled letter: report here"),
        tr("dashed frame: report outside"),
        tr("dot: shared value"),
        tr("sheet: shared file or near copies"),
        tr("line: stated or exact"),
        tr("dashed line: possible"),
    )
    return Safe(tr("; ").join(parts))

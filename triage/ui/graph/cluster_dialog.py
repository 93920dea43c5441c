"""Defines the dialog that makes a case of linked reports, or adds them to one. It names what goes in and asks first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from triage.model.casework import CaseView
from triage.model.link_graph import GraphNode, Neighbourhood
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.graph.node_words import describe_node
from triage.ui.kit.widgets import label, scrolled
from triage.ui.text.i18n import Safe, ltr, tr, trn

HEIGHT = 300

Joined = Callable[[CaseView, dict[str, str | None]], None]
"""Takes the case, and report -> the case that it was in before."""


class ClusterDialog(FormDialog):
    """Lists the reports of a graph with a box for each; those that share no identifier, or are in another case, are not ticked.

    Without `number` a new case is opened.
    """

    def __init__(
        self,
        api: Api,
        runner: Runner,
        graph: Neighbourhood,
        *,
        number: str | None,
        parent: QWidget,
        done: Joined,
    ) -> None:
        title = tr("New case from linked reports") if number is None else tr("Linked reports for {number}", number=ltr(number))
        super().__init__(runner, title, parent=parent, done=self._hand_over, record=tr("Open case"))
        self._api, self._number, self._joined = api, number, done
        self.boxes: dict[str, QCheckBox] = {}
        self._nodes: dict[str, GraphNode] = {}
        says = tr("Tick the reports that go in. A report is in one case only: ticked reports leave the case that they are in.")
        self.form.addWidget(label(says, "muted", wrap=True))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        tied = graph.list_tied_reports()
        for node in graph.nodes:
            if node.kind == "report" and not (number is not None and node.inside):
                self._add_box(column, node, node.inside or node.title in tied)
        column.addStretch(1)
        area = scrolled(inner)
        area.setFixedHeight(min(HEIGHT, 28 * max(1, len(self.boxes)) + 12))
        self.form.addWidget(area)
        self.resize(560, 0)
        self._count()
        if self.boxes:
            next(iter(self.boxes.values())).setFocus()

    def _add_box(self, column: QVBoxLayout, node: GraphNode, tied: bool) -> None:
        """Adds the box of a report."""
        said = describe_node(node)
        box = QCheckBox(said if tied else tr("{report} (no identifier shared)", report=said))
        box.setChecked(tied and node.case is None)
        box.toggled.connect(lambda _: self._count())
        self.boxes[node.title], self._nodes[node.title] = box, node
        column.addWidget(box)

    def find_ticked(self) -> tuple[str, ...]:
        """Returns the numbers of the ticked reports."""
        return tuple(number for number, box in self.boxes.items() if box.isChecked())

    def _count(self) -> None:
        """Says on the button what it does with how many reports."""
        ticked = len(self.find_ticked())
        self.record.setEnabled(ticked > 0)
        if self._number is None:
            self.record.set_words(trn("Open a case with {n} report", "Open a case with {n} reports", ticked))
        else:
            self.record.set_words(trn("Add {n} report", "Add {n} reports", ticked))

    def work(self) -> Callable[[], CaseView] | None:
        """Returns the call that opens the case or adds the reports, or None when no report is ticked."""
        ticked, number = self.find_ticked(), self._number
        if not ticked:
            self.problem.setText(tr("Tick at least one report."))
            return None
        self.changes = Changed(reports=frozenset(ticked))
        if number is None:
            return lambda: self._api.open_case(ticked)
        return lambda: self._api.add_to_case(number, ticked)

    def _hand_over(self, case: CaseView) -> None:
        """Hands over the case and where the reports were before, so that it can be undone."""
        self._joined(case, {number: self._nodes[number].case for number in self.find_ticked()})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Records on Enter, but not while the key is held down."""
        if not event.isAutoRepeat():
            super().keyPressEvent(event)


def say_joined(case: CaseView, before: dict[str, str | None]) -> Safe:
    """Returns what was done, and that it can be undone."""
    if not before:
        return tr("Case {number} was opened without a report. Undo: Ctrl Z", number=ltr(case.number))
    return trn(
        "{n} report is now in case {number}. Undo: Ctrl Z",
        "{n} reports are now in case {number}. Undo: Ctrl Z",
        len(before),
        number=ltr(case.number),
    )

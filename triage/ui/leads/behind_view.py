"""Lists the reports behind a number of the leads' page."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.lead_figures import ReportsBehind
from triage.model.views import QueueRow
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import label
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, trn

COLUMNS: tuple[TableColumn[QueueRow], ...] = (
    TableColumn(mark("Band"), 48, lambda r: r.band, band=True),
    TableColumn(mark("Report"), 100, lambda r: ltr(r.report_id), cut_middle=True),
    TableColumn(mark("Incident"), 0, lambda r: words.incident(r.incident_type)),
    TableColumn(mark("Received"), 110, lambda r: tr("not stated") if r.received is None else times.ago(r.received)),
    TableColumn(mark("Next deadline"), 190, words.deadline, words.deadline_colour),
    TableColumn(mark("Status"), 110, lambda r: words.status(r.status)),
    TableColumn(mark("With"), 90, lambda r: words.assignee(r.assignee), lambda _: "muted"),
    TableColumn(mark("Office"), 124, lambda r: words.office(r.office), lambda _: "muted", spare=True),
)


class BehindView(QWidget):
    """Shows which reports a number counts."""

    def __init__(self) -> None:
        super().__init__()
        self.heading = label("", "heading")
        self.beside = label("", "small", wrap=True)
        self.table = RowsTable(COLUMNS, lambda r: r.report_id, name=tr("Reports behind the number"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 16)
        whole.setSpacing(6)
        whole.addWidget(self.heading)
        whole.addWidget(self.beside)
        whole.addWidget(self.table, 1)

    def begin(self, name: Safe) -> None:
        """Says what is being read."""
        self.heading.setText(name)
        self.beside.setText(tr("Reading …"))
        self.table.show_rows(())

    def show_found(self, found: ReportsBehind) -> None:
        """Shows the reports, and how many there are in all."""
        shown, total = len(found.rows), found.total
        if not total:
            self.beside.setText(tr("No report stands behind this number now."))
        elif shown < total:
            self.beside.setText(tr("The first {shown} of {total} reports.", shown=number(shown), total=number(total)))
        else:
            self.beside.setText(trn("{n} report. Enter opens it.", "{n} reports. Enter opens one.", total))
        self.table.show_rows(found.rows)

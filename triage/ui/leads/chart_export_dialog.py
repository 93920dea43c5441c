"""Defines the dialog that exports a chart: it is signed and entered in the register like everything that leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from triage.jobs.leaving.export_chart import WrittenChart, format_chart_table
from triage.model.handover import Handover
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.core.writing_dialog import Work, WritingDialog
from triage.ui.kit.fields import label_field
from triage.ui.kit.widgets import label
from triage.ui.leads.chart import LeadChart
from triage.ui.leads.chart_view import ChartView, draw_png, draw_svg
from triage.ui.text import times
from triage.ui.text.i18n import ltr, mark, tr, trn, word

ENDINGS = ((".png", mark("image (PNG)")), (".svg", mark("drawing (SVG)")), (".csv", mark("numbers (CSV)")))


class ExportChartDialog(WritingDialog):
    """Asks which chart is written, and as what. The preview names what the file holds."""

    def __init__(
        self, api: Api, runner: Runner, charts: Sequence[tuple[LeadChart, ChartView]], *, chosen: int, parent: QWidget
    ) -> None:
        super().__init__(api, runner, tr("Export a chart"), parent=parent, name="chart", ending=ENDINGS[0][0])
        self._charts = tuple(charts)
        self.chart, self.kind = QComboBox(), QComboBox()
        for chart, _ in self._charts:
            self.chart.addItem(chart.title)
        for ending, name in ENDINGS:
            self.kind.addItem(word(name), ending)
        self.chart.setCurrentIndex(chosen)
        for name, box in ((tr("Chart"), self.chart), (tr("Written as"), self.kind)):
            box.setAccessibleName(name)
            self.form.addWidget(label_field(name, box))
            box.currentIndexChanged.connect(self._choose_again)
        self.read_preview()

    def _choose_again(self, _: int) -> None:
        """Takes the ending of the chosen kind, and forgets a path with another one."""
        self._ending = self.kind.currentData()
        if self.place.text() and not self.place.text().lower().endswith(self._ending):
            self.place.clear()
        self.read_preview()

    def plan_preview(self) -> Work | None:
        """Returns a call that counts the numbers of the chart."""
        chart, _ = self._charts[self.chart.currentIndex()]
        return lambda _progress, _cancel: len(chart.rows)

    def show_preview(self, found: Any) -> bool:
        """Says what the file would hold."""
        says = trn(
            "{n} row of counts. No report number and no name of a child is in it.",
            "{n} rows of counts. No report number and no name of a child is in it.",
            found,
        )
        self.add_line(says)
        self.add_line(
            tr("Internal figures: small counts are not withheld, and the file says so. For others export a statistic."), "warn"
        )
        self.add_line(tr("As of {when}.", when=times.both(times.now_iso())), "muted")
        if self._charts[self.chart.currentIndex()][0].key == "load":
            self.add_line(tr("The chart names people and counts their work. It holds nothing of what they viewed."), "warn")
        return True

    def draw(self) -> bytes:
        """Returns the bytes of the chosen chart, drawn in memory on the window's thread."""
        chart, view = self._charts[self.chart.currentIndex()]
        ways: dict[str, Callable[[], bytes]] = {
            ".png": lambda: draw_png(view),
            ".svg": lambda: draw_svg(view, chart.title),
            ".csv": lambda: format_chart_table(chart.titles, chart.rows),
        }
        return ways[self.kind.currentData()]()

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes, or None for a name with another ending."""
        if out.suffix.lower() != self._ending:
            self.problem.setText(tr("The name of this kind of file ends in {ending}.", ending=ltr(self._ending)))
            return None
        data = self.draw()
        return lambda _progress, _cancel: self.api.export_chart(data, out, handover=handover)

    def show_written(self, made: WrittenChart, column: QVBoxLayout) -> None:
        """Shows the size and the signing key."""
        column.addWidget(label(times.size(made.bytes), "muted"))
        column.addWidget(label(tr("Signing key {key}", key=ltr(made.signature_key)), "small", wrap=True, selectable=True))

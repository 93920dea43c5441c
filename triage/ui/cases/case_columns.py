"""Lays out what the page of a case shows in three columns, each of which scrolls."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from triage.model.case_page import CaseIdentifier, CaseOverview
from triage.model.users import Right
from triage.model.views import QueueRow
from triage.ui.cases.acts_panel import ActsPanel
from triage.ui.cases.side_cards import build_appeals, build_numbers, build_papers, build_requests, build_stage
from triage.ui.cases.timeline_chart import TimelineChart
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.graph.panel import GraphPanel
from triage.ui.kit import theme
from triage.ui.kit.marked_lines import keep_whole
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import ElidedLabel, KeyButton, clear, label, row, rule, scrolled, set_tooltip
from triage.ui.media.file_tiles import FileStrip
from triage.ui.requests.making_dialogs import describe_no_right
from triage.ui.text import report_words, times, words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, stack_lines, tr, tr_message, trn, word
from triage.ui.text.role_names import name_person

QWIDGETSIZE_MAX = (1 << 24) - 1  # Qt's bound for a width, which PySide does not name
LEFT, WIDE_LEFT, RIGHT = 400, 560, 300
LEAST_GRAPH = 430  # pixels; a narrower drawing can't be read
NARROW = 1_000
"""Pixels of width below which graph and timeline stand in one column with the lists."""
AFTER_REPORTS = 4
"""Where they stand there: after heading, hint, table and line of the reports."""
MOST_ROWS = 8
"""Rows of a table in a column before it scrolls by itself."""
COLUMNS: tuple[TableColumn[QueueRow], ...] = (
    TableColumn(mark("Band"), 38, lambda r: r.band, band=True),
    TableColumn(mark("Report"), 104, lambda r: ltr(r.report_id), cut_middle=True),
    TableColumn(mark("Incident"), 0, lambda r: words.incident(r.incident_type)),
    TableColumn(mark("Next deadline"), 104, words.deadline_left, words.deadline_colour, told=words.deadline),
    TableColumn(mark("What expires"), 110, words.deadline_what, lambda _: "muted", spare=True),
)
OPERATORS: tuple[TableColumn[CaseIdentifier], ...] = (
    TableColumn(mark("Value"), 128, lambda i: ltr(i.value), told=lambda i: describe_identifier(i)),
    TableColumn(mark("Operator"), 0, lambda i: isolated(i.operator), lambda i: "text" if i.known else "muted"),
    TableColumn(
        mark("Data end"),
        88,
        lambda i: tr("not known") if i.expires is None else times.left(i.expires),
        lambda i: choose_end_ink(i.expires),
    ),
)


class CaseColumns(QWidget):
    """Shows reports, shared values, files, operators and diary at the left, graph and timeline in the middle, acts at the right.

    "Next acts" stays in view. Each signal asks the page for an act: `act_asked` carries a CaseAct, `paper_asked` a CasePaper,
    and `strike_asked` a CaseNumber.
    """

    linked_asked, gallery_asked, diary_asked, requests_asked = Signal(), Signal(), Signal(), Signal()
    number_asked, officer_asked = Signal(), Signal()
    act_asked, paper_asked, strike_asked = Signal(object), Signal(object), Signal(object)

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self._api = api
        self._may_strike = api.may(Right.DECIDE)
        self.table = RowsTable(COLUMNS, lambda r: r.report_id, name=tr("Reports of the case"))
        self.nothing = label(tr("No reports in this case yet. Press R to add some by number."), "muted", wrap=True)
        self.graph = GraphPanel(api, runner, with_inside=False)
        self.graph.view.chosen.connect(self._choose_report)
        self.graph.shown.connect(lambda _: self._choose_node(self.table.current_row()))
        self.table.row_changed.connect(self._choose_node)
        self.files, self.timeline = FileStrip(api, runner), TimelineChart()
        self.operators = RowsTable(OPERATORS, lambda i: (i.kind, i.value), name=tr("Who can be asked"))
        self.acts = ActsPanel(self.act_asked.emit, self._explain_refusal)
        self.side, self.diary = QVBoxLayout(), QVBoxLayout()
        self.middle = self._build_middle()
        self.left_area = self._build_left()
        self.middle_area = scrolled(self.middle)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.left_area)
        whole.addWidget(self.middle_area, 1)
        whole.addWidget(self._build_right())

    def _explain_refusal(self, right: Right) -> Safe:
        """Returns why this person may not use a right, or an empty text when they may."""
        if self._api.may(right):
            return Safe("")
        return describe_no_right() if right is Right.CASE_PAPERS else tr("Your roles do not allow decisions.")

    def _build_left(self) -> QScrollArea:
        """Builds the column of reports, shared values, files, operators and diary."""
        self._left = inner = _column()
        self.files_count, self.operators_count = label("", "small"), label("", "small")
        self.reports_count = label("", "small")
        inner.addLayout(row(label(tr("Reports"), "heading"), self.reports_count, None))
        inner.addWidget(self.nothing)
        inner.addWidget(self.table)
        inner.addWidget(rule())
        self.linked = KeyButton.for_action("case", "cluster", tr("Add linked"), kind="mini", on=self.linked_asked.emit)
        inner.addLayout(row(label(tr("The graph as a list"), "heading"), None, self.linked))
        inner.addWidget(self.graph.table)
        inner.addWidget(rule())
        gallery = KeyButton.for_action("case", "gallery", tr("Gallery"), kind="mini", on=self.gallery_asked.emit)
        inner.addLayout(row(label(tr("Files"), "heading"), self.files_count, None, gallery))
        inner.addWidget(self.files)
        inner.addWidget(rule())
        inner.addLayout(row(label(tr("Who can be asked"), "heading"), self.operators_count, None))
        inner.addWidget(self.operators)
        inner.addWidget(rule())
        self.diary.setSpacing(4)
        inner.addLayout(self.diary)
        inner.addStretch(1)
        area = _wrap(inner)
        area.setFixedWidth(_left_width(0))
        return area

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts graph and timeline into a column of their own, or below the reports where there is no room for three columns."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        if not narrow:
            self.left_area.setFixedWidth(_left_width(self.width()))
        if narrow == self.middle_area.isHidden():
            return
        if narrow:
            self.middle_area.takeWidget()
            self._left.insertWidget(AFTER_REPORTS, self.middle)
            self.left_area.setMinimumWidth(LEFT)
            self.left_area.setMaximumWidth(QWIDGETSIZE_MAX)
        else:
            self._left.removeWidget(self.middle)
            self.middle_area.setWidget(self.middle)
            self.left_area.setFixedWidth(_left_width(self.width()))
        self.middle.show()
        self.middle_area.setVisible(not narrow)

    def _build_middle(self) -> QWidget:
        """Builds the graph and the timeline."""
        inner = _column()
        self.graph.setMinimumHeight(LEAST_GRAPH)
        self.graph.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        inner.addWidget(self.graph, 1)
        inner.addWidget(rule())
        self.unread = label("", "small", wrap=True)
        head = row(label(tr("Timeline"), "heading"), ElidedLabel(tr("older events stand at the edge"), "small"))
        head.setStretch(1, 1)
        inner.addLayout(head)
        inner.addWidget(self.timeline)
        inner.addWidget(self.unread)
        holder = QWidget()
        holder.setLayout(inner)
        return holder

    def _build_right(self) -> QWidget:
        """Builds the column of acts, which stay, and of requests, papers, numbers and stages below, which scroll."""
        holder = QWidget()
        holder.setProperty("kind", "panel")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        acts = _column()
        acts.addWidget(self.acts)
        acts.addStretch(1)
        self.acts_area = _wrap(acts)
        inner = QWidget()
        inner.setLayout(self.side)
        self.side.setContentsMargins(16, 8, 16, 16)
        self.side.setSpacing(14)
        column.addWidget(self.acts_area, 3)
        column.addWidget(rule())
        column.addWidget(scrolled(inner), 4)
        holder.setFixedWidth(RIGHT if theme.current().text_px == theme.TEXT else RIGHT + 24)
        return holder

    def show_overview(self, found: CaseOverview) -> None:
        """Shows a case. The graph is read by itself."""
        self.reports_count.setText(number(len(found.rows)))
        self.nothing.setVisible(not found.rows)
        self.table.setVisible(bool(found.rows))
        self.table.show_rows(found.rows)
        _fit_rows(self.table, len(found.rows))
        self.acts.show_acts(found.acts)
        self._show_contents(found)
        self._show_side(found)

    def _show_contents(self, found: CaseOverview) -> None:
        """Shows files, operators, times and the diary."""
        graded = trn(
            "{n} media item, {graded} graded, blurred",
            "{n} media items, {graded} graded, blurred",
            found.media,
            graded=number(found.graded),
        )
        self.files_count.setText(graded if found.media else tr("none stored"))
        self.files.show_files(found.files)
        self.operators_count.setText(number(len(found.identifiers) + found.identifiers_left))
        self.operators.show_rows(found.identifiers)
        self.operators.setVisible(bool(found.identifiers))
        _fit_rows(self.operators, len(found.identifiers))
        _fit_rows(self.graph.table, MOST_ROWS)
        self.timeline.show_overview(found)
        unread = trn("{n} report was not read for times.", "{n} reports were not read for times.", found.unread)
        damaged = report_words.listed(ltr(track.report) for track in found.tracks if track.damaged)
        notes = [unread] if found.unread else []
        if damaged:
            notes.append(tr("Times or deadlines that can't be read, so they are not known: {reports}", reports=damaged))
        self.unread.setText(stack_lines(*notes))
        self.unread.setVisible(bool(notes))
        clear(self.diary)
        paper = KeyButton(tr("All entries ({n})", n=number(found.entries_count)), kind="mini", on=self.diary_asked.emit)
        if why := self._explain_refusal(Right.CASE_PAPERS):
            paper.setEnabled(False)
            set_tooltip(paper, why)
        self.diary.addLayout(row(label(tr("Case diary"), "heading"), None, paper))
        for entry in found.entries:
            when, what = times.pkt(entry.when), tr_message(entry.what)
            said = tr("{when}, {name}: {what}", when=when, name=name_person(entry.who), what=what)
            if entry.report is not None:
                said = tr("{said}, report {report}", said=said, report=ltr(entry.report))
            self.diary.addWidget(keep_whole(label(said, "small", wrap=True)))

    def _show_side(self, found: CaseOverview) -> None:
        """Shows requests, papers, numbers, stages and appeals."""
        clear(self.side)
        strike = self.strike_asked.emit if self._may_strike else None
        self.side.addLayout(build_requests(found, lambda _: self.requests_asked.emit()))
        self.side.addLayout(build_papers(found, self.paper_asked.emit, self._explain_refusal(Right.CASE_PAPERS)))
        self.side.addLayout(build_appeals(found.case))
        buttons = [
            KeyButton.for_action("case", "number", tr("Number"), kind="mini", on=self.number_asked.emit),
            KeyButton.for_action("case", "assign", tr("Officer"), kind="mini", on=self.officer_asked.emit),
        ]
        for button in buttons:
            button.setEnabled(self._may_strike)
            if not self._may_strike:
                set_tooltip(button, tr("Your roles do not allow decisions."))
        self.side.addLayout(row(*buttons, None))
        self.side.addLayout(build_numbers(found.case, strike))
        self.side.addLayout(build_stage(found.case))
        self.side.addStretch(1)

    def _choose_report(self, key: str) -> None:
        """Selects in the table of reports what is current in the graph."""
        for at, found in enumerate(self.table.rows()):
            if key == f"report:{found.report_id}":
                before = self.table.blockSignals(True)
                self.table.select(at)
                self.table.blockSignals(before)
                self.table.viewport().update()

    def _choose_node(self, found: QueueRow | None) -> None:
        """Makes current in the graph the report that is selected in the table."""
        if found is not None:
            self.graph.select(f"report:{found.report_id}")


def describe_identifier(found: CaseIdentifier) -> Safe:
    """Returns all that is known of a value that can be asked about."""
    parts = [
        tr("{kind} {value}", kind=word(found.kind), value=ltr(found.value)),
        isolated(found.operator),
        trn("in {n} report", "in {n} reports", found.reports),
        trn("captured {n} time", "captured {n} times", found.captures),
    ]
    if found.child:
        parts.append(tr("the child's own line: only a lead asks about it"))
    return Safe(tr(", ").join(parts))


def choose_end_ink(expires: str | None) -> str:
    """Returns the palette colour of the end of data: "bad" below 14 days, "warn" below 30."""
    if expires is None:
        return "muted"
    days = times.days_left(expires)
    return "muted" if days < 0 else "bad" if days < 14 else "warn" if days < 30 else "text"


def _left_width(width: int) -> int:
    """Returns the width of the left column in a page of a width. It is larger in Urdu, and takes its share of a wide screen."""
    urdu = theme.current().text_px != theme.TEXT
    return max(LEFT + 24 if urdu else LEFT, min(WIDE_LEFT, width * (4 if urdu else 3) // 10))


def _column() -> QVBoxLayout:
    """Returns the layout of a column."""
    made = QVBoxLayout()
    made.setContentsMargins(16, 12, 16, 12)
    made.setSpacing(8)
    return made


def _wrap(inner: QVBoxLayout) -> QScrollArea:
    """Returns an area in which a column scrolls."""
    holder = QWidget()
    holder.setLayout(inner)
    return scrolled(holder)


def _fit_rows(table: RowsTable[Any], rows: int) -> None:
    """Makes a table as high as its rows, up to MOST_ROWS."""
    height = theme.current().row_px * max(1, min(rows, MOST_ROWS)) + table.horizontalHeader().sizeHint().height() + 4
    table.setFixedHeight(height)

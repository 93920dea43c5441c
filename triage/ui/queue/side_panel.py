"""Shows beside the queue why the selected report is ranked where it is."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from triage.model.damage import DAMAGE
from triage.model.deadlines import is_running
from triage.model.points import print_points
from triage.model.views import ShowFile, ShowReport
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import BandBlock, KeyButton, cap, clear, label, row, scrolled
from triage.ui.media.thumbnail import Thumbnail
from triage.ui.queue.painting import order_flags
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, is_rtl, ltr, tr, tr_message, trn, word
from triage.ui.text.report_words import printed_points

WIDTH = 324
URDU_WIDTH = 340
SETTLE_MS = 90
"""How long the selection stands still before its reasons are fetched: J held down fetches nothing on the way."""
THUMBS = 3
FLOORS, FACTORS = 2, 3
"""So many reasons are written out beside the queue; the rest is summed up, and stands on the report's page."""
CHANGES = 3


class SidePanel(QWidget):
    """Shows the reasons for the rank of a report, its media and its next steps.

    The signals ask the page to act on the report shown.
    """

    open_asked = Signal()
    assign_asked = Signal()
    decide_asked = Signal()

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self.report: ShowReport | None = None
        self._report_id: str | None = None
        self._flags: tuple[str, ...] = ()
        self.setProperty("kind", "side")
        self.setProperty("mirrored", is_rtl())
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._width = URDU_WIDTH if is_rtl() else WIDTH
        self.setFixedWidth(self._width)
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(16, 14, 16, 16)
        self._column.setSpacing(theme.GRID)
        self._actions = QWidget()
        self._build_actions()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scrolled(self._content), 1)
        outer.addWidget(self._actions)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._fetch)
        self.show_report(None)

    def select(self, report_id: str | None, flags: tuple[str, ...] = (), *, again: bool = False) -> None:
        """Selects the report to show after a short pause, with the flags of its row; `again` reads it again."""
        self._flags = flags
        if report_id == self._report_id and not again:
            return
        self._report_id = report_id
        self._runner.drop_answers(self, "report")
        if report_id is None:
            self._settle.stop()
            self.show_report(None)
        else:
            if self.report is None:
                clear(self._column)  # "Select a report" is not true while the selected one is read
            self._settle.start()

    def _fetch(self) -> None:
        """Reads the selected report. While the panel is hidden, behind an open report, it waits until it is shown."""
        wanted = self._report_id
        self._late = not self.isVisible()
        if wanted is None or self._late:
            return
        self._runner.ask(
            lambda: self._api.show(wanted),
            self.show_report,
            owner=self,
            failed=self._show_problem,
            about="report",
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Reads what was selected while the panel was hidden."""
        super().showEvent(event)
        if self._late:
            self._fetch()

    _late = False

    def show_report(self, report: ShowReport | None) -> None:
        """Shows a report, or a hint when it is None."""
        self.report = report
        clear(self._column)
        self._actions.setVisible(report is not None)
        if report is None:
            self._column.addWidget(label(tr("Select a report to see why it is ranked here."), "muted", wrap=True))
            self._column.addStretch(1)
            return
        self._add_head(report)
        self._column.addWidget(label(summarise_report(report), wrap=True))
        if self._flags:
            names = Safe(tr(", ").join(word(flag) for flag in order_flags(self._flags)))
            self._column.addWidget(label(tr("Flags: {names}", names=names), "small", wrap=True))
        self._add_reasons(tr("Why ranked here"), report, "risk")
        self._add_reasons(tr("Can act"), report, "actionability")
        self._add_media(report)
        self._column.addSpacing(4)
        self._column.addWidget(label(tr("What would change the band"), "heading"))
        for change in report.score.would_change_if[:CHANGES]:
            self._column.addWidget(label(tr_message(change), "muted", wrap=True))
        self._column.addStretch(1)

    def _show_problem(self, sentence: str) -> None:
        """Shows a sentence in place of the report."""
        self.show_report(None)
        self._column.insertWidget(0, label(sentence, "bad", wrap=True))

    def _add_head(self, report: ShowReport) -> None:
        """Adds the band, the number, the version and the time received."""
        number = label(ltr(report.report_id), "title", selectable=True)
        version = tr("version {n}", n=len(report.versions))
        beside = version
        if report.received is not None:
            beside = tr("{version}, received {ago}", version=version, ago=times.ago(report.received))
        self._column.addLayout(row(BandBlock(report.score.band), number, label(beside, "small"), None))

    def _add_reasons(self, title: str, report: ShowReport, axis: str) -> None:
        """Adds the weightiest reasons of an axis with their points."""
        self._column.addSpacing(4)
        self._column.addWidget(label(title, "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for points, why, counts in _list_reasons(report, axis):
            at = grid.rowCount()
            mark = label(points, "strong" if counts else "muted")
            mark.setMinimumWidth(38)
            grid.addWidget(mark, at, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignTrailing)
            grid.addWidget(label(why, "" if counts else "muted", wrap=True), at, 1, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(grid)

    def _add_media(self, report: ShowReport) -> None:
        """Adds the first three thumbnails."""
        if not report.files:
            return
        self._column.addSpacing(4)
        here = sum(file.present for file in report.files)
        count = trn("{n} file, {here} stored", "{n} files, {here} stored", len(report.files), here=here)
        self._column.addLayout(
            row(label(tr("Media"), "heading"), label(count, "small"), None, label(tr("blurred"), "small"), spacing=6)
        )
        strip = QHBoxLayout()
        strip.setSpacing(8)
        for file in report.files[:THUMBS]:
            thumb = Thumbnail(file, side=(self._width - 48 - (THUMBS - 1) * 8) // THUMBS)
            strip.addWidget(thumb)
            self._load_preview(thumb, file)
        strip.addStretch(1)
        self._column.addLayout(strip)

    def _load_preview(self, thumb: Thumbnail, file: ShowFile) -> None:
        """Reads the preview of a thumbnail."""
        sha256 = file.sha256
        if file.present and sha256 is not None:
            self._runner.ask(
                lambda: self._api.preview(sha256), thumb.show_preview, owner=thumb, failed=lambda _: None, about="preview"
            )

    def _build_actions(self) -> None:
        """Lays out the buttons at the foot."""
        column = QVBoxLayout(self._actions)
        column.setContentsMargins(8, 8, 8, 12)
        self.open_button = KeyButton.for_action("queue", "open", tr("Open"), kind="primary", on=self.open_asked.emit)
        self.assign_button = KeyButton.for_action("queue", "assign", tr("Assign"), on=self.assign_asked.emit)
        self.decide_button = KeyButton.for_action("queue", "decide", tr("Decide"), on=self.decide_asked.emit)
        buttons = FlowLayout(6)
        for button in (self.open_button, self.assign_button, self.decide_button):
            buttons.addWidget(button)
        column.addLayout(buttons)
        moves = row(cap(find_key("queue", "next").cap), cap(find_key("queue", "previous").cap), spacing=4)
        moves.addWidget(label(tr("next and previous report"), "small"))
        moves.addStretch(1)
        column.addLayout(moves)


def summarise_report(report: ShowReport) -> Safe:
    """Returns two or three sentences about a report: incident, provider, child and conflicts."""
    if "documents" in report.damaged:  # each of the sentences below would say that the sources state nothing
        return tr_message(DAMAGE["documents"])
    esp = report.esp or tr("unnamed provider")
    what = tr("Incident type not stated") if report.incident_type is None else words.incident(report.incident_type)
    parts = [tr("{what}, reported by {esp}.", what=what, esp=esp)]
    if report.incident_time is not None:
        parts.append(tr("Incident on {when}.", when=times.pkt(report.incident_time)))
    parts.append(_describe_children(report))
    if report.conflicts:
        parts.append(trn("The sources disagree on {n} point.", "The sources disagree on {n} points.", len(report.conflicts)))
    return Safe(" ".join(parts))


def _describe_children(report: ShowReport) -> Safe:
    """Returns how many children a report names, their ages and their location."""
    children = [person for person in report.people if person.role in ("victim", "recipient")]
    if not children:
        return tr("Child: not named in the sources.")
    ages = [str(age) for person in children if isinstance(age := person.facts.get("age"), (int, str))]
    said = tr("age {age}", age=ltr(tr(", ").join(ages))) if ages else tr("age not stated")
    place = next((p for p in report.location.by_person if p.of in ("victim", "recipient")), None)
    where = {True: tr("possibly in Pakistan"), False: tr("abroad"), None: tr("not located")}[place.in_pakistan if place else None]
    if "location" in report.damaged:
        where = tr("location not known")
    return trn("Child: {n}, {age}, {where}.", "Children: {n}, {age}, {where}.", len(children), age=said, where=where)


def _list_reasons(report: ShowReport, axis: str) -> Iterator[tuple[Safe, Safe, bool]]:
    """Yields points, sentence and whether it counts, for the weightiest reasons of an axis.

    The remaining reasons are summed up in one line. The axis "actionability" also yields the deadlines.
    """
    score = report.score
    if "score" in report.damaged:
        yield tr("?"), tr_message(DAMAGE["score"]), True
    printed = print_points(score.factors, score.risk, score.actionability)
    factors = [replace(factor, points=points) for factor, points in zip(score.factors, printed.points, strict=True)]
    if axis == "risk":
        floors = sorted(
            (factor for factor in factors if factor.axis == "floor" and factor.taken_out is None),
            key=lambda factor: factor.band != report.score.band,  # those that hold this band come first
        )
        for factor in floors[:FLOORS]:
            mark = printed_points(factor.points) if factor.points else tr("min. band")
            yield mark, tr_message(factor.why), True
    counted = sorted((factor for factor in factors if factor.axis == axis), key=lambda factor: -factor.points)
    yield from ((printed_points(factor.points), tr_message(factor.why), True) for factor in counted[:FACTORS])
    if rest := counted[FACTORS:]:
        said = trn("from {n} more reason", "from {n} more reasons", len(rest))
        yield printed_points(round(sum(factor.points for factor in rest), 1)), said, False
    if axis == "actionability":
        if "clocks" in report.damaged:
            yield tr("due"), tr_message(DAMAGE["clocks"]), False
        for due in report.clocks:
            estimated = tr("{what}, estimated", what=word(due.name)) if due.estimated else word(due.name)
            if is_running(due, times.now()):
                yield tr("due"), tr("{left} {what}", left=times.left(due.due), what=estimated), False
            else:
                yield tr("ran out"), tr("{what} ran out on {time}", what=estimated, time=times.both(due.due)), False

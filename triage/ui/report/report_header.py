"""Builds the bar above a report and the chips below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from triage.model import deadlines as model_deadlines
from triage.model.report_page import ReportPageView
from triage.model.users import Right
from triage.model.views import ShowReport
from triage.ui.core.api import Api
from triage.ui.kit.text_view import Run, TextView, TextWriter
from triage.ui.kit.widgets import BandBlock, ElidedLabel, KeyButton, label, set_tooltip
from triage.ui.report.deadlines_card import choose_due_kind
from triage.ui.report.report_card import ReportCard
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, is_rtl, isolated, ltr, tr, trn, word

HEIGHT, GAP, EDGE = 52, 8, 16
LEAST_WORDS = 120
"""Pixels for the incident's name beside the buttons; with less, the buttons have a line of their own."""
LINE = 40


class ReportHeader(QWidget):
    """Shows the band, the number, the incident and the buttons of a report; in a narrow window the buttons stand below.

    `calls` maps the actions of `keys.KEYS["report"]` to what the buttons do.
    """

    def __init__(self, api: Api, calls: Mapping[str, Callable[[], None]]) -> None:
        super().__init__()
        self.setProperty("kind", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.band = BandBlock("C")
        self.number = label("", "title", selectable=True)
        self.what = ElidedLabel("", "muted")
        for part in (self.band, self.number, self.what):
            part.setParent(self)
        self.buttons = {
            "back": KeyButton.for_action("report", "back", tr("Back")),
            "previous": KeyButton.for_action("report", "previous", tr("Previous")),
            "next": KeyButton.for_action("report", "next", tr("Next")),
            "assign": KeyButton.for_action("report", "assign", tr("Assign")),
            "case": KeyButton.for_action("report", "case", tr("Case")),
            "export": KeyButton.for_action("report", "export", tr("Packet")),
            "decide": KeyButton.for_action("report", "decide", tr("Decide"), kind="primary"),
        }
        for action, button in self.buttons.items():
            button.setParent(self)
            button.clicked.connect(lambda _=False, action=action: calls[action]())
        self._allow("decide", api.may(Right.DECIDE), tr("Your roles do not allow decisions."))
        self._allow("assign", api.may(Right.DECIDE), tr("Your roles do not allow decisions."))
        self._allow("export", api.may(Right.PACKET), tr("Only an examiner can create evidence packets."))
        self.setFixedHeight(HEIGHT)

    def show_report(self, report: ShowReport) -> None:
        """Shows the band, number and incident of a report."""
        self.band.show_band(report.score.band)
        self.number.setText(ltr(report.report_id))
        self.what.setText(describe_incident(report))
        set_tooltip(self.what, isolated(report.incident_type or ""))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places the parts."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        number = self.number.sizeHint().width() + 4
        begin = EDGE + self.band.width() + GAP + number + GAP
        lines = self._break_buttons(begin)
        wanted = HEIGHT + (LINE * len(lines) if lines[0] != [*self.buttons.values()] or self._is_tight(begin) else 0)
        if wanted != self.height():
            self.setFixedHeight(wanted)
        self._set(self.band, QRect(EDGE, (HEIGHT - self.band.height()) // 2, self.band.width(), self.band.height()))
        self._set(self.number, QRect(EDGE + self.band.width() + GAP, 0, number, HEIGHT))
        beside = wanted == HEIGHT
        end = self.width() - EDGE
        if beside:
            end -= sum(button.sizeHint().width() + GAP for button in self.buttons.values())
            self._lay(list(self.buttons.values()), end + GAP, (HEIGHT - 32) // 2)
        else:
            for n, line in enumerate(lines):
                self._lay(line, EDGE, HEIGHT - 6 + n * LINE)
        self._set(self.what, QRect(begin, 0, max(0, end - begin), HEIGHT))

    def _is_tight(self, begin: int) -> bool:
        room = self.width() - begin - EDGE - sum(button.sizeHint().width() + GAP for button in self.buttons.values())
        return room < LEAST_WORDS

    def _break_buttons(self, begin: int) -> list[list[KeyButton]]:
        """Returns the buttons line by line, as they fit below the number."""
        room = self.width() - 2 * EDGE
        lines: list[list[KeyButton]] = [[]]
        used = 0
        for button in self.buttons.values():
            width = button.sizeHint().width() + GAP
            if lines[-1] and used + width > room:
                lines.append([])
                used = 0
            lines[-1].append(button)
            used += width
        return lines

    def _lay(self, line: list[KeyButton], left: int, top: int) -> None:
        for button in line:
            size = button.sizeHint()
            self._set(button, QRect(QPoint(left, top), size))
            left += size.width() + GAP

    def _set(self, part: QWidget, place: QRect) -> None:
        if is_rtl():
            place = QRect(self.width() - place.right() - 1, place.top(), place.width(), place.height())
        part.setGeometry(place)

    def _allow(self, action: str, allowed: bool, why_not: Safe) -> None:
        """Disables a button and says why, unless it is allowed."""
        button = self.buttons[action]
        button.setEnabled(allowed)
        if not allowed:
            set_tooltip(button, why_not)


def describe_incident(report: ShowReport) -> Safe:
    """Returns the incident and the provider, such as "Online enticement, Saffron Chat"."""
    if "documents" in report.damaged:
        return tr("documents can't be read")
    what = words.incident(report.incident_type)
    return what if report.esp is None else tr("{what}, {esp}", what=what, esp=report.esp)


def describe_standing(report: ShowReport) -> Safe:
    """Returns status, officer and case, such as "new, unassigned, no case"."""
    return Safe(
        tr(", ").join(
            (
                words.status(report.status),
                tr("unassigned") if report.assignee is None else isolated(report.assignee),
                tr("no case") if report.case is None else tr("case {number}", number=ltr(report.case)),
            )
        )
    )


class HeaderChips(ReportCard):
    """Shows standing, codes, the next deadline and flags as chips, without a frame."""

    def __init__(self) -> None:
        super().__init__(tr("Status, codes and flags"))
        self.setProperty("kind", "")
        self.title.hide()
        self.beside.hide()
        self.text = TextView(tr("Status, codes and flags"))
        self.text.setParent(self)
        self._report: ShowReport | None = None

    def show_page(self, view: ReportPageView) -> None:
        """Shows the chips of a report."""
        self._report = view.report
        self.text.fill(self._write)

    def measure(self, width: int) -> int:
        """Returns the height of the chips at a width."""
        return self.text.measure_height(width)

    def place_parts(self) -> None:
        """Places the chips."""
        self.text.setGeometry(0, 0, self.width(), self.height())

    def _write(self, writer: TextWriter) -> None:
        if self._report is None:
            return
        report = self._report
        said = list_codes(report)
        runs: list[Run] = [(describe_standing(report), "chip"), *((code, "chip") for code in said)]
        if (due := find_next_deadline(report)) is not None:
            runs.append((due[0], "chip-grave" if due[1] else "chip"))
        for flag in report.score.flags:
            if word(flag) not in said:
                tone = words.tone(flag)
                runs.append((word(flag), "chip" if tone == "plain" else "chip-grave" if tone == "grave" else "chip-calm"))
        writer.write_chips(runs, gap=0)


def list_codes(report: ShowReport) -> list[Safe]:
    """Returns NCMEC's code, the provider's classes, escalation, age and version of a report."""
    said = []
    if report.priority_code:
        said.append(tr("NCMEC {code}", code=ltr(report.priority_code)))
    if "documents" not in report.damaged:
        said.append(tr("designation not stated") if report.designation is None else word(report.designation))
    classes = sorted({file.classification.strip() for file in report.files if file.classification})
    said += [tr("class {code}", code=ltr(code)) for code in classes]
    if report.escalation is not None:
        said.append(tr("escalated by the provider: {why}", why=report.escalation or tr("no reason given")))
    if report.received is not None:
        when = times.ago(report.received)
        said.append(tr("received {ago}, estimated", ago=when) if report.received_estimated else tr("received {ago}", ago=when))
    changed = len(report.versions[-1].changes) if report.versions else 0
    versions = trn("version {n}", "version {n}", len(report.versions))
    said.append(trn("{version}, {n} change", "{version}, {n} changes", changed, version=versions) if changed else versions)
    return said


def find_next_deadline(report: ShowReport) -> tuple[Safe, bool] | None:
    """Returns the next deadline that still runs in words, and whether it is close or overdue, or None."""
    clock = model_deadlines.find_next_deadline(report.clocks, times.now())
    if clock is None:
        return None
    return tr("{left} {what}", left=times.left(clock.due), what=word(clock.name)), choose_due_kind(clock) == "bad"

"""Builds the bar above a report and the chips below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.model import deadlines as model_deadlines
from triage.model.users import Right
from triage.model.views import ShowReport
from triage.ui.core.api import Api
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.marked_lines import make_pill
from triage.ui.kit.widgets import BandBlock, ElidedLabel, KeyButton, chip, label, set_tooltip
from triage.ui.report.deadlines_card import choose_due_kind
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, isolated, ltr, tr, trn, word


class ReportHeader(QWidget):
    """Shows the band, the number, the incident and the buttons of a report.

    `calls` maps the actions of `keys.KEYS["report"]` to what the buttons do.
    """

    def __init__(self, report: ShowReport, api: Api, calls: Mapping[str, Callable[[], None]]) -> None:
        super().__init__()
        self.setProperty("kind", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(52)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(8)
        number = label(ltr(report.report_id), "title", selectable=True)
        line.addWidget(BandBlock(report.score.band))
        line.addWidget(number)
        what = ElidedLabel(describe_incident(report), "muted")
        set_tooltip(what, isolated(report.incident_type or ""))
        line.addWidget(what, 1)
        line.addWidget(make_pill(describe_standing(report)))
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
            button.clicked.connect(lambda _=False, action=action: calls[action]())
            line.addWidget(button)
        self._allow("decide", api.may(Right.DECIDE), tr("Your roles do not allow decisions."))
        self._allow("assign", api.may(Right.DECIDE), tr("Your roles do not allow decisions."))
        self._allow("export", api.may(Right.PACKET), tr("Only an examiner can create evidence packets."))

    def _allow(self, action: str, allowed: bool, why_not: Safe) -> None:
        """Disables a button and says why, unless it is allowed."""
        button = self.buttons[action]
        button.setEnabled(allowed)
        if not allowed:
            set_tooltip(button, why_not)


def describe_incident(report: ShowReport) -> Safe:
    """Returns the incident and the provider, such as "Online enticement, Saffron Chat"."""
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


class HeaderChips(QWidget):
    """Shows codes, the next deadline and flags as chips."""

    def __init__(self, report: ShowReport) -> None:
        super().__init__()
        flow = FlowLayout()
        self.setLayout(flow)
        said = list_codes(report)
        for code in said:
            flow.addWidget(chip(code))
        if (due := find_next_deadline(report)) is not None:
            flow.addWidget(chip(due[0], "grave" if due[1] else "plain"))
        for flag in report.score.flags:
            if word(flag) not in said:
                flow.addWidget(chip(word(flag), words.tone(flag)))


def list_codes(report: ShowReport) -> list[Safe]:
    """Returns NCMEC's code, the provider's classes, escalation, age and version of a report."""
    said = []
    if report.priority_code:
        said.append(tr("NCMEC {code}", code=ltr(report.priority_code)))
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

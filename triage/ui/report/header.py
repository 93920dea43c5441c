"""The bar above a report: band, number, what it is, where the work stands, and the keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.model.users import Right
from triage.model.views import ShowReport
from triage.ui.core.api import Api
from triage.ui.kit.lines import pill
from triage.ui.kit.widgets import BandBlock, ElidedLabel, Flow, KeyButton, chip, label, tip
from triage.ui.report.clocks import urgency
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, isolated, ltr, tr, trn, word


class Header(QWidget):
    """`calls` are what its buttons do, by the actions of `keys.KEYS["report"]`."""

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
        what = ElidedLabel(subject(report), "muted")
        tip(what, report.incident_type or "")
        line.addWidget(what, 1)
        line.addWidget(pill(standing(report)))
        self.buttons = {
            "back": KeyButton.of("report", "back", tr("Back")),
            "previous": KeyButton.of("report", "previous", tr("Previous")),
            "next": KeyButton.of("report", "next", tr("Next")),
            "assign": KeyButton.of("report", "assign", tr("Assign")),
            "case": KeyButton.of("report", "case", tr("Case")),
            "export": KeyButton.of("report", "export", tr("Packet")),
            "decide": KeyButton.of("report", "decide", tr("Decide"), kind="primary"),
        }
        for action, button in self.buttons.items():
            button.clicked.connect(lambda _=False, action=action: calls[action]())
            line.addWidget(button)
        self._allow("decide", api.may(Right.DECIDE), tr("Your roles do not allow decisions."))
        self._allow("assign", api.may(Right.DECIDE), tr("Your roles do not allow decisions."))
        self._allow("export", api.may(Right.PACKET), tr("Only an examiner can create evidence packets."))

    def _allow(self, action: str, allowed: bool, why_not: Safe) -> None:
        button = self.buttons[action]
        button.setEnabled(allowed)
        if not allowed:
            tip(button, why_not)


def subject(report: ShowReport) -> Safe:
    """Online enticement, Saffron Chat"""
    what = words.incident(report.incident_type)
    return what if report.esp is None else tr("{what}, {esp}", what=what, esp=report.esp)


def standing(report: ShowReport) -> Safe:
    """new, unassigned, no case"""
    return Safe(
        tr(", ").join(
            (
                words.status(report.status),
                tr("unassigned") if report.assignee is None else isolated(report.assignee),
                tr("no case") if report.case is None else tr("case {number}", number=ltr(report.case)),
            )
        )
    )


class Chips(QWidget):
    """One line of short words under the bar: codes with whose they are, the next clock, flags, versions."""

    def __init__(self, report: ShowReport) -> None:
        super().__init__()
        flow = Flow()
        self.setLayout(flow)
        said = codes(report)
        for code in said:
            flow.addWidget(chip(code))
        if (due := next_clock(report)) is not None:
            flow.addWidget(chip(due[0], "grave" if due[1] else "plain"))
        for flag in report.score.flags:
            if word(flag) not in said:
                flow.addWidget(chip(word(flag), words.tone(flag)))


def codes(report: ShowReport) -> list[Safe]:
    """NCMEC's code is always said to be NCMEC's, a provider's class always a class."""
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


def next_clock(report: ShowReport) -> tuple[Safe, bool] | None:
    """The next deadline in words, and whether it is close."""
    coming = sorted((clock for clock in report.clocks if times.days_left(clock.due) >= 0), key=lambda clock: clock.due)
    if not coming:
        return None
    clock = coming[0]
    return tr("{left} {what}", left=times.left(clock.due), what=word(clock.name)), urgency(clock.due) == "bad"

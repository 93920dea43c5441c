"""Builds the card of a report's deadlines."""

from __future__ import annotations

from triage.model.deadlines import is_running
from triage.model.judgement import Clock
from triage.model.views import ShowReport
from triage.model.work import ShowNotice
from triage.ui.kit.marked_lines import MarkedLines
from triage.ui.kit.widgets import Card, LabelKind, label
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, isolated, ltr, tr, word


def build_deadlines_card(report: ShowReport) -> Card:
    """Builds the card with the deadlines, nearest first: time left, due time and basis."""
    card = Card(tr("Deadlines"))
    lines = MarkedLines()
    for clock in sorted(report.clocks, key=lambda clock: clock.due):
        name = word(clock.name)
        said = tr("{what}, estimated", what=name) if clock.estimated else name
        under = Safe(f"{times.pkt(clock.due)}. {report_words.reason(clock.basis)}")
        lines.add_line(_describe_time_left(clock), said, under, told=times.both(clock.due), kind=choose_due_kind(clock))
    card.body.addWidget(lines)
    for notice in report.notices:
        card.body.addWidget(label(describe_notice(notice), "small", wrap=True, selectable=True))
    if not report.clocks:
        card.body.addWidget(label(tr("No deadline known: the sources state no start time."), "muted", wrap=True))
    return card


def describe_notice(notice: ShowNotice) -> Safe:
    """Returns a written notice to preserve data, with whom it was issued to and whether the Court was told."""
    told = tr("the Court was told") if notice.court_informed else tr("Court: not recorded")
    if notice.elsewhere and notice.court_informed is None:
        told = tr("the other workstation tells the Court")
    return tr(
        "Notice to {addressee} of {day}, by {user}; {told}",
        addressee=isolated(notice.to_whom),
        day=ltr(notice.issued[:10]),
        user=isolated(notice.by),
        told=told,
    )


def _describe_time_left(clock: Clock) -> Safe:
    """Returns the time left of a deadline, or that it ran out."""
    return times.left(clock.due) if is_running(clock, times.now()) else tr("ran out: ask anyway")


def choose_due_kind(clock: Clock) -> LabelKind:
    """Returns the label kind of a deadline: "bad" below 14 days and when overdue, "warn" below 30, "muted" when it ran out."""
    if not is_running(clock, times.now()):
        return "muted"
    days = times.days_left(clock.due)
    return "bad" if days < 14 else "warn" if days < 30 else "strong"

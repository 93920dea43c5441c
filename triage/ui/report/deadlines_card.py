"""Builds the card of a report's deadlines."""

from __future__ import annotations

from triage.model.damage import DAMAGE
from triage.model.deadlines import is_running
from triage.model.judgement import Clock
from triage.model.moment import format_pakistan_day
from triage.model.report_page import ReportPageView
from triage.model.work import ShowNotice
from triage.ui.kit.text_view import Ink, TextWriter
from triage.ui.kit.widgets import LabelKind
from triage.ui.report.report_card import TextCard
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, isolated, tr, tr_message, trn, word
from triage.ui.text.role_names import name_person

MARK = 62
"""Pixels for the time left."""


class DeadlinesCard(TextCard):
    """Shows the deadlines, nearest first: time left, due time and basis."""

    pinned = "aside"
    first = 4
    grows = 5

    def __init__(self) -> None:
        super().__init__(tr("Deadlines"))

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes a line for each deadline: those that run first."""
        clocks = sorted(page.report.clocks, key=lambda clock: (not is_running(clock, times.now()), clock.due))
        lines = [lambda clock=clock: _write_clock(writer, clock) for clock in clocks]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))
        if "clocks" in page.report.damaged:
            writer.write_line([(tr_message(DAMAGE["clocks"]), "bad")])
        elif not clocks:
            writer.write_line([(tr("No deadline known: the sources state no start time."), "muted")])
        for notice in page.report.notices:
            writer.write_line([(describe_notice(notice), "small")])


def describe_notice(notice: ShowNotice) -> Safe:
    """Returns a written notice to preserve data, with whom it was issued to and whether the Court was told."""
    told = tr("the Court was told") if notice.court_informed else tr("Court: not recorded")
    if notice.elsewhere and notice.court_informed is None:
        told = tr("the other workstation tells the Court")
    return tr(
        "Notice to {addressee} of {day}, by {user}; {told}",
        addressee=isolated(notice.to_whom),
        day=times.calendar_day(format_pakistan_day(notice.issued)),
        user=name_person(notice.by),
        told=told,
    )


def _write_clock(writer: TextWriter, clock: Clock) -> None:
    """Writes a deadline."""
    name = word(clock.name)
    said = tr("{what}, estimated", what=name) if clock.estimated else name
    under = Safe(f"{times.pkt(clock.due)}. {report_words.reason(clock.basis)}")
    ink: Ink = choose_due_kind(clock)  # type: ignore[assignment]
    if is_running(clock, times.now()):
        mark = times.left(clock.due)
        writer.write_marked((mark, ink), [(said, "")], [(under, "small")], tip=times.both(clock.due), width=MARK)
    else:
        ran_out = tr("{what}: ran out, ask anyway", what=said)
        writer.write_marked((Safe("–"), "muted"), [(ran_out, "muted")], [(under, "small")], tip=times.both(clock.due), width=MARK)


def choose_due_kind(clock: Clock) -> LabelKind:
    """Returns the label kind of a deadline: "bad" below 14 days and when overdue, "warn" below 30, "muted" when it ran out."""
    if not is_running(clock, times.now()):
        return "muted"
    days = times.days_left(clock.due)
    return "bad" if days < 14 else "warn" if days < 30 else "strong"

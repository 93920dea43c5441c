"""Builds the line above all cards: where, who, until when, which score, and what next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtWidgets import QWidget

from triage.model.damage import DAMAGE
from triage.model.deadlines import is_running
from triage.model.judgement import Clock
from triage.model.report_page import ReportPageView
from triage.model.views import ShowReport
from triage.ui.kit.keys import find_key
from triage.ui.kit.text_view import Ink, TextView, TextWriter
from triage.ui.report.deadlines_card import choose_due_kind
from triage.ui.report.location_card import list_locations
from triage.ui.report.people import find_name, group_by_person, sort_people
from triage.ui.report.report_card import GAP, SIDE, ReportCard
from triage.ui.text import report_words, times, words
from triage.ui.text.i18n import Safe, decimal, is_rtl, isolated, tr, tr_message, trn, word

ACROSS = ((1_000, 5), (620, 3), (0, 2))
"""From so many pixels on so many answers stand side by side."""
MOST_PEOPLE = 3  # that the card names; the others stand below
MOST_DEADLINES = 2  # that the card names, the next ones
PAD = 10


class AnswerCard(ReportCard):
    """Answers what a person asks first.

    `calls` are the acts of the page. `confirm_lane` lets a report of the child lane go out; None for a person who may not.
    """

    def __init__(self, calls: Mapping[str, Callable[[], None]], confirm_lane: Callable[[], None] | None = None) -> None:
        super().__init__(tr("In short"))
        self.title.hide()
        self.beside.hide()
        self._calls, self._confirm_lane = calls, confirm_lane
        self.answers = [TextView(name) for name in (tr("Where"), tr("Who"), tr("Until when"), tr("Score"), tr("What next"))]
        for answer in self.answers:
            answer.setParent(self)

    def show_page(self, page: ReportPageView) -> None:
        """Shows the answers for a report."""
        writers = (_write_where, _write_who, _write_deadlines, _write_score, self._write_next)
        for answer, write in zip(self.answers, writers, strict=True):
            answer.fill(partial(write, page=page))

    def measure(self, width: int) -> int:
        """Returns the height of the card at a width."""
        return sum(self._measure_rows(width)) + 2 * PAD

    def _measure_rows(self, width: int) -> list[int]:
        across, each = self._columns(width)
        heights = [answer.measure_height(each) for answer in self.answers]
        return [max(heights[at : at + across]) + (GAP if at else 0) for at in range(0, len(heights), across)]

    def _columns(self, width: int) -> tuple[int, int]:
        across = next(count for least, count in ACROSS if width >= least)
        return across, (width - 2 * SIDE - (across - 1) * SIDE) // across

    def place_parts(self) -> None:
        """Places the four answers."""
        across, each = self._columns(self.width())
        top = PAD
        for n, height in enumerate(self._measure_rows(self.width())):
            for i in range(min(across, len(self.answers) - n * across)):
                answer: QWidget = self.answers[n * across + i]
                left = SIDE + i * (each + SIDE)
                if is_rtl():
                    left = self.width() - left - each
                answer.setGeometry(left, top, each, height)
            top += height

    def _write_next(self, writer: TextWriter, page: ReportPageView) -> None:
        writer.write_heading(tr("What next"))
        report = page.report
        if page.next_act:
            writer.write_line([(report_words.reason(page.next_act), "strong")])
        standing = (
            words.status(report.status),
            tr("unassigned") if report.assignee is None else isolated(report.assignee),
        )
        writer.write_line([(Safe(tr(", ").join(standing)), "muted")])
        if report.status == "new" and report.assignee is None and (take := self._calls.get("assign")) is not None:
            writer.add_link(tr("Assign ({key})", key=find_key("report", "assign").cap), take, space=True)
        if report.child_lane == "waits for a lead":
            writer.write_line([(tr("Child lane: nothing leaves before a lead confirms that."), "muted")])
            if self._confirm_lane is not None:
                writer.add_link(tr("Confirm that it may leave"), self._confirm_lane, space=True)
        elif report.child_lane == "confirmed":
            writer.write_line([(tr("Child lane: a lead confirmed that it may leave."), "muted")])


def _write_where(writer: TextWriter, page: ReportPageView) -> None:
    writer.write_heading(tr("Where"))
    if "location" in page.report.damaged:  # else it would say "not located"
        writer.write_line([(tr_message(DAMAGE["location"]), "bad")])
        return
    for part in list_locations(page.report):
        writer.write_line([(part, "")])


def _write_who(writer: TextWriter, page: ReportPageView) -> None:
    writer.write_heading(tr("Who"))
    if "documents" in page.report.damaged:  # else it would say "not named"
        writer.write_line([(tr_message(DAMAGE["documents"]), "bad")])
        return
    for role, name in list_who(page.report):
        writer.write_line([(role, "muted"), ("  ", ""), (name, "")])


def _write_deadlines(writer: TextWriter, page: ReportPageView) -> None:
    writer.write_heading(tr("Until when"))
    running = find_running(page.report)
    for clock in running[:MOST_DEADLINES]:
        ink: Ink = choose_due_kind(clock)  # type: ignore[assignment]
        writer.write_line([(times.left(clock.due), ink), ("  ", ""), (word(clock.name), "")], tip=times.both(clock.due))
    if "clocks" in page.report.damaged:
        writer.write_line([(tr_message(DAMAGE["clocks"]), "bad")])
    elif not running:
        writer.write_line([(tr("No deadline runs."), "muted")])
    elif len(running) > MOST_DEADLINES:
        more = len(running) - MOST_DEADLINES
        writer.write_line([(trn("and {n} more", "and {n} more", more), "small")])


def _write_score(writer: TextWriter, page: ReportPageView) -> None:
    writer.write_heading(tr("Score"))
    score = page.report.score
    writer.write_line([(tr("Band {band}", band=score.band), "strong")])
    if "score" in page.report.damaged:  # its numbers are 0 then
        writer.write_line([(tr_message(DAMAGE["score"]), "bad")])
        return
    writer.write_line([(tr("Child risk"), "muted"), ("  ", ""), (decimal(score.risk), "strong")])
    writer.write_line([(tr("Can act"), "muted"), ("  ", ""), (decimal(score.actionability), "strong")])


def find_running(report: ShowReport) -> list[Clock]:
    """Returns the deadlines that still run or are duties, the nearest first."""
    return sorted((clock for clock in report.clocks if is_running(clock, times.now())), key=lambda clock: clock.due)


def list_who(report: ShowReport) -> list[tuple[Safe, Safe]]:
    """Returns the role and name of the first people, the child first, and how many more there are."""
    own = group_by_person(report)
    people = sort_people(report)
    found = []
    if not any(person.role in report_words.CHILD_ROLES for _, person in people):
        found.append((report_words.role("victim"), tr("not named")))
    for index, person in people:
        found.append((report_words.role(person.role), find_name(own.get(index, [])) or tr("not named")))
    rest = len(found) - MOST_PEOPLE
    return found[:MOST_PEOPLE] + ([(Safe(""), trn("and {n} more", "and {n} more", rest))] if rest > 0 else [])

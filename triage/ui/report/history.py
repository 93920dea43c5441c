"""Builds the cards of a report's decisions and versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from triage.model.damage import DAMAGE
from triage.model.report_page import ReportPageView
from triage.model.views import ShowDecision, ShowVersion
from triage.ui.kit.text_view import Ink, TextWriter
from triage.ui.report.report_card import TextCard
from triage.ui.text import report_words, times, words
from triage.ui.text.i18n import Safe, isolated, ltr, tr, tr_message, trn, word
from triage.ui.text.role_names import name_person


class DecisionsCard(TextCard):
    """Shows the decisions, newest first; an undone decision stays and is marked."""

    first = 4
    grows = 7

    def __init__(self, undo: Callable[[int], None], may_undo: Callable[[ShowDecision], bool]) -> None:
        super().__init__(tr("Decisions"))
        self._undo, self._may_undo = undo, may_undo

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes each decision."""
        decisions = page.report.decisions
        again = find_reopening_decisions(decisions)
        newest = sorted(decisions, key=lambda entry: (entry.when, entry.id), reverse=True)
        lines = [lambda each=each: self._write_decision(writer, each, reopens=each.id in again) for each in newest]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))
        if "received" in page.report.damaged:
            writer.write_line([(tr_message(DAMAGE["received"]), "")])
        elif not decisions:
            writer.write_line([(tr("No decision yet."), "muted")])

    def _write_decision(self, writer: TextWriter, decision: ShowDecision, *, reopens: bool) -> None:
        said = describe_decision(decision)
        if reopens:
            said = tr("opened again: {said}", said=said)
        ink: Ink = "muted" if decision.undone else ""
        told = times.both(decision.when)
        writer.write_line([(said, ink)], tip=told, gap=5)
        if self._may_undo(decision) and not decision.elsewhere and not decision.undone:
            writer.add_link(tr("Undo"), lambda: self._undo(decision.id), space=True)
        if decision.note:
            writer.write_line([(isolated(decision.note), "muted")], tip=told, gap=0)
        under = tr("{user}, {when}", user=name_person(decision.user), when=times.pkt(decision.when))
        writer.write_line([(under, "small")], tip=told, gap=0)


def find_reopening_decisions(decisions: Sequence[ShowDecision]) -> set[int]:
    """Returns the ids of the decisions that reopened a closed report."""
    found, before = set(), "new"
    for decision in sorted(decisions, key=lambda entry: entry.id):
        if decision.undone or decision.elsewhere:
            continue
        if before == "closed" != decision.status:
            found.add(decision.id)
        before = decision.status
    return found


def describe_decision(decision: ShowDecision) -> Safe:
    """Returns a decision in words: status, reason and assignee."""
    said: Safe = words.status(decision.status)
    if decision.reason:
        said = tr("{status}: {reason}", status=said, reason=word(decision.reason))
    if decision.assignee:
        said = tr("{said}; assigned to {user}", said=said, user=decision.assignee)
    return tr("undone: {said}", said=said) if decision.undone else said


class VersionsCard(TextCard):
    """Shows the versions of a report, newest first, with their changes."""

    first = 2
    grows = 8

    def __init__(self) -> None:
        super().__init__(tr("Versions"))

    def show_page(self, page: ReportPageView) -> None:
        """Shows the versions of a report."""
        self.set_beside(trn("{n} version", "{n} versions", len(page.report.versions)))
        super().show_page(page)

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes each version."""
        report = page.report
        newest = sorted(report.versions, key=lambda entry: entry.n, reverse=True)
        lines = [lambda version=version: _write_version(writer, version) for version in newest]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))
        if others := [ltr(alias) for alias in report.aliases if alias != report.report_id]:
            other = tr("Also known as {numbers}", numbers=report_words.listed(others))
            writer.write_line([(other, "small")], gap=5)


def _write_version(writer: TextWriter, version: ShowVersion) -> None:
    """Writes a version: its import time, its changes and its sources."""
    told = times.both(version.imported)
    name = tr("version {n}", n=version.n)
    writer.write_line([(name, "strong"), ("  ", ""), (times.pkt(version.imported), "small")], tip=told, gap=5)
    for change in version.changes:
        writer.write_line([(report_words.reason(change), "")])
    if not version.changes:
        writer.write_line([(tr("the first") if version.n == 1 else tr("no readable change"), "muted")], gap=0)
    writer.write_line([(report_words.listed(ltr(source) for source in version.sources), "small")], gap=0)

"""Builds the cards of a report's decisions and versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.views import ShowDecision, ShowReport, ShowVersion
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.kit.widgets import Card, label, row, set_tooltip
from triage.ui.text import report_words, times, words
from triage.ui.text.i18n import Safe, isolated, ltr, tr, trn, word


def build_decisions_card(report: ShowReport, undo: Callable[[int], None], may_undo: Callable[[ShowDecision], bool]) -> Card:
    """Builds the card of the decisions, newest first; an undone decision stays and is marked."""
    card = Card(tr("Decisions"))
    again = find_reopening_decisions(report.decisions)
    for decision in sorted(report.decisions, key=lambda entry: (entry.when, entry.id), reverse=True):
        undoable = may_undo(decision) and not decision.elsewhere
        block = DecisionBlock(decision, undo if undoable else None, reopens=decision.id in again)
        card.body.addWidget(block)
    if not report.decisions:
        card.body.addWidget(label(tr("No decision yet."), "muted", wrap=True))
    return card


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


class DecisionBlock(QWidget):
    """Shows a decision with its note, and a link to undo it."""

    def __init__(self, decision: ShowDecision, undo: Callable[[int], None] | None, *, reopens: bool = False) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(1)
        said = label(describe_decision(decision), "muted" if decision.undone else "", wrap=True, selectable=True)
        if reopens:
            said.setText(tr("opened again: {said}", said=describe_decision(decision)))
        head = row(said)
        head.setStretch(0, 1)
        if undo is not None and not decision.undone:
            head.addWidget(LinkButton(tr("Undo"), lambda: undo(decision.id)))
        column.addLayout(head)
        if decision.note:
            column.addWidget(label(isolated(decision.note), "muted", wrap=True, selectable=True))
        under = label(tr("{user}, {when}", user=decision.user, when=times.pkt(decision.when)), "small")
        set_tooltip(under, times.both(decision.when))
        column.addWidget(under)


def describe_decision(decision: ShowDecision) -> Safe:
    """Returns a decision in words: status, reason and assignee."""
    said: Safe = words.status(decision.status)
    if decision.reason:
        said = tr("{status}: {reason}", status=said, reason=word(decision.reason))
    if decision.assignee:
        said = tr("{said}; assigned to {user}", said=said, user=decision.assignee)
    return tr("undone: {said}", said=said) if decision.undone else said


class VersionsCard(Card):
    """Shows the versions of a report, newest first, with their changes."""

    def __init__(self, report: ShowReport) -> None:
        super().__init__(tr("Versions"), trn("{n} version", "{n} versions", len(report.versions)))
        for version in sorted(report.versions, key=lambda entry: entry.n, reverse=True):
            self.body.addWidget(VersionBlock(version))
        if others := [ltr(alias) for alias in report.aliases if alias != report.report_id]:
            other = tr("Also known as {numbers}", numbers=report_words.listed(others))
            self.body.addWidget(label(other, "small", wrap=True, selectable=True))


class VersionBlock(QWidget):
    """Shows a version: its import time, its changes and its sources."""

    def __init__(self, version: ShowVersion) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(1)
        when = label(times.pkt(version.imported), "small")
        set_tooltip(when, times.both(version.imported))
        column.addLayout(row(label(tr("version {n}", n=version.n), "strong"), when, None))
        for change in version.changes:
            column.addWidget(label(report_words.reason(change), wrap=True, selectable=True))
        if not version.changes:
            column.addWidget(label(tr("the first"), "muted") if version.n == 1 else label(tr("no readable change"), "muted"))
        names = label(report_words.listed(ltr(source) for source in version.sources), "small", wrap=True)
        column.addWidget(names)

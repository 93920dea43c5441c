"""What runs out, and when: days left, the due time in both zones, and from what the clock runs."""

from __future__ import annotations

from triage.model.views import ShowReport
from triage.ui.kit.lines import Lines
from triage.ui.kit.widgets import Card, LabelKind, label
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, tr, word


def clocks_card(report: ShowReport) -> Card:
    card = Card(tr("Deadlines"))
    lines = Lines()
    for clock in sorted(report.clocks, key=lambda clock: clock.due):
        name = word(clock.name)
        said = tr("{what}, estimated", what=name) if clock.estimated else name
        under = Safe(f"{times.pkt(clock.due)}. {report_words.reason(clock.basis)}")
        lines.add(times.left(clock.due), said, under, told=times.both(clock.due), kind=urgency(clock.due))
    card.body.addWidget(lines)
    if not report.clocks:
        card.body.addWidget(label(tr("No deadline known: the sources state no start time."), "muted", wrap=True))
    return card


def urgency(due: str) -> LabelKind:
    """Colour is spent only on what runs out within a month."""
    days = times.days_left(due)
    if days < 0:
        return "muted"
    return "bad" if days < 14 else "warn" if days < 30 else "strong"

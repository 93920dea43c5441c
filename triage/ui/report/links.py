"""Builds the card of linked reports."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from triage.model.judgement import Link
from triage.model.views import ShowReport
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.kit.widgets import Card, KeyButton, label, row, set_tooltip
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, ltr, mark, tr, trn, word

FIRST_LINKS = 8

KINDS = {
    "cnic": mark("CNIC"),
    "user_id": mark("user id"),
    "profile_url": mark("profile URL"),
    "ip": mark("IP address"),
    "ipv6": mark("IPv6 network"),
    "ip_port_minute": mark("address, port and minute"),
    "subscriber": mark("owner of a line (not shown to be the user)"),
    "advertising_id": mark("advertising id"),
    "handle": mark("name on several platforms"),
    "camera": mark("camera"),
    "file": mark("file"),
    "report": mark("report"),
}
"""Kinds of ties (resources/rules/ties.toml) whose names are not words already."""


class LinksCard(Card):
    """Shows the linked reports, strongest link first, and prior reports that are not stored."""

    def __init__(self, report: ShowReport, open_report: Callable[[str], None]) -> None:
        super().__init__(tr("Related files"), trn("{n} report", "{n} reports", len(report.links)) if report.links else "")
        self._open = open_report
        self._rest = sorted(report.links, key=lambda link: -link.strength)
        self._more()
        named = [number for number in report.prior_reports if all(link.report_id != number for link in report.links)]
        if named:
            self.body.addWidget(label(tr("Named in a source, not in this store"), "heading"))
            self.body.addWidget(label(report_words.listed(ltr(number) for number in named), wrap=True, selectable=True))
        if not report.links and not named:
            said = tr("No report in this store shares an identifier, device or file with this one.")
            self.body.addWidget(label(said, "muted", wrap=True))

    def _more(self) -> None:
        """Adds the next eight links, and a button for the rest."""
        now, self._rest = self._rest[:FIRST_LINKS], self._rest[FIRST_LINKS:]
        for link in now:
            self.body.addLayout(self._line(link))
        if self._rest:
            self._button = KeyButton(trn("Show {n} more", "Show {n} more", len(self._rest)), kind="quiet", on=self._unfold)
            self.body.addLayout(row(self._button, None))

    def _unfold(self) -> None:
        """Replaces the button by further links."""
        self._button.hide()
        self._more()

    def _line(self, link: Link) -> QHBoxLayout:
        """Builds the line of a link: report, shared kinds and strength."""
        button = LinkButton(ltr(link.report_id), lambda: self._open(link.report_id))
        button.setAccessibleName(tr("Open report {report}", report=link.report_id))
        said = label(describe_link(link), "muted", wrap=True)
        set_tooltip(said, tr("shared value: {value}", value=link.value))
        strength = label(ltr(str(link.strength)), "small")
        set_tooltip(strength, tr("strength of the link, 1 to 100"))
        line = row(button, said, strength, spacing=8)
        line.setStretch(1, 1)
        return line


def describe_link(link: Link) -> Safe:
    """Returns in words what two reports share."""
    if link.via == "report":
        return tr("one names the other")
    what = word(KINDS.get(link.via, link.via))
    return (
        tr("same {what}", what=what)
        if link.same_user
        else tr("same {what}, but not the reported user's in both reports", what=what)
    )

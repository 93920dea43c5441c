"""Builds the card of linked reports."""

from __future__ import annotations

from collections.abc import Callable

from triage.model.damage import DAMAGE
from triage.model.judgement import Link
from triage.model.report_page import ReportPageView
from triage.ui.kit.text_view import Run, TextWriter
from triage.ui.kit.widgets import KeyButton
from triage.ui.report.report_card import TextCard
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, tr_message, trn, word

FIRST_LINKS = 6

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


class LinksCard(TextCard):
    """Shows each linked report once, strongest first, with all that it shares; then prior reports that are not stored."""

    first = FIRST_LINKS
    grows = 2

    def __init__(self, open_report: Callable[[str], None], show_graph: Callable[[], None]) -> None:
        super().__init__(tr("Belongs with"))
        self.add_button(KeyButton.for_action("report", "links", tr("Graph"), kind="mini", on=show_graph))
        self._open = open_report

    def show_page(self, page: ReportPageView) -> None:
        """Shows the links of a report."""
        count = len({link.report_id for link in page.report.links})
        self.set_beside(trn("{n} report", "{n} reports", count) if count else "")
        super().show_page(page)

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes a line for each linked report."""
        report = page.report
        grouped = group_links(report.links)
        lines = [lambda number=number, links=links: self._write_link(writer, number, links) for number, links in grouped.items()]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))
        named = [number for number in report.prior_reports if number not in grouped]
        if named:
            writer.write_heading(tr("Named in a source, not in this store"))
            writer.write_line([(report_words.listed(ltr(number) for number in named), "")])
        if "links" in report.damaged:
            writer.write_line([(tr_message(DAMAGE["links"]), "bad")])
        elif not report.links and not named:
            said = tr("No report in this store shares an identifier, device or file with this one.")
            writer.write_line([(said, "muted")])

    def _write_link(self, writer: TextWriter, number: str, links: list[Link]) -> None:
        values = Safe("\n".join(tr("{what}: {value}", what=describe_link(link), value=isolated(link.value)) for link in links))
        writer.write_line([], tip=values, gap=3)
        writer.add_link(ltr(number), lambda: self._open(number))
        said = report_words.listed(dict.fromkeys(describe_link(link) for link in links))
        runs: list[Run] = [("  ", ""), (said, "muted"), ("  ", ""), (tr("strength {n}", n=links[0].strength), "small")]
        writer.add_runs(runs)


def group_links(links: tuple[Link, ...]) -> dict[str, list[Link]]:
    """Returns report -> its links, the strongest link and the strongest report first."""
    found: dict[str, list[Link]] = {}
    for link in sorted(links, key=lambda link: -link.strength):
        found.setdefault(link.report_id, []).append(link)
    return found


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

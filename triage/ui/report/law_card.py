"""Builds the card of the sections of law that may apply. An officer decides."""

from __future__ import annotations

from triage.model.damage import DAMAGE
from triage.model.judgement import LawSuggestion
from triage.model.report_page import ReportPageView
from triage.ui.kit.text_view import Run, TextWriter
from triage.ui.report.report_card import TextCard
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, tr_message, trn, word

CERTAINTY = {
    "certain": mark("certain"),
    "probable": mark("probable"),
    "unverified": mark("not verified"),
}
"""How sure it is that the section holds as it is stated."""


class LawCard(TextCard):
    """Shows the sections that may apply with reasons and dates, then those that were examined and do not."""

    first = 3
    grows = 2

    def __init__(self) -> None:
        super().__init__(tr("Law"))
        self.set_beside(tr("suggested; an officer decides"))

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes the suggestions."""
        law = page.report.law
        offered = [each for each in law if each.offered]
        refused = [each for each in law if not each.offered]
        if "documents" in page.report.damaged:
            writer.write_line([(tr_message(DAMAGE["documents"]), "bad")])
        elif not offered:
            writer.write_line([(tr("No section is suggested by the facts of this report."), "muted")])
        lines = [lambda each=each: write_section(writer, each) for each in [*offered, *refused]]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))


def write_section(writer: TextWriter, law: LawSuggestion) -> None:
    """Writes a section: act and number, its title, why, and since when."""
    name = ltr(f"{law.act} {law.section}")
    if not law.offered:
        writer.write_line(
            [(name, "muted"), ("  ", ""), (tr("does not apply: {why}", why=report_words.reason(law.why)), "muted")],
            tip=describe_section(law),
            gap=6,
        )
        return
    runs: list[Run] = [(name, "strong"), ("  ", ""), (isolated(law.title), "")]
    writer.write_line(runs, tip=describe_section(law), gap=6)
    writer.write_line([(report_words.reason(law.why), "")], tip=describe_section(law), gap=0)
    writer.write_line([(describe_validity(law), "small")], tip=describe_section(law), gap=0)


def describe_validity(law: LawSuggestion) -> Safe:
    """Returns since when a section holds, how sure that is, and who may investigate."""
    parts = [
        tr("since {day}", day=ltr(law.holds_from))
        if law.holds_until is None
        else tr("from {day} to {last}", day=ltr(law.holds_from), last=ltr(law.holds_until))
    ]
    if law.certainty != "certain":
        parts.append(word(CERTAINTY.get(law.certainty, law.certainty)))
    if law.only_marked:
        parts.append(tr("rests on marks of the provider alone"))
    return report_words.listed(parts)


def describe_section(law: LawSuggestion) -> Safe:
    """Returns all that is known of a suggestion, for the tooltip."""
    lines = [
        Safe(f"{ltr(f'{law.act} {law.section}')} {isolated(law.title)}"),
        report_words.reason(law.why),
        describe_validity(law),
        tr("certainty: {how}", how=word(CERTAINTY.get(law.certainty, law.certainty))),
        tr("source: {source}", source=law.source),
        *(tr("investigation: {who}", who=who) for who in law.investigators),
        report_words.reason(law.note),
    ]
    return Safe("\n".join(lines))

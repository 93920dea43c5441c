"""Collects the sections of law and the bases of deadlines of all reports, so that each stands in the paper once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from triage.message import Message, Value
from triage.model.judgement import LawSuggestion
from triage.model.packet import PacketReport

_Key = tuple[str, str, str, str, str | None]


@dataclass(slots=True)
class LawEntry:
    """A section that may apply, with the reports that suggest it and why."""

    suggestion: LawSuggestion
    reports: dict[str, list[str]] = field(default_factory=dict)
    """Reason -> numbers of the reports."""


@dataclass(slots=True)
class PaperLaw:
    """The law of a whole packet."""

    sections: dict[_Key, LawEntry] = field(default_factory=dict)
    investigators: dict[str, list[str]] = field(default_factory=dict)
    """Who may investigate -> the sections of which this holds."""
    bases: dict[str, str] = field(default_factory=dict)
    """What a deadline rests on -> the letter under which papers refer to it."""
    left_out: int = 0
    """Suggestions that are not printed: not offered, or resting on a mark alone."""
    unread: list[str] = field(default_factory=list)
    """Reports whose documents can't be read: which sections they suggest is not known."""

    def refer(self, basis: Message) -> tuple[str, str]:
        """Returns what a deadline is counted from, and the letter of the rule, such as "D1". The rule then stands here once."""
        starts: list[str] = []
        rule = str(_take_out(basis, starts))
        return "; ".join(starts), self.bases.setdefault(rule[:1].upper() + rule[1:], f"D{len(self.bases) + 1}")


_OF_ONE_REPORT = {"start": "its start", "notice": "the notice", "when": "the time beside it"}
"""Values of a deadline's basis that differ by report, and what stands for them in the rule."""


def _take_out(basis: Message, taken: list[str]) -> Message:
    """Returns a basis without what differs by report, which is added to `taken`."""
    values: dict[str, Value] = {}
    for name, value in basis.values:
        if name in _OF_ONE_REPORT:
            taken.append(str(value))
            values[name] = _OF_ONE_REPORT[name]
        else:
            values[name] = _take_out(value, taken) if isinstance(value, Message) else value
    return Message(basis.key, **values)  # message-ok


def collect_law(reports: Iterable[PacketReport]) -> PaperLaw:
    """Returns the sections that the reports suggest by a stated fact. What is not offered, or only marked, is left out."""
    table = PaperLaw()
    for report in reports:
        if "documents" in report.show.damaged:
            table.unread.append(report.show.report_id)
        for each in report.show.law:
            if not each.offered or each.only_marked:
                table.left_out += 1
                continue
            key = (each.act, each.section, each.title, each.holds_from, each.holds_until)
            entry = table.sections.setdefault(key, LawEntry(each))
            numbers = entry.reports.setdefault(str(each.why), [])
            if report.show.report_id not in numbers:
                numbers.append(report.show.report_id)
            for who in each.investigators or ("not checked",):
                named = table.investigators.setdefault(who, [])
                if (section := f"{each.act} {each.section}") not in named:
                    named.append(section)
    return table

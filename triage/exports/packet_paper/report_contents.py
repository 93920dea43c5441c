"""Part 3: what the report says. The words come first, then people, identifiers and the rest."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.packet_paper.wording import NOT_STATED, SourceNames, format_role, format_value, order_role
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows
from triage.exports.time_labels import format_source_time
from triage.model.damage import DAMAGE
from triage.model.field_words import describe_field
from triage.model.packet import PacketReport
from triage.model.role_words import IDENTIFIER_KINDS
from triage.model.views import ShowIdentifier, ShowNotUnderstood, ShowReport

PRINTED_OF_A_VALUE = 2_000
"""Characters that are printed of a value that was not understood; report.json holds it whole."""
PRINTED_IN_ALL = 100_000
"""Characters that are printed of all of them: some forty pages."""
_PRINTED_ABOVE = frozenset(
    ("reportId", "esp", "incident_type", "incident_time", "received", "priority_code", "designation", "escalation")
)
"""Facts that the table of the incident prints already."""


def print_report(report: PacketReport) -> Iterator[Block]:
    """Yields what the sources state, with the place of every value."""
    show, names = report.show, SourceNames(report)
    yield HeadingBlock("3 What the report says", 2)
    if "documents" in show.damaged:  # each part would say that the sources state nothing
        yield ParagraphBlock(str(DAMAGE["documents"]))
    else:
        yield from _print_texts(show, names)
        yield from _print_incident(show)
        yield from _print_people(show)
        yield from _print_identifiers(show, names)
        yield from _print_conflicts(show, names)
    if show.not_understood:
        yield ParagraphBlock("Triage did not understand the following content of the documents. It is printed as it is.")
        yield from print_not_understood(show.not_understood)


def _print_texts(show: ShowReport, names: SourceNames) -> Iterator[Block]:
    """Yields the free texts whole, then which files hold text that is not printed."""
    if not show.free_text:
        yield ParagraphBlock("The report holds no free text.")
    for text in sorted(show.free_text, key=lambda each: order_role(each.of)):
        yield HeadingBlock(f"In words: {describe_field(text.label)} ({format_role(text.of)})", 3)
        yield ParagraphBlock(text.text)
        yield ParagraphBlock(names.format(text.sources), small=True)
    for file in show.files:
        if (found := file.file_text) is not None:
            what = f"{found.count} messages, {found.format}" if found.format else "a text"
            yield ParagraphBlock(f"Exhibit {file.exhibit or file.name or 'unnamed'} holds {what}. {found.why or ''}".rstrip())


def _print_incident(show: ShowReport) -> Iterator[Block]:
    """Yields the incident, the provider, and everything stated about the whole report."""
    receiver = "NCMEC" if show.from_tipline else "the agency"
    estimated = " Estimated from the incident's time: that of receipt is not stated." if show.received_estimated else ""
    rows = [
        ("Incident type", show.incident_type or NOT_STATED),
        ("Incident time", format_source_time(show.incident_time, show.incident_time_original, show.incident_time_zone)),
        (f"Received by {receiver}", format_source_time(show.received, show.received_original, show.received_zone) + estimated),
        ("Provider", show.esp or NOT_STATED),
        ("Designation", show.designation or NOT_STATED),
        ("Priority code", f"NCMEC {show.priority_code}" if show.priority_code else NOT_STATED),
        ("Escalated by the provider", show.escalation or NOT_STATED),
        ("Annotations", ", ".join(map(describe_field, show.annotations)) or "none stated"),
        ("Other numbers", ", ".join(alias for alias in show.aliases if alias != show.report_id) or "none"),
    ]
    rows += [
        (_capital(describe_field(name)), format_value(value)) for name, value in show.facts.items() if name not in _PRINTED_ABOVE
    ]
    yield Pairs(tuple(rows), caption="The incident, as the sources state it")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _print_people(show: ShowReport) -> Iterator[Block]:
    """Yields each person with what the sources state of them, the child first."""
    for person in sorted(show.people, key=lambda each: order_role(each.role)):
        caption = f'{_capital(format_role(person.role))} (the source says: "{person.says}")'
        if person.facts:
            facts = tuple((_capital(describe_field(name)), format_value(value)) for name, value in person.facts.items())
            yield Pairs(facts, caption=caption)
        else:
            yield ParagraphBlock(f"{caption}: nothing but identifiers is stated.")


def _print_identifiers(show: ShowReport, names: SourceNames) -> Iterator[Block]:
    """Yields the identifiers, the child's first."""
    if not show.identifiers:
        return
    found = sorted(show.identifiers, key=lambda each: (order_role(each.role), each.kind, each.value))
    head = ("Of, kind", "Value", "Port", "Time: as written, UTC, PKT", "Event, verified, details", "Source")
    yield Rows(head, tuple(_list_identifier(each, names) for each in found), (26, 40, 11, 36, 31, 46), caption="Identifiers")


def _list_identifier(each: ShowIdentifier, names: SourceNames) -> tuple[str, ...]:
    said = [each.event or "", f"verified: {format_value(each.verified)}"]
    said += [f"{describe_field(name)}: {value}" for name, value in each.details.items()]
    if each.possible_proxy is not None:
        said.append(f"possible proxy: {format_value(each.possible_proxy)}")
    return (
        f"{format_role(each.role)}\n{IDENTIFIER_KINDS.get(each.kind, each.kind)}",
        each.value,
        "" if each.port is None else str(each.port),
        "" if each.time is None else format_source_time(each.time, each.time_original, each.time_zone, lines=True),
        "\n".join(filter(None, said)),
        names.format(each.sources),
    )


def _print_conflicts(show: ShowReport, names: SourceNames) -> Iterator[Block]:
    """Yields where the sources differ."""
    if not show.conflicts:
        return
    rows = tuple(
        (
            describe_field(conflict.field),
            "\n".join(f"{value.value} ({names.format(value.sources)})" for value in conflict.values),
        )
        for conflict in show.conflicts
    )
    yield Rows(("Field", "Values and their sources"), rows, (3, 12), caption="Where the sources differ")


def print_not_understood(found: tuple[ShowNotUnderstood, ...]) -> Iterator[Block]:
    """Yields values that were not understood, within bounds.

    A sender could otherwise force endless pages.
    """
    rows, left = [], PRINTED_IN_ALL
    for entry in found:
        value = entry.value[:PRINTED_OF_A_VALUE]
        if len(entry.value) > len(value):
            value += f"\n[Cut here: {len(entry.value) - len(value)} more characters stand in report.json.]"
        left -= len(entry.source) + len(entry.path) + len(value)
        if left < 0:
            break
        rows.append((entry.source, entry.path, value))
    if rows:
        yield Rows(("Document", "Where", "Value"), tuple(rows), (4, 4, 8), caption="Content that was not understood")
    if more := len(found) - len(rows):
        yield ParagraphBlock(f"{more} more entries stand in report.json.")

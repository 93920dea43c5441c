"""Says in words what is stated about identifiers, and groups them by whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from triage.model.report_page import ShowOperator
from triage.model.role_words import IDENTIFIER_KINDS
from triage.model.views import ShowIdentifier, ShowReport
from triage.ui.report.people import PERSON_ORDER, find_name, group_by_person, sort_people
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, tr_message, word


class IdentifierColumn(IntEnum):
    """Numbers the columns of the table."""

    KIND, VALUE, OPERATOR, TIME, SOURCE = range(5)


HEADERS = {
    IdentifierColumn.KIND: mark("Kind"),
    IdentifierColumn.VALUE: mark("Value"),
    IdentifierColumn.OPERATOR: mark("Operator, sharing"),
    IdentifierColumn.TIME: mark("Event, time in Pakistan"),
    IdentifierColumn.SOURCE: mark("Source"),
}

ORDER = tuple(kind for kind in (
    "phone", "email", "cnic", "name", "username", "display_name", "user_id", "customer_id", "address", "device", "wallet",
    "url", "ip",
))  # fmt: skip
MAY_BE_VERIFIED = ("phone", "email", "address", "name", "cnic")
EVENTS = {
    "login": mark("log-in"),
    "registration": mark("registration"),
    "purchase": mark("purchase"),
    "upload": mark("upload"),
    "other": mark("other"),
    "unknown": mark("unknown"),
}
"""By the source's word in small letters: providers write Upload, the case tool UPLOAD."""


def sort_identifiers(found: Sequence[ShowIdentifier]) -> list[ShowIdentifier]:
    """Returns identifiers that may name a person first, IP addresses last, and newest first within a kind."""

    def rank(entry: ShowIdentifier) -> int:
        return ORDER.index(entry.kind) if entry.kind in ORDER else len(ORDER)

    newest = sorted(found, key=lambda entry: entry.time or "", reverse=True)
    return sorted(newest, key=rank)


def describe_details(entry: ShowIdentifier, report: ShowReport) -> Safe:
    """Returns the other details of an identifier, as a remark."""
    said: list[str] = [isolated(value) for value in entry.details.values() if not _repeats(value, entry)]
    if entry.possible_proxy is not None:
        said.append(tr("possible proxy") if entry.possible_proxy else tr("not a proxy, according to the source"))
    if entry.file is not None:
        said.append(tr("with {file}", file=report_words.name_of_file(report, entry.file)))
    return report_words.listed(said)


def _repeats(value: str, entry: ShowIdentifier) -> bool:
    """Returns whether a detail repeats the value or the kind."""
    return value in entry.value or value.lower() == IDENTIFIER_KINDS.get(entry.kind, "").lower()


def describe_verified(entry: ShowIdentifier) -> Safe:
    """Returns "yes", "no" or "not stated", or an empty text for kinds that are never verified."""
    if entry.verified is None and entry.kind not in MAY_BE_VERIFIED:
        return Safe("")
    return report_words.tri(entry.verified)


def describe_identifier(entry: ShowIdentifier, operator: ShowOperator | None = None) -> Safe:
    """Returns all that is stated about an identifier, for the tooltip."""
    lines: list[str] = [tr("{kind}: {value}", kind=word(IDENTIFIER_KINDS.get(entry.kind, entry.kind)), value=ltr(entry.value))]
    if entry.normalised and entry.normalised != entry.value:
        lines.append(tr("normal form: {value}", value=ltr(entry.normalised)))
    if entry.port is not None:
        lines.append(tr("port {port}", port=str(entry.port)))
    if operator is not None and operator.says:
        lines.append(tr_message(operator.says))
    if entry.time is not None:
        lines.append(times.both(entry.time))
        if entry.time_original:
            lines.append(tr("as in the source: {text}", text=ltr(entry.time_original)))
        if entry.time_zone == "assumed UTC":
            lines.append(tr("The source states no time zone; UTC is assumed."))
    if verified := describe_verified(entry):
        lines.append(tr("verified: {state}", state=verified))
    lines += [f"{report_words.fact(name)}: {report_words.stated(value)}" for name, value in entry.details.items()]
    lines.append(report_words.full_sources(entry.sources))
    return Safe("\n".join(lines))


def describe_operator(operator: ShowOperator | None) -> tuple[Safe, Safe]:
    """Returns the operator of an address or number, and whether lines share it and how sure the tables are."""
    if operator is None:
        return Safe(""), Safe("")
    if operator.name is None and operator.country not in (None, "PK"):
        return tr("abroad: {country}", country=ltr(operator.country)), Safe("")
    said = [tr_message(part) for part in (operator.sharing or operator.line,) if part]
    if operator.sure is False:
        said.append(tr("one of two tables"))
    return Safe("") if operator.name is None else ltr(operator.name), report_words.listed(said)


def describe_event_and_time(entry: ShowIdentifier) -> tuple[Safe, Safe]:
    """Returns event and time in Pakistan, then the time in UTC, or whether the value is verified."""
    verified = describe_verified(entry)
    state = Safe("")
    if verified:
        state = tr("verified: {state}", state=verified) if entry.verified is not None else tr("verification not stated")
    event = Safe("") if entry.event is None else describe_event(entry.event)
    if entry.time is None:
        return (event, state) if entry.verified is None else (state, event)
    said = format_local_time(entry.time)
    return (tr("{event}, {time}", event=event, time=said) if event else said), format_utc(entry)


def format_value(entry: ShowIdentifier) -> Safe:
    """Returns a value with its port, such as "203.0.113.7 : 41522"."""
    return ltr(entry.value) if entry.port is None else ltr(f"{entry.value} : {entry.port}")


def cell_text(entry: ShowIdentifier, column: IdentifierColumn, operator: ShowOperator | None = None) -> Safe:
    """Returns the text of an identifier's cell."""
    match column:
        case IdentifierColumn.KIND:
            return word(IDENTIFIER_KINDS.get(entry.kind, entry.kind))
        case IdentifierColumn.VALUE:
            return format_value(entry)
        case IdentifierColumn.OPERATOR:
            return describe_operator(operator)[0]
        case IdentifierColumn.TIME:
            return describe_event_and_time(entry)[0]
        case IdentifierColumn.SOURCE:
            return report_words.short_sources(entry.sources)


def describe_event(name: str) -> Safe:
    """Returns an event in words."""
    return word(EVENTS.get(name.lower(), name))


def format_local_time(iso: str) -> Safe:
    """Returns a time in Pakistan, without naming the zone."""
    local = times.to_pkt(times.parse(iso))
    return Safe(f"{times.day(local)} {times.clock(local, seconds=True)}")


def format_utc(entry: ShowIdentifier) -> Safe:
    """Returns the time in UTC, with the day if it differs and a question mark if the zone is assumed."""
    if entry.time is None:
        return Safe("")
    there = times.parse(entry.time)
    said = times.clock(there, seconds=True)
    if times.to_pkt(there).date() != there.date():
        said = Safe(f"{ltr(str(there.day))} {word(times.MONTHS[there.month - 1])} {said}")
    return tr("{clock} UTC?", clock=said) if entry.time_zone == "assumed UTC" else tr("{clock} UTC", clock=said)


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    """A row of the table: an identifier, or without one the heading of a group."""

    heading: Safe
    entry: ShowIdentifier | None = None


def group_rows(report: ShowReport) -> list[IdentifierRow]:
    """Returns the rows: people in their order, then identifiers of no person by role; the reporting provider comes last."""
    own = group_by_person(report)
    rows: list[IdentifierRow] = []
    for index, person in sort_people(report):
        if found := own.get(index):
            said = Safe(f"{report_words.role(person.role)}  {find_name(found) or ''}").strip()
            rows += _build_group(Safe(said), found)
    for role in PERSON_ORDER:
        if loose := [entry for entry in own.get(-1, []) if entry.role == role]:
            rows += _build_group(report_words.role(role), loose)
    return rows


def _build_group(heading: Safe, found: Sequence[ShowIdentifier]) -> list[IdentifierRow]:
    return [IdentifierRow(heading), *(IdentifierRow(heading, entry) for entry in sort_identifiers(found))]

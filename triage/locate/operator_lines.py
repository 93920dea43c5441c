"""Describes the operator of an address or a number, and whether its lines share an address. It gives no points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.locate.ip import LINE_TYPES, Finding, look_up
from triage.locate.phone import Line, name_area, read_number
from triage.message import NOTHING, Message

Shared = Literal["shared", "may be shared", "not shared", "unknown"]

_SHARING: dict[str, tuple[Shared, Message]] = {
    "certain": ("shared", Message("shared address")),
    "likely": ("shared", Message("probably shared address")),
    "campus": ("shared", Message("shared by a campus")),
    "office": ("shared", Message("shared by an office")),
    "possible": ("may be shared", Message("may be shared")),
    "unlikely": ("not shared", Message("probably not shared")),
    "no": ("not shared", Message("not shared")),
}
_UNKNOWN: tuple[Shared, Message] = ("unknown", Message("sharing not known"))


@dataclass(frozen=True, slots=True)
class LineFacts:
    """The operator of an address or number. `sure`: both address tables agree; None where there is nothing to compare."""

    name: str | None
    line: Message
    shared: Shared
    sharing: Message
    sure: bool | None
    country: str | None
    says: Message


def describe_line(kind: str, value: str, calling_code: str = "") -> LineFacts | None:
    """Returns what the tables say of an identifier of the kind "ip" or "phone"; None when they say nothing."""
    if kind == "ip":
        finding = look_up(value)
        return None if finding is None else _describe_address(finding)
    if kind == "phone":
        line = read_number(value, calling_code)
        return None if line is None else _describe_number(line)
    return None


def _describe_address(finding: Finding) -> LineFacts:
    operator = finding.operator
    at_home = finding.country == "PK"
    shared, sharing = _describe_sharing(finding) if at_home else ("unknown", NOTHING)
    return LineFacts(
        name=None if operator is None else operator.name,
        line=NOTHING if operator is None else LINE_TYPES.get(operator.kind, NOTHING),
        shared=shared,
        sharing=sharing,
        sure=finding.rule != "ip.one_table" if at_home else None,
        country=finding.country,
        says=finding.says,
    )


def _describe_sharing(finding: Finding) -> tuple[Shared, Message]:
    """Returns whether lines share a Pakistani address."""
    if ":" in finding.address:
        return "not shared", Message("IPv6, seldom shared")
    return _UNKNOWN if finding.operator is None else _SHARING.get(finding.operator.shared, _UNKNOWN)


def _describe_number(line: Line) -> LineFacts:
    if not line.possible:
        return LineFacts(None, Message("not a possible number"), "unknown", NOTHING, None, line.country, NOTHING)
    if line.country != "PK":
        return LineFacts(None, NOTHING, "unknown", NOTHING, None, line.country, NOTHING)
    if line.landline:
        return LineFacts(None, Message("landline of {place}", place=name_area(line)), "unknown", NOTHING, None, "PK", NOTHING)
    return LineFacts(line.operator, Message("mobile; numbers can be carried"), "unknown", NOTHING, None, "PK", NOTHING)

"""Formats facts and sources for showing."""

from __future__ import annotations

from triage.model.document import Fact, Scalar, Source
from triage.model.views import ShowSource


def format_facts(stated: tuple[Fact, ...]) -> dict[str, Scalar]:
    """Returns facts by name. A name that is stated several times keeps all values, numbered from the second."""
    found: dict[str, Scalar] = {}
    for fact in stated:
        name, n = fact.name, 1
        while name in found:
            n += 1
            name = f"{fact.name} ({n})"
        found[name] = fact.value
    return found


def format_sources(found: tuple[Source, ...]) -> tuple[ShowSource, ...]:
    """Returns sources with their page, where they name one."""
    return tuple(ShowSource(document=s.document, page=_parse_page(s.at), path=s.at, label=s.label) for s in found)


def _parse_page(at: str) -> int | None:
    """Returns the page number in a place such as "page 3, line 2", or None."""
    first, _, rest = at.partition(" ")
    number = rest.split(",")[0].split(" ")[0]
    return int(number) if first == "page" and number.isdecimal() else None

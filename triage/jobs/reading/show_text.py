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
    return tuple(ShowSource(document=s.document, page=s.page, path=s.at, label=s.label) for s in found)

"""Facts and sources in the form that `show` gives them."""

from __future__ import annotations

from triage.model.document import Fact, Scalar, Source
from triage.model.views import ShowSource


def facts(stated: tuple[Fact, ...]) -> dict[str, Scalar]:
    """By name; a name that is stated several times keeps all values, numbered from the second."""
    found: dict[str, Scalar] = {}
    for fact in stated:
        name, n = fact.name, 1
        while name in found:
            n += 1
            name = f"{fact.name} ({n})"
        found[name] = fact.value
    return found


def sources(found: tuple[Source, ...]) -> tuple[ShowSource, ...]:
    return tuple(ShowSource(document=s.document, page=_page(s.at), path=s.at, label=s.label) for s in found)


def _page(at: str) -> int | None:
    first, _, rest = at.partition(" ")
    number = rest.split(",")[0].split(" ")[0]
    return int(number) if first == "page" and number.isdecimal() else None

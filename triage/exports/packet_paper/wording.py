"""Words for values that several parts of the paper print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.model.packet import PacketReport
from triage.model.role_words import ROLES
from triage.model.views import ShowSource

NOT_STATED = "not stated"
NOT_RECORDED = "not recorded"


def format_value(value: object) -> str:
    """Returns a stated value, "yes" or "no", or "not stated"."""
    if value is None:
        return NOT_STATED
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


class SourceNames:
    """Names source documents by their exhibit numbers."""

    def __init__(self, report: PacketReport) -> None:
        self._exhibits = {source.path: source.exhibit.rpartition("-")[2] for source in report.sources}

    def format(self, found: Sequence[ShowSource]) -> str:
        """Returns the exhibits and the places in them, each exhibit named once: "S1, page 3; S2, $.priorityLevel"."""
        places: dict[str, list[str]] = {}
        for source in found:
            name = self._exhibits.get(source.document, source.document.rpartition("/")[2])
            places.setdefault(name, []).append(source.path)
        return "; ".join(f"{name}, {', '.join(dict.fromkeys(paths))}" for name, paths in places.items())


def format_role(role: str) -> str:
    """Returns the words for a role."""
    return ROLES.get(role, role)


def order_role(role: str) -> int:
    """Returns the place of a role in print: the child first."""
    order = list(ROLES)
    return order.index(role) if role in order else len(order)


def count(n: int, one: str, many: str) -> str:
    """Returns a number with its noun: "1 document", "0 documents"."""
    return f"{n} {one if n == 1 else many}"


def join_and(words: Iterable[str]) -> str:
    """Returns words as a list in a sentence: "a, b and c"."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last

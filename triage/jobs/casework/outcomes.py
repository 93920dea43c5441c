"""What a report ends in: closing reasons of one list, and reopening as an event of its own."""

from __future__ import annotations

from triage.errors import Refused
from triage.model.casework import Closing
from triage.model.views import Status


def reason_for(status: Status | None, reason: str | None, *, clearing: bool = False) -> str | None:
    """The reason as the list spells it. Raises Refused for a report that is to be closed without one of the list; "cleared" is
    for `clearing` alone, which sets the report apart as well."""
    if status != "closed":
        return reason
    said = (reason or "").replace("_", " ").replace("-", " ").strip().casefold()
    for each in Closing:
        if each.value == said and (clearing or each is not Closing.CLEARED):
            return each.value
    if said == Closing.CLEARED.value:
        raise Refused(
            "Whoever clears a person sets the report apart as well, and has to say how: triage clear REPORT --reason HOW"
        )
    choices = ", ".join(each.value for each in Closing if each is not Closing.CLEARED)
    lead = "A report is closed for a reason of the list" if not said else f"{reason!r} is no reason for closing"
    raise Refused("{lead}; give --reason with one of: {choices}. Use --note for anything else.", lead=lead, choices=choices)


def reopens(before: str, after: str) -> bool:
    """Whether work on a closed report begins again."""
    return before == "closed" and after != "closed"

"""Checks the reasons for closing a report, and recognises that a closed report is reopened."""

from __future__ import annotations

from triage.errors import Refused
from triage.message import Message
from triage.model.casework import Closing
from triage.model.views import Status


def check_reason(status: Status | None, reason: str | None, *, clearing: bool = False) -> str | None:
    """Returns the reason as the list of closing reasons spells it; other statuses take any reason.

    The reason "cleared" is for `clearing` alone, which sets the report apart as well.

    Raises:
        Refused: if a report is closed without a reason of the list
    """
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
    lead = Message("A report is closed for a reason of the list")
    if said:
        lead = Message("{reason} is no reason for closing", reason=repr(reason))
    raise Refused("{lead}; give --reason with one of: {choices}. Use --note for anything else.", lead=lead, choices=choices)


def is_reopening(before: str, after: str) -> bool:
    """Returns whether this change of status reopens a closed report."""
    return before == "closed" and after != "closed"

"""Says for each kind of link how sure it is, and what it does not show."""

from __future__ import annotations

from triage.message import Message, join

REASONS = {
    "report": Message("One report names the other."),
    "cnic": Message("The same identity card number."),
    "user_id": Message("The same account at the same provider."),
    "email": Message("The same e-mail address."),
    "device": Message("The same device or SIM number; copied numbers occur."),
    "phone": Message("The same telephone, not shown to be the same person."),
    "ip_port_minute": Message("The same address, source port and minute: one line, not shown to be one person."),
    "wallet": Message("The same account that takes money."),
    "profile_url": Message("The same profile page."),
    "camera": Message("Files made by the same camera, not shown to be the same person."),
    "username": Message("The same user name at the same provider; some names are given out again."),
    "ipv6": Message("The same whole IPv6 address: one line, not shown to be one person."),
    "file": Message("The same bytes. Material travels, so this ties material, not people."),
    "advertising_id": Message("The same advertising or installation id; users can reset such ids."),
    "subscriber": Message("Operators name the same owner of a line; the owner is not shown to be the user."),
    "handle": Message("The same user name at another provider; many people use common names."),
    "ip": Message("The same address at whatever time: one line, or many thousands behind it."),
}
"""The kinds of resources/rules/ties.toml."""
NEAR = Message("Near copies: similar by their hashes, or joined by a person. This ties material, not people.")
POSSIBLE = Message("A possible match that nobody has confirmed: it counts for nothing yet.")
NOT_ALONE = Message("Alone this ties nobody; it counts only beside other links.")
NOT_OF_USERS = Message("It is not the reported user's in all of these reports.")


def explain_link(kind: str, *, alone: bool, of_users: bool) -> Message:
    """Returns how sure a link by a value of this kind is.

    Args:
        kind: A kind of ties.toml.
        alone: Whether the value would link two reports without any other.
        of_users: Whether it is the reported user's in every report.
    """
    said = [REASONS[kind]]
    if not alone:
        said.append(NOT_ALONE)
    if not of_users and kind not in ("report", "file", "camera", "subscriber"):
        said.append(NOT_OF_USERS)
    return join(*said)

"""Offers the names that can be chosen when an unknown name is refused."""

from __future__ import annotations

from collections.abc import Sequence

from triage.message import Message

MOST_NAMED = 20
"""A sentence with more names than this is not read; the command that lists them stands in their place."""


def name_choices(names: Sequence[str], command: Message) -> Message:
    """Returns the part of a sentence that says what can be chosen.

    `command` lists the names; the desktop names the page that lists them in its place (resources/translations/en_window.json).
    """
    if not names:
        return Message("there is none yet")
    if len(names) > MOST_NAMED:
        return Message("list them with: {command}", command=command)
    return Message("choose one of {choices}", choices=tuple(names))

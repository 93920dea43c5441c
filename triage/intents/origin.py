"""Whose words a text is: of the parties themselves, of the provider, of NCMEC, or not known."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

from triage.model.document import FreeText

Origin = Literal["party", "provider", "NCMEC", "unknown"]

_NO_LETTER = re.compile(r"[\W_]+")
_PARTY_LABELS = ("content", "contents", "chat", "message", "messages", "conversation", "transcript", "bio", "aboutme", "caption")
_PROVIDER_LABELS = ("additionalinfo", "incidentdatetimedescription", "escalate", "comments")
_NCMEC_LABELS = ("cover", "executivesummary", "ncmec", "section")
_CHAT_LINE = re.compile(
    r"^[ \t]*(?P<time>\[?\(?\d{1,4}[-/.:]\d{1,2}[-/.:\d, TZ]{0,24}(?:[AaPp][Mm])?\]?\)?[ \t]*[-–]?[ \t]*)?"
    r"(?P<who>[^\s:\[\]]{1,30}(?: [^\s:\[\]]{1,20}){0,2})[ \t]?:[ \t]\S",
    re.MULTILINE,
)
MAX_LINES = 400  # of one text in which quoted lines are looked for
FEW_LINES = 2


def origin_of(text: FreeText) -> Origin:
    """Returns whose words a text of a report is, by its field; prose that holds the lines of a chat is the parties'."""
    label = _NO_LETTER.sub("", text.label.casefold())
    if text.of == "reporter" or label.startswith(_NCMEC_LABELS):
        return "NCMEC" if label.startswith(_NCMEC_LABELS) else "provider"
    if label.endswith(_PARTY_LABELS):
        return "party"
    if holds_chat(text.text):
        return "party"
    return "provider" if label.startswith(_PROVIDER_LABELS) or text.of == "incident" else "unknown"


def holds_chat(text: str) -> bool:
    """Whether lines of a text are those of a chat: "name: words" with times, or of names that come back."""
    times = 0
    names: Counter[str] = Counter()
    for place, found in enumerate(_CHAT_LINE.finditer(text)):
        if place >= MAX_LINES:
            break
        times += found["time"] is not None
        names[found["who"].casefold()] += 1
    return times >= FEW_LINES or sum(count >= FEW_LINES for count in names.values()) >= FEW_LINES

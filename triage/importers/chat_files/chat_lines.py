"""Finds the messages in lines of text, as messengers export and people copy them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from triage.model.file_text import FileMessage

_LONGEST_HEAD = 200
"""Characters of a line in which time and sender stand."""
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}| UTC)?"
_HALF = r"(?: ?(?:[AaPp]\.?[Mm]\.?|صبح|شام|رات|دن|دوپہر|ص|م|ق\.ظ|ب\.ظ)(?!\w))?"
_DATE = r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2} [^\W\d]{3,12} \d{2,4}|[^\W\d]{3,12} \d{1,2}, \d{2,4})"
_TIME = rf"(?:{_DATE}[,،]?[ T]{{0,2}}(?:at )?{_CLOCK}{_HALF}|{_CLOCK}{_HALF})"
_STAMPED = re.compile(rf"[\[(]?(?P<time>{_TIME})[\])]?[ \t]{{0,3}}(?:[-–—,|][ \t]{{0,3}})?(?P<rest>.*)", re.DOTALL)
_NO_NAME = r"\s:<>\[\]{}\""
_NAMED = re.compile(
    rf"(?:<(?P<angle>[^<>\n]{{1,60}})>|(?P<who>[^{_NO_NAME}](?:[^{_NO_NAME}]| ){{0,59}}):)[ \t]{{0,3}}(?P<text>.*)", re.DOTALL
)
_NAMED_AND_TIMED = re.compile(
    rf"(?P<who>[^{_NO_NAME}()](?:[^{_NO_NAME}()]| ){{0,59}}?),? ?[\[(](?P<time>{_TIME})[\])]:?[ \t]{{0,3}}(?P<text>.*)", re.DOTALL
)
_INVISIBLE = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_SPACES = {0xA0: " ", 0x202F: " "}
_MOST_WORDS = 4
"""A sender's name has at most so many words where no time stands before it."""
FEWEST_RETURNS = 2
"""Without times a text is a chat when two names stand before lines at least so often each."""


@dataclass(slots=True)
class _Growing:
    """A message whose lines are still being collected."""

    sender: str
    time: str
    lines: list[str] = field(default_factory=list)

    def finish(self) -> FileMessage:
        """Returns the message."""
        return FileMessage(self.sender, self.time, "\n".join(self.lines).strip())


def find_messages(lines: Iterable[str]) -> list[FileMessage] | None:
    """Returns the messages in these lines, or None when they are no chat. A line without a head continues the message before."""
    known = list(lines)
    heads = [_read_head(line) for line in known]
    if not any(head is not None and head.time and head.sender for head in heads):
        names = Counter(head.sender.casefold() for head in heads if head is not None and head.sender)
        returning = {name for name, count in names.items() if count >= FEWEST_RETURNS}
        if len(returning) < FEWEST_RETURNS:
            return None
    else:
        heads = [head if head is not None and head.time else None for head in heads]
    return list(_collect(known, heads))


def _collect(lines: list[str], heads: list[_Growing | None]) -> Iterator[FileMessage]:
    """Yields the messages: each head with the lines behind it."""
    growing: _Growing | None = None
    for line, head in zip(lines, heads, strict=True):
        if head is not None:
            if growing is not None:
                yield growing.finish()
            growing = head
        elif growing is not None:
            growing.lines.append(line)
        elif line.strip():
            growing = _Growing("", "", [line])
    if growing is not None:
        yield growing.finish()


def _read_head(line: str) -> _Growing | None:
    """Returns the message that a line begins, or None when it begins none."""
    head = line[:_LONGEST_HEAD].translate(_INVISIBLE).translate(_SPACES).lstrip()
    rest = line[_LONGEST_HEAD:]
    both = _NAMED_AND_TIMED.match(head)
    if both is not None:
        return _Growing(both["who"].strip(), both["time"], [both["text"] + rest])
    stamped = _STAMPED.match(head)
    if stamped is not None:
        named = _NAMED.match(stamped["rest"])
        if named is not None:
            return _Growing((named["angle"] or named["who"]).strip(), stamped["time"], [named["text"] + rest])
        return _Growing("", stamped["time"], [stamped["rest"] + rest])
    named = _NAMED.match(head)
    if named is None or (named["who"] and not _is_name(named["who"], named["text"])):
        return None
    return _Growing((named["angle"] or named["who"]).strip(), "", [named["text"] + rest])


def _is_name(who: str, text: str) -> bool:
    """Returns whether words before a colon may be a name: few words, and no address such as https://."""
    return len(who.split()) <= _MOST_WORDS and not text.startswith("//") and any(map(str.isalpha, who))

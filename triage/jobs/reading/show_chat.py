"""Shows the texts of a report: chats as messages with speakers, other texts by whose words they are, and what to read first.

A chat is a text whose lines begin with a time or with names that come back, or a file that holds one. The marks are those of the
stored reading, so that the page says the same as the score card.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from triage.importers.chat_files.chat_lines import find_messages
from triage.intents import IntentFinding, origin_of
from triage.model.document import FreeText
from triage.model.file_text import FileMessage
from triage.model.report_page import ChatMessage, Conversation, PageText, TextMark
from triage.model.views import ShowFile, ShowReport, ShowText

NAMES = frozenset({"name", "username", "display_name", "user_id", "email", "phone"})
"""Kinds of identifiers that a chat may call its speakers by."""
SPOKEN_FOR = {
    "suspect": "suspect",
    "reported user": "suspect",
    "victim": "victim",
    "child": "victim",
    "child victim": "victim",
    "recipient": "recipient",
}
"""The words that sources put in place of a speaker's name, in small letters, and the roles that they mean."""
FEWEST_LETTERS = 4  # of a sentence that is looked for without its speaker
FEWEST_SPOKEN = 2  # messages with a speaker that make a text a chat


@dataclass(frozen=True, slots=True)
class ShownTexts:
    """The texts of a report for its page."""

    conversations: tuple[Conversation, ...]
    texts: tuple[PageText, ...]


def show_texts(show: ShowReport, findings: Sequence[IntentFinding]) -> ShownTexts:
    """Returns the chats and the other texts of a report, with the sentences that were found marked."""
    roles = find_speaker_roles(show)
    conversations, texts = [], []
    for text in show.free_text:
        messages = find_chat(text.text, roles)
        if messages is None:
            texts.append(_build_text(text, findings))
        else:
            conversations.append(
                Conversation(
                    label=text.label,
                    of=text.of,
                    file=None,
                    sources=text.sources,
                    messages=_build_messages(messages, roles, findings),
                )
            )
    conversations += [
        Conversation(
            label=file.file_text.format or "",
            of="file",
            file=file.name or file.original_name or "",
            sources=file.sources,
            messages=_build_messages(file.file_text.messages, roles, findings),
            left_out=file.file_text.left_out,
        )
        for file in _list_chat_files(show.files)
        if file.file_text is not None
    ]
    return ShownTexts(tuple(conversations), tuple(texts))


def find_chat(text: str, known: Container[str] = frozenset()) -> list[FileMessage] | None:
    """Returns the messages of a text, or None when the text is no chat. `known` are names of people, in small letters."""
    messages = find_messages(text.splitlines()) or _find_spoken(text, known)
    if messages is None or sum(bool(message.sender) for message in messages) < FEWEST_SPOKEN:
        return None
    return messages


def _find_spoken(text: str, known: Container[str]) -> list[FileMessage] | None:
    """Returns the messages of a short chat: lines that begin with the name of a person of the report, and those behind them."""
    messages: list[FileMessage] = []
    for line in text.splitlines():
        name, colon, said = line.partition(":")
        if colon and name.strip().casefold() in known:
            messages.append(FileMessage(name.strip(), "", said.strip()))
        elif not messages:
            return None
        else:
            last = messages[-1]
            messages[-1] = FileMessage(last.sender, last.time, f"{last.text}\n{line}")
    return messages or None


def find_speaker_roles(show: ShowReport) -> dict[str, str]:
    """Returns speaker's name in small letters -> role, of names that only one role has."""
    found: dict[str, set[str]] = {}
    for entry in show.identifiers:
        if entry.kind in NAMES and entry.role != "reporter":
            found.setdefault(entry.value.strip().casefold(), set()).add(entry.role)
    for person in show.people:
        if person.says:
            found.setdefault(person.says.strip().casefold(), set()).add(person.role)
    named = {name: next(iter(roles)) for name, roles in found.items() if len(roles) == 1}
    return {**SPOKEN_FOR, **named}


def mark_sentences(text: str, findings: Iterable[IntentFinding]) -> tuple[TextMark, ...]:
    """Returns where the sentences of findings stand in a text, by their place; of a sentence in several lines, each line."""
    marks = []
    for finding, line in ((each, line) for each in findings for line in _split_lines(each.sentence)):
        said = next((said for said in _list_readings(line) if said in text), None)
        if said is not None:
            start = text.find(said)
            marks.append(
                TextMark(
                    start=start,
                    end=start + len(said),
                    intent=finding.intent,
                    how=finding.how,
                    why=finding.why,
                    score=finding.score,
                )
            )
    return tuple(sorted(marks, key=lambda mark: (mark.start, mark.end, mark.intent)))


def _split_lines(sentence: str) -> list[str]:
    """Returns the lines of a sentence, without those of joined ones that are too short to stand for themselves."""
    lines = sentence.split("\n")
    return [line for line in lines if len(lines) == 1 or len(line) >= FEWEST_LETTERS]


def _list_readings(sentence: str) -> Iterator[str]:
    """Yields a sentence as it was read, then without what stands before its colons: time and speaker of a chat's line."""
    yield sentence
    rest = sentence
    while ":" in rest:
        rest = rest.partition(":")[2].strip()
        if len(rest) >= FEWEST_LETTERS:
            yield rest


def _list_chat_files(files: Iterable[ShowFile]) -> list[ShowFile]:
    """Returns the files whose text holds messages, each content once."""
    found: dict[str, ShowFile] = {}
    for file in files:
        if file.file_text is not None and file.file_text.messages:
            found.setdefault(file.sha256 or file.key, file)
    return list(found.values())


def _build_messages(
    messages: Sequence[FileMessage], roles: Mapping[str, str], findings: Sequence[IntentFinding]
) -> tuple[ChatMessage, ...]:
    return tuple(
        ChatMessage(
            speaker=message.sender,
            role=roles.get(message.sender.strip().casefold()),
            time=message.time,
            text=message.text,
            marks=mark_sentences(message.text, findings),
        )
        for message in messages
    )


def _build_text(text: ShowText, findings: Sequence[IntentFinding]) -> PageText:
    origin = origin_of(FreeText(text=text.text, of=text.of, label=text.label, sources=()))  # type: ignore[arg-type]
    return PageText(
        text=text.text,
        of=text.of,
        label=text.label,
        origin=origin,
        sources=text.sources,
        marks=mark_sentences(text.text, findings),
    )

"""Finds the messages in JSON exports: objects with a text and a sender or a time, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from triage.importers.chat_files.message_fields import NESTED_NAMES, SENDERS, TEXTS, TIMES, simplify_name
from triage.importers.chat_files.text_decoding import clean_text
from triage.importers.json_reading import Json
from triage.model.file_text import FileMessage


def find_json_messages(parsed: Json) -> list[FileMessage]:
    """Returns the messages in document order; without any, each text that is more than one word, without a sender."""
    found = [message for node in _iter_objects(parsed) if (message := _read_message(node)) is not None]
    if found:
        return found
    return [FileMessage("", "", _clean(text)) for text in _iter_texts(parsed) if " " in text.strip()]


def _iter_objects(parsed: Json) -> Iterator[dict[str, Json]]:
    """Yields all objects in document order, without recursion. The inside of a message is not walked."""
    waiting: list[Json] = [parsed]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            if _read_message(node) is None:
                waiting.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            waiting.extend(reversed(node))


def _iter_texts(parsed: Json) -> Iterator[str]:
    """Yields all texts in document order."""
    waiting: list[Json] = [parsed]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict | list):
            waiting.extend(reversed(list(node.values()) if isinstance(node, dict) else node))


def _read_message(node: dict[str, Json]) -> FileMessage | None:
    """Returns the message that an object is, or None."""
    sender = time = text = ""
    for key, value in node.items():
        name = simplify_name(key)
        if name in TEXTS and not text:
            text = _take_text(value)
        elif name in SENDERS and not sender:
            sender = _take_name(value)
        elif name in TIMES and not time:
            time = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text or not (sender or time):
        return None
    return FileMessage(_clean(sender), _clean(time), _clean(text))


def _take_text(value: Json) -> str:
    """Returns a text, or the texts of a list of plain and marked parts one behind the other."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_take_part(part) for part in value)
    return _take_part(value)


def _take_part(value: Json) -> str:
    """Returns a part of a text: itself, or the `text` or `body` of an object."""
    if isinstance(value, str):
        return value
    found = next((value[key] for key in ("text", "body") if key in value), "") if isinstance(value, dict) else ""
    return found if isinstance(found, str) else ""


def _take_name(value: Json) -> str:
    """Returns a name: itself, a number as text, or the name in an object."""
    if isinstance(value, dict):
        named = {simplify_name(key): inner for key, inner in value.items()}
        value = next((named[key] for key in NESTED_NAMES if named.get(key)), "")
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _clean(text: str) -> str:
    """Returns the text as it can be stored. UTF-8 that an exporter wrote as Latin-1 letters is put right."""
    if any("\x80" <= letter <= "\xff" for letter in text):
        with suppress(UnicodeError):
            text = text.encode("latin-1").decode("utf-8")
    return clean_text(text).strip()

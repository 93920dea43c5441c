"""Reads JSON from strangers strictly, and walks it so that nothing is passed over.

Numbers with a fraction, NaN and very long integers stay text. A repeated key keeps all its values. null and "N/A" count as not
stated everywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from triage import limits
from triage.errors import InputError
from triage.importers import values
from triage.importers.bounds import MAX_LABEL, shorten_middle
from triage.importers.building import BlockSubject, Builder
from triage.model.document import Scalar

Json = Any
"""What json gives: dict, list, str, int, bool or None; here never a float."""

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_PADDING = "\0\x1a"
"""What recovered files end with: the rest of their last block, and the end that DOS wrote."""
_BLANK = re.compile(r"[ \t\r\n]*")
_LONGEST_INT = 18  # digits; more do not fit into 64 bits
_HOLDS_MORE = (dict, list)


class RepeatedValues(list[Json]):
    """The values of a key that stands more than once in one object."""


def parse_json(data: bytes) -> Json:
    """Returns the parsed value of UTF-8 or UTF-16 bytes.

    Raises InputError when they are damaged, too deep or too large.
    """
    if data.count(b",") + data.count(b"[") + data.count(b"{") > limits.MAX_XML_NODES:
        raise InputError("The JSON has more nodes than a report can have.")
    try:
        text = data.decode(json.detect_encoding(data)).rstrip(_PADDING)
        parsed = _parse_values(text)
    except UnicodeDecodeError as error:
        raise InputError("The JSON is not in UTF-8 or UTF-16.") from error
    except RecursionError as error:
        raise InputError("The JSON is nested deeper than a report can be.") from error
    except ValueError as error:
        raise InputError("The JSON is damaged.", detail=type(error).__name__) from error
    _refuse_deep(parsed)
    return _replace_surrogates(parsed) if _ESCAPED_SURROGATE.search(text) else parsed


def _parse_values(text: str) -> Json:
    """Returns the one value of a text.

    Several values in a row (one report a line) become a list.
    """
    decoder = json.JSONDecoder(
        object_pairs_hook=_build_object,
        parse_float=str,
        parse_constant=str,
        parse_int=lambda digits: int(digits) if len(digits) <= _LONGEST_INT else digits,
    )
    found: list[Json] = []
    at = _skip_blanks(text, 0)
    while at < len(text) or not found:
        value, end = decoder.raw_decode(text, at)
        found.append(value)
        at = _skip_blanks(text, end)
    return found[0] if len(found) == 1 else found


def _skip_blanks(text: str, at: int) -> int:
    """Returns the position of the next character that is not white space."""
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _build_object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Returns the object of these pairs.

    The values of a repeated key become `RepeatedValues`.
    """
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    made = {}
    for key, value in pairs:
        if key not in made:
            made[key] = value
        elif isinstance(made[key], RepeatedValues):
            made[key].append(value)
        else:
            made[key] = RepeatedValues([made[key], value])
    return made


def _refuse_deep(parsed: Json) -> None:
    """Raises InputError when the value is nested deeper than limits.MAX_JSON_DEPTH."""
    level = [parsed] if isinstance(parsed, _HOLDS_MORE) else []
    for _ in range(limits.MAX_JSON_DEPTH + 1):
        level = [
            inner
            for node in level
            for inner in (node.values() if isinstance(node, dict) else node)
            if isinstance(inner, _HOLDS_MORE)
        ]
        if not level:
            return
    raise InputError("The JSON is nested deeper than a report can be.")


def _replace_surrogates(node: Json) -> Json:
    """Returns the value with each lone surrogate as U+FFFD, since half a character can't be stored."""
    if isinstance(node, str):
        return node.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(node, dict):
        return {_replace_surrogates(key): _replace_surrogates(value) for key, value in node.items()}
    if isinstance(node, list):
        return type(node)(_replace_surrogates(value) for value in node)
    return node


def is_empty_json(value: Json) -> bool:
    """Returns whether a value states nothing: null, "N/A", or an empty text, list or object."""
    if isinstance(value, str):
        return values.is_empty_value(value)
    return value is None or (isinstance(value, _HOLDS_MORE) and not value)


def find_wrapping_key(node: dict[str, Json], name: str) -> str | None:
    """Returns the key of an object that holds the items of the plural `name`, or None when the object is an item itself."""
    inner = next((key for key in (name, f"{name}s") if key in node), None)
    if inner is None and len(node) == 1:
        inner = next((key for key in node if key in (name.removesuffix("s"), name.removesuffix("es"))), None)
    return inner


def join_path(at: str, key: str) -> str:
    """Returns the path of a key below `at`.

    A long key is cut, because the path is repeated for everything below it.
    """
    return f"{at}.{key}" if len(key) <= MAX_LABEL else f"{at}.{shorten_middle(key, MAX_LABEL)}"


def serialise_json(value: Json) -> str:
    """Returns a text as it is, and any other value as compact JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


Handler = Callable[["JsonReader", Json, str, BlockSubject], None]
"""Reads the value of one key: (reader, value, its path, of whom it speaks). The value always says something."""
Blocks = Mapping[str, Handler]


class JsonReader:
    """Walks objects by tables of handlers.

    Whatever no table names is kept whole as not understood.
    """

    def __init__(self, builder: Builder) -> None:
        """Starts a reader that adds values to `builder`."""
        self.b = builder

    def read_block(self, node: Json, at: str, handlers: Blocks, subject: BlockSubject) -> None:
        """Gives each value of an object to the handler of its key.

        Empty values and unknown keys reach no handler.
        """
        if not isinstance(node, dict):
            self.keep_unknown(at, node)
            return
        for key, value in node.items():
            path = join_path(at, key)
            handler = handlers.get(key)
            if isinstance(value, RepeatedValues) and handler is not None:
                for n, each in enumerate(value):
                    if not is_empty_json(each):
                        handler(self, each, f"{path}#{n + 1}", subject)
            elif handler is None:
                self.keep_unknown(path, value)
            elif not is_empty_json(value):
                handler(self, value, path, subject)

    def keep_unknown(self, at: str, value: Json) -> None:
        """Keeps a value as not understood, unless it is empty."""
        if not is_empty_json(value):
            self.b.add_unknown_part(at, partial(serialise_json, value))

    def iter_items(self, node: Json, at: str, name: str) -> Iterator[tuple[Json, str]]:
        """Yields (item, path) of a plural: a list, a wrapped list, or one item alone.

        Wrapping `{name: list}` is usual, `{names: list}` occurs too. Data converted from XML hold only the singular: `{"emails":
        {"email": [...]}}`.
        """
        while isinstance(node, dict) and (inner := find_wrapping_key(node, name)) is not None:
            for key, value in node.items():
                if key != inner:
                    self.keep_unknown(join_path(at, key), value)
            node, at = node[inner], f"{at}.{inner}"
        if isinstance(node, list):
            for n, item in enumerate(node):
                if not is_empty_json(item):
                    yield item, f"{at}[{n}]"
        elif not is_empty_json(node):
            yield node, at

    def read_scalar(self, node: Json, at: str) -> Scalar:
        """Returns a value that may be wrapped as {"value": ...} or stand alone in a list.

        Returns None when it is empty or no scalar.
        """
        if isinstance(node, list) and len(node) == 1:
            node = node[0]
        if isinstance(node, dict) and "value" in node:
            for key, value in node.items():
                if key != "value":
                    self.keep_unknown(join_path(at, key), value)
            node = node["value"]
        if isinstance(node, str):
            text = node.strip()
            return None if is_empty_json(text) else text
        if isinstance(node, _HOLDS_MORE):
            self.keep_unknown(at, node)
            return None
        return node if isinstance(node, int) else None

    def read_text(self, node: Json, at: str) -> str:
        """Returns a scalar as text without outer blanks, booleans in lower case, "" when nothing is stated."""
        if isinstance(node, str):  # as nearly all are
            text = node.strip()
            return "" if text in values.WORDS_FOR_NOTHING else text
        value = self.read_scalar(node, at)
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

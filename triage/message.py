"""Messages: a plain English template with named values.

They travel between packages instead of finished sentences.

A message's key is its English template, so the code reads like the sentence. `str(message)` is English. The desktop renders the
same message from the catalogue of its language. Code must never branch on a rendered message, but on the value that it came from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from string import Formatter
from typing import Final, TypeAlias, Union, cast

Value: TypeAlias = Union[str, int, float, "Message", tuple[Union[str, "Message"], ...]]
"""What a message may hold. A `str` is evidence (a name, an address) and is never translated; a word of ours is a `Message`."""

_PARSE = Formatter().parse
_KEY, _VALUES = "key", "values"
_FEWEST_OUT_OF_ORDER = 11
"""So many parts or more are not in the order of their names: part10 stands before part2."""


class Message:
    """A sentence or a part of one: `Message("{n} files of {name}", n=3, name="a.zip")`. Immutable and hashable.

    `key` is the English template; a value stands in it as `{name}` or `{name:format}`. A key without values is taken as it is.
    """

    __slots__ = ("by_name", "key", "stored")
    key: Final[str]
    by_name: Final[Mapping[str, Value]]
    """The values, sorted by name, so that equal messages are stored alike. Nobody changes them."""
    stored: object
    """For `jobs.codec`: the encoded form of a message that stands on many cards. It is no part of the message."""

    def __init__(self, key: str, /, **values: Value) -> None:
        """Keeps the values sorted by name."""
        self.key = key
        self.stored = None
        self.by_name = values if len(values) < 2 else dict(sorted(values.items()))

    @property
    def values(self) -> tuple[tuple[str, Value], ...]:
        """Returns (name, value) of all values, sorted by name."""
        return tuple(self.by_name.items())

    def _with_values(self, values: Mapping[str, Value]) -> Message:
        """Gives a new message its values, which are sorted by name already; returns the message."""
        object.__setattr__(self, "by_name", values)
        return self

    def __str__(self) -> str:
        """Returns the English text."""
        return render(self, lambda key: key, _in_english)

    def __repr__(self) -> str:
        """Returns what would build the message."""
        return f"Message({', '.join([repr(self.key), *(f'{name}={value!r}' for name, value in self.values)])})"

    def __bool__(self) -> bool:
        """Returns False for the empty message."""
        return bool(self.key)

    def __eq__(self, other: object) -> bool:
        """Compares keys and values."""
        return isinstance(other, Message) and self.key == other.key and self.by_name == other.by_name

    def __lt__(self, other: Message) -> bool:
        """Orders by key and values, so that sorting never depends on the order of arrival."""
        return (self.key, repr(self.values)) < (other.key, repr(other.values))

    def __hash__(self) -> int:
        """Hashes keys and values."""
        return hash((self.key, self.values))


NOTHING = Message("")
"""Says nothing; it is false."""


def join(*messages: Message, by: str = " ") -> Message:
    """Returns one message of those that say something, one behind the other. `by` stands between them and is not translated."""
    said = [message for message in messages if message.key]
    if len(said) < 2:
        return said[0] if said else NOTHING
    names, key = _name_parts(len(said), by)
    if len(said) < _FEWEST_OUT_OF_ORDER:
        return Message(key)._with_values(dict(zip(names, said, strict=True)))
    return Message(key, **dict(zip(names, said, strict=True)))


@lru_cache(maxsize=64)
def _name_parts(count: int, by: str) -> tuple[tuple[str, ...], str]:
    """Returns the names of so many joined parts, and their template."""
    names = tuple(f"part{at}" for at in range(count))
    return names, by.join(f"{{{name}}}" for name in names)


def render(message: Message, translate: Callable[[str], str], insert: Callable[[Value, str], str]) -> str:
    """Returns the text of a message in a language.

    Args:
        message: What is said.
        translate: Gives the template of the language for an English one.
        insert: Gives the text of one value; its second argument is the format that stands behind the colon.
    """
    template = translate(message.key)
    values = message.by_name
    if not values:
        return template
    parts: list[str] = []
    for text, name, spec, _ in _PARSE(template):
        parts.append(text)
        if name is not None:
            parts.append(insert(values[name], spec or ""))
    return "".join(parts)


def to_data(message: Message) -> dict[str, object]:
    """Returns a message as plain values, for storing and for programs. `from_data` reads it."""
    return {
        _KEY: message.key,
        _VALUES: {name: _value_to_data(value) if isinstance(value, Message | tuple) else value for name, value in message.values},
    }


def from_data(data: object) -> Message:
    """Returns the message that `to_data` wrote. Raises TypeError or KeyError for anything else."""
    if not isinstance(data, Mapping):
        raise TypeError("a stored message is a mapping")
    return Message(
        str(data[_KEY]),
        **{
            str(name): value if isinstance(value, str | int | float) else _value_from_data(value)
            for name, value in data[_VALUES].items()
        },
    )


def to_json(message: Message) -> str:
    """Returns a message as JSON text. Equal messages give equal text. `from_json` reads it."""
    return json.dumps(to_data(message))


def from_json(text: str) -> Message:
    """Returns the message that `to_json` wrote. Raises ValueError, TypeError or KeyError for anything else."""
    return from_data(json.loads(text))


def _value_to_data(value: Value) -> object:
    """Returns a message's value as plain data."""
    if isinstance(value, tuple):
        return [_value_to_data(each) for each in value]
    return to_data(value) if isinstance(value, Message) else value


def _value_from_data(data: object) -> Value:
    """Returns the value that `_value_to_data` wrote."""
    if isinstance(data, list | tuple):
        return tuple(cast("str | Message", _value_from_data(each)) for each in data)
    return from_data(data) if isinstance(data, Mapping) else cast("str | int | float", data)


def _in_english(value: Value, spec: str) -> str:
    """Returns the English text of a value.

    Tuples are joined by commas.
    """
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return str(value) if isinstance(value, Message) else format(value, spec)

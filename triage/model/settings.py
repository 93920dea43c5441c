"""Settings: one declaration for each, from which menus, checks and the command `policy` follow.

A settings object is a frozen dataclass. Each of its fields is made by `setting` or `text_setting`, and its default is the field's
default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from triage.message import Message
from triage.model.printable import clean_line

T = TypeVar("T")
_KEY = "setting"
MAX_TEXT = 200
"""Characters of a line of text that a person sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How people see one field of a settings object."""

    field: str
    label: Message
    choices: Mapping[Any, Message | str]
    """Each value that the setting may have, with its words. A `str` is the same in each language.

    Without choices any plain line of text is a value.
    """

    @property
    def name(self) -> str:
        """Returns the name on the command line and in the store."""
        return self.field.replace("_", "-")

    def parse(self, text: str) -> Any:
        """Returns the value that `format_value` writes as this text.

        Raises:
            ValueError: if no choice is written so, or it is not one plain line of at most MAX_TEXT characters
        """
        if not self.choices:
            return clean_line(text, MAX_TEXT)
        for value in self.choices:
            if format_value(value) == text:
                return value
        raise ValueError(f"{self.name} has no choice {text!r}")


def setting(default: T, label: Message, choices: Mapping[T, Message | str]) -> T:
    """Declares a field of a settings object."""
    made: T = field(default=default, metadata={_KEY: (label, choices)})
    return made


def text_setting(label: Message) -> str:
    """Declares a field of a settings object that holds a line of text, empty until it is set."""
    made: str = field(default="", metadata={_KEY: (label, {})})
    return made


def settings_of(settings: type) -> tuple[Setting, ...]:
    """Returns the declarations of a settings class, in the order of its fields."""
    return tuple(Setting(field=f.name, label=f.metadata[_KEY][0], choices=f.metadata[_KEY][1]) for f in fields(settings))


def format_value(value: object) -> str:
    """Returns a value as people type it: yes, no, or the value itself."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)

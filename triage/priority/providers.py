"""Which providers the REPORT Act binds: those with a seat in the United States, by resources/providers.toml."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from triage.resources import resource

_WORD = re.compile(r"\w+")


class _Providers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    united_states: tuple[str, ...]


@lru_cache(maxsize=1)
def _named() -> tuple[str, ...]:
    table = msgspec.toml.decode(resource("providers.toml").read_bytes(), type=_Providers)
    return tuple(_words(name) for name in table.united_states)


@lru_cache(maxsize=4_096)
def in_united_states(esp: str) -> bool:
    """Whole words only: "Snap Inc." is in the table, "Snapfish" is not. False says that it is not known."""
    stated = _words(esp)
    return any(name in stated for name in _named())


def _words(text: str) -> str:
    """The words with a blank around each, so that parts of words never match."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "

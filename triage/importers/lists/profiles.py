"""What the categories of a list mean, under a profile that a person names (resources/lists/profiles.toml)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import msgspec

from triage.errors import Refused, WorldError
from triage.message import NOTHING, Message
from triage.resources import resource

Means = Literal["known", "known-good", "negative", "unclear"]
CUSTOM = "CUSTOM:"
ABSENT = "absent"
_MEANINGS: tuple[Means, ...] = ("known", "known-good", "negative", "unclear")
_ASSIGNED = re.compile(r"([^=,]{1,40})=([^=,]{1,40})")


class ProfileCategory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the entries of a category count as, and the table's words for it."""

    means: Means
    words: str = ""


@dataclass(frozen=True, slots=True)
class CategoryMeaning:
    """The meaning of a category, with words for people."""

    means: Means
    text: Message


class ListProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The meanings of a scheme's categories, and their source."""

    source: str
    category: dict[str, ProfileCategory]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    profile: dict[str, ListProfile]


@cache
def load_shipped_profiles() -> Mapping[str, ListProfile]:
    """Returns the shipped profiles by name.

    Raises WorldError when their file can't be used.
    """
    try:
        return msgspec.toml.decode(resource("lists", "profiles.toml").read_bytes(), type=_File).profile
    except (msgspec.MsgspecError, OSError) as error:
        raise WorldError("The file of list profiles can't be used.", detail=str(error)) from error


@cache
def find_profile(name: str) -> ListProfile:
    """Returns a shipped profile, or one made from "CUSTOM:name,0=negative,1=known".

    Raises Refused for any other name.
    """
    known = load_shipped_profiles().get(name)
    if known is not None:
        return known
    if not name.startswith(CUSTOM) or len(name) == len(CUSTOM):
        raise Refused(
            "There is no profile {name}; choose from: {shipped}, {custom}NAME,CODE=MEANING,...",
            name=repr(name),
            shipped=tuple(load_shipped_profiles()),
            custom=CUSTOM,
        )
    meanings: dict[str, ProfileCategory] = {}
    for part in name.removeprefix(CUSTOM).split(","):
        assigned = _ASSIGNED.fullmatch(part.strip())
        if assigned is None and "=" in part:
            raise Refused("In a profile, {part} is not CODE=MEANING.", part=repr(part.strip()))
        if assigned is not None:
            means = assigned[2].strip()
            if means not in _MEANINGS:
                raise Refused("A category can mean one of: {choices}; not {means}.", choices=tuple(_MEANINGS), means=repr(means))
            meanings[assigned[1].strip()] = ProfileCategory(means)
    return ListProfile("The person who added the list", meanings)


def find_meaning(profile_name: str | None, category: str | None) -> CategoryMeaning:
    """Returns what a category means under a profile, and "unclear" without a profile or when it does not name the category."""
    code = ABSENT if category is None else category
    found = find_profile(profile_name).category.get(code) if profile_name else None
    if found is not None and found.words:
        return CategoryMeaning(found.means, Message(found.words))  # message-ok
    if category is None and found is None:
        return CategoryMeaning("unclear", NOTHING)
    said = Message("empty category") if code == "null" else Message("category {code}", code=code)
    if found is not None:
        return CategoryMeaning(found.means, said)
    if profile_name:
        return CategoryMeaning(
            "unclear", Message("{category}, which profile {profile} does not name", category=said, profile=profile_name)
        )
    return CategoryMeaning("unclear", Message("{category}, and no profile says what it means", category=said))

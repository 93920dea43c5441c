"""Words for the marks of a provider, where the data keep the names of the format, such as "liveStreaming"."""

from __future__ import annotations

from triage.message import Message, Value
from triage.model.field_words import describe_field
from triage.model.judgement import Factor

ANNOTATIONS = {
    "infant": Message("an infant or toddler"),
    "violenceGore": Message("violence or gore"),
    "physicalHarm": Message("physical harm"),
    "bestiality": Message("an animal"),
    "sadisticOnlineExploitation": Message("sadistic exploitation"),
    "liveStreaming": Message("a live stream"),
    "animeDrawingVirtualHentai": Message("a drawing or animation"),
    "potentialMeme": Message("a possible meme"),
    "viral": Message("a viral file"),
    "possibleSelfProduction": Message("possibly self-produced or coerced"),
    "selfProduced": Message("possibly self-produced or coerced"),
    "generativeAi": Message("made by generative AI"),
    "sextortion": Message("sextortion"),
    "csamSolicitation": Message("the child was asked for material"),
    "minorToMinorInteraction": Message("between minors"),
    "spam": Message("spam"),
}
"""By the name of the format. A mark that is missing is a source's own word, and is shown as it is."""
MARK_FIELDS = frozenset({"annotations", "files.annotations"})
"""What rules look at that holds marks of a provider."""
_BY_SMALL_LETTERS = {name.casefold(): words for name, words in ANNOTATIONS.items()}


def name_annotation(name: str) -> Message | str:
    """Returns a mark in words, however it is capitalised; a mark of a source's own as it is."""
    return _BY_SMALL_LETTERS.get(name.casefold(), name)


def name_marks(seen: Message) -> Message:
    """Returns what a rule saw, with the marks that it names in words. What else stands in it stays."""
    named: dict[str, Value] = {}
    for name, value in seen.values:
        if isinstance(value, str):
            named[name] = name_annotation(value)
        elif isinstance(value, tuple):
            named[name] = tuple(name_annotation(each) if isinstance(each, str) else each for each in value)
    return Message(seen.key, **{**seen.by_name, **named})  # message-ok


def describe_seen(factor: Factor) -> str:
    """Returns the English words of the field that a rule looked at, and of what it saw there, for papers and the command line."""
    seen = name_marks(factor.value) if factor.field in MARK_FIELDS else factor.value
    return f"{describe_field(factor.field)}: {seen}"

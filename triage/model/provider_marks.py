"""Words for the marks of a provider, where the data keep the names of the format, such as "liveStreaming"."""

from __future__ import annotations

from triage.message import Message

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
_BY_SMALL_LETTERS = {name.casefold(): words for name, words in ANNOTATIONS.items()}


def name_annotation(name: str) -> Message | str:
    """Returns a mark in words, however it is capitalised; a mark of a source's own as it is."""
    return _BY_SMALL_LETTERS.get(name.casefold(), name)

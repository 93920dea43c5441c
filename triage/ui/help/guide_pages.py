"""Reads the shipped pages of the guide, section by section. Both languages have the same pages with the same sections."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from triage.resources import document
from triage.ui.text.i18n import LRI, PDI, Language

URDU = "guide/ur/"
NO_BREAK_SPACE = "\u00a0"

PAGES: tuple[tuple[str, str], ...] = (
    ("guide/index.md", "guide/ur/index.md"),
    ("guide/analyst.md", "guide/ur/analyst.md"),
    ("guide/lead.md", "guide/ur/lead.md"),
    ("guide/examiner.md", "guide/ur/examiner.md"),
    ("guide/administrator.md", "guide/ur/administrator.md"),
    ("guide/auditor.md", "guide/ur/auditor.md"),
    ("guide/faq.md", "guide/ur/faq.md"),
    ("guide/keys.md", "guide/ur/keys.md"),
    ("glossary.md", "guide/ur/glossary.md"),
    ("privacy.md", "privacy.md"),  # in English only
)
"""Path below docs/ of each page in English and in Urdu, in the order of the contents."""

_HEADING = re.compile(r"(#{1,3}) (\S.*)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_KEY = re.compile(r"`([^`\n]+)`")
_MOST_SHOWN = 200  # places that a search in the guide lists


@dataclass(frozen=True, slots=True)
class GuideSection:
    """A heading of a page, with the text up to the next one. `at` counts the headings of the page from 0."""

    path: str
    at: int
    level: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """A page of the guide as Markdown that holds neither images nor HTML, and its sections."""

    path: str
    markdown: str
    sections: tuple[GuideSection, ...]

    @property
    def is_urdu(self) -> bool:
        """Returns whether the page runs from right to left."""
        return self.path.startswith(URDU)

    @property
    def title(self) -> str:
        """Returns the first heading."""
        return self.sections[0].title


@cache
def load_page(path: str) -> GuidePage:
    """Reads a page. Raises FileNotFoundError for a page that is not shipped."""
    if path not in {each for pair in PAGES for each in pair}:
        raise FileNotFoundError(path)
    lines = document(*path.split("/")).read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("<", "!["))]  # images and frames are for the printed guide
    shown = [_turn_row(line) if path.startswith(URDU) and line.startswith("|") else line for line in kept]
    return GuidePage(path, _KEY.sub(_keep_together, "\n".join(shown)), tuple(_split_sections(path, kept)))


def load_pages(language: Language) -> tuple[GuidePage, ...]:
    """Reads all pages of a language."""
    return tuple(load_page(urdu if language == "ur" else english) for english, urdu in PAGES)


def _turn_row(line: str) -> str:
    """Returns a row of a table with its cells in the other order, since Qt puts the first one on the left."""
    return "|".join(reversed(line.split("|")))


def _keep_together(key: re.Match[str]) -> str:
    """Returns a key or command that breaks over no line and runs from left to right, also in Urdu."""
    return f"`{LRI}{key[1].replace(' ', NO_BREAK_SPACE)}{PDI}`"


def _split_sections(path: str, lines: Sequence[str]) -> list[GuideSection]:
    found: list[tuple[int, str, list[str]]] = []
    code = False
    for line in lines:
        code ^= line.startswith("```")
        heading = None if code else _HEADING.fullmatch(line)
        if heading:
            found.append((len(heading[1]), strip_marks(heading[2]), []))
        elif found:
            found[-1][2].append(line)
    return [GuideSection(path, at, level, title, strip_marks("\n".join(text))) for at, (level, title, text) in enumerate(found)]


def strip_marks(text: str) -> str:
    """Returns Markdown text without the marks of links, code and emphasis."""
    return _LINK.sub(r"\1", text).replace("`", "").replace("**", "")


def make_anchor(title: str) -> str:
    """Returns the anchor of a heading, as links name it after "#"."""
    kept = "".join(char for char in title.lower() if char.isalnum() or char in " -_" or unicodedata.category(char)[0] == "M")
    return kept.replace(" ", "-")


def find_section(path: str, anchor: str) -> GuideSection:
    """Returns the section with this anchor, or the first one of the page."""
    sections = load_page(path).sections
    return next((each for each in sections if make_anchor(each.title) == anchor), sections[0])


def translate_section(section: GuideSection, language: Language) -> GuideSection:
    """Returns the same section in a language: pages of both languages have the same headings in the same order."""
    pair = next(pair for pair in PAGES if section.path in pair)
    return load_page(pair[1] if language == "ur" else pair[0]).sections[section.at]


def follow_link(path: str, target: str) -> GuideSection | None:
    """Returns the section that a link of a page leads to; None for whatever is not a page of the guide."""
    if ":" in target or target.startswith("/"):
        return None
    file, _, anchor = target.partition("#")
    where = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
    if where not in {each for pair in PAGES for each in pair}:
        return None
    return find_section(where, anchor)


def search_sections(words: str, language: Language) -> list[GuideSection]:
    """Returns the sections in which every word occurs, those with the words in their heading first."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    hits = []
    for page in load_pages(language):
        for section in page.sections:
            title, text = section.title.casefold(), f"{page.title}\n{section.title}\n{section.text}".casefold()
            if all(each in text for each in wanted):
                hits.append((-sum(each in title for each in wanted), section))
    hits.sort(key=lambda hit: hit[0])
    return [section for _, section in hits[:_MOST_SHOWN]]

"""The guide has the same pages and sections in both languages, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.ui.help.guide_pages import PAGES, follow_link, load_page, make_anchor, search_sections, translate_section
from triage.ui.help.help_places import HELP_PLACES, find_help
from triage.ui.kit.keys import KEYS

DOCS = Path(__file__).parents[3] / "docs"
ALL = sorted({path for pair in PAGES for path in pair})


@pytest.mark.parametrize(("english", "urdu"), PAGES)
def test_both_languages_have_the_same_sections(english: str, urdu: str) -> None:
    levels = [[section.level for section in load_page(path).sections] for path in (english, urdu)]
    assert levels[0] == levels[1]
    steps = [re.findall(r"^(?:\d\. |\* |\|)", load_page(path).markdown, re.MULTILINE) for path in (english, urdu)]
    if english.startswith("guide/"):
        assert steps[0] == steps[1], "a step, a point or a row of a table is missing in one language"


@pytest.mark.parametrize("path", ALL)
def test_every_link_leads_to_a_section_or_a_file(path: str) -> None:
    for target in re.findall(r"\[[^\]]*\]\(([^)]*)\)", load_page(path).markdown):
        section = follow_link(path, target)
        assert section is not None, target
        anchor = target.partition("#")[2]
        assert not anchor or make_anchor(section.title) == anchor, target


def test_every_page_of_the_guide_is_shipped() -> None:
    there = {path.relative_to(DOCS).as_posix() for path in (DOCS / "guide").rglob("*.md")}
    assert there <= set(ALL)


def test_every_screen_has_its_section() -> None:
    assert set(HELP_PLACES) == set(KEYS)
    for screen, (_, anchor) in HELP_PLACES.items():
        section = find_help(screen, "en")
        assert not anchor or make_anchor(section.title) == anchor, screen
        assert find_help(screen, "ur") == translate_section(section, "ur")


def test_links_out_of_the_guide_are_not_followed() -> None:
    for target in ("https://example.invalid/", "file:///etc/passwd", "/etc/passwd", "../../SECURITY.md", "javascript:1"):
        assert follow_link("guide/index.md", target) is None


def test_every_word_has_to_occur_and_headings_come_first() -> None:
    found = search_sections("held HASHES", "en")
    assert found[0].title == "Held hashes"
    assert search_sections("held zzz", "en") == []
    assert search_sections("روکے گئے", "ur")[0].path.startswith("guide/ur/")

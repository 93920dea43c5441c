"""The guide names keys and words that stand on the screens, the same ones in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from tests.source_trees import ROOT
from triage.ui.help.guide_pages import PAGES, load_page, make_anchor
from triage.ui.help.help_places import HELP_PLACES
from triage.ui.kit.keys import KEYS
from triage.ui.shell.page_list import PAGES as DESK_PAGES
from triage.ui.text.i18n import catalogue

GUIDE = [pair for pair in PAGES if pair[0].startswith("guide/") and pair[0] != "guide/keys.md"]
CODE = re.compile(r"`([^`\n]+)`")
CAP = re.compile(r"(?:(?:Ctrl|Shift|Alt) )?(?:[A-Z0-9/.,?+-]|F\d|Enter|Space|Esc|Up|Down|[←→↑↓])(?: [A-Z0-9])?")
MARKS = dict.fromkeys(map(ord, "\u2066\u2068\u2069"), None) | {0xA0: " "}
ANYWHERE = {"Enter", "Ctrl Enter", "Up", "Down", *(page.shortcut.replace("+", " ") for page in DESK_PAGES)}
"""Keys that finish a dialog, go through a list, or open a page, on any screen."""
OTHER_SCREENS = {
    "the-first-ten-minutes": "help",
    "find-help": "help",
    "go-anywhere": "queue",
    "learn-it-with-invented-data": "report media",
    "import-a-bundle": "queue",
    "choose-between-versions": "report",
    "correct-the-score": "report",
    "the-same-image-or-not": "media",
    "grade-a-file": "media",
    "decide": "report",
    "see-what-ties-reports-together": "report",
    "identify-a-victim": "media",
    "who-has-what": "queue",
    "cases": "report",
    "refer-a-child-to-protection": "case",
    "requests-to-operators-and-providers": "case queue",
    "corrections-that-wait-for-you": "case",
    "try-and-use-edited-rules": "rules",
    "export-and-hand-out-work": "queue",
    "hold-clear-destroy": "destruction",
    "make-an-evidence-packet": "report",
    "say-what-a-file-shows": "media report case",
    "make-a-store": "users",
    "users-and-roles": "keyring",
    "check-the-store": "audit",
    "read-the-entries": "audit",
    "i-forgot-my-passphrase": "users",
    "why-is-this-report-ranked-here": "queue report",
    "may-i-ring-the-child-the-family-or-the-school": "case",
    "an-import-stopped-or-the-power-failed": "queue",
    "i-closed-a-report-by-mistake": "report",
    "can-i-print-a-report": "report",
}
"""Anchor of a section -> the screens of whose keys it speaks, besides the one that opens it at F1."""
EMPHASIS = {
    *("A", "Band A", "Band A to E", "NOT whole", "It says that you saw the file.", "The file leaves encryption."),
    *("Is it unchanged since it was signed?", "Whose key signed it?", "When a person leaves"),
    *("درجہ A", "درجہ A تا E", "سالم نہیں", "زمرہ کہتا ہے کہ آپ نے فائل دیکھی۔", "فائل انکرپشن سے باہر آتی ہے۔"),
    *("کیا دستخط کے بعد کچھ بدلا؟", "دستخط کس کی کلید سے ہیں؟", "جب کوئی جائے", "جانچا نہیں گیا"),
}
"""What is bold since it matters; no screen has it in these words."""


def split_sections(path: str) -> list[str]:
    """The Markdown of each section of a page, in order."""
    return re.split(r"(?m)^#{1,3} .*$", load_page(path).markdown.translate(MARKS))[1:]


def list_keys(texts: Iterable[str]) -> Iterator[str]:
    for code in CODE.findall(" ".join(texts)):
        if CAP.fullmatch(code):
            yield code


def list_caps(screens: Iterable[str]) -> set[str]:
    """The keys of screens, those that share a row one by one too."""
    caps = [binding.cap for screen in screens for binding in KEYS[screen]]  # type: ignore[index]
    return {*caps, *(part for cap in caps for part in cap.split())}


@pytest.mark.parametrize("page", [english for english, _ in GUIDE])
def test_each_key_that_a_section_names_is_one_of_its_screens(page: str) -> None:
    wrong = []
    for section, text in zip(load_page(page).sections, split_sections(page), strict=True):
        anchor = make_anchor(section.title)
        own = [screen for screen, place in HELP_PLACES.items() if place == (page, anchor)]
        known = list_caps(["everywhere", *own, *OTHER_SCREENS.get(anchor, "").split()]) | ANYWHERE
        wrong += [(section.title, key) for key in list_keys([text]) if key not in known]
    assert wrong == []


@pytest.mark.parametrize(("english", "urdu"), GUIDE)
def test_both_languages_name_the_same_keys_and_commands(english: str, urdu: str) -> None:
    for section, one, other in zip(load_page(english).sections, split_sections(english), split_sections(urdu), strict=True):
        assert sorted(CODE.findall(one)) == sorted(CODE.findall(other)), section.title


@pytest.mark.parametrize(("english", "urdu"), GUIDE)
def test_words_that_the_guide_quotes_stand_on_a_screen(english: str, urdu: str) -> None:
    sentences = catalogue("ur")
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "triage").rglob("*.py")).lower()
    shown = {
        english: "\n".join(sentences).lower() + source,
        urdu: "\n".join(sentences.values()) + source,
    }  # commands and sheets are in English
    for page, texts in shown.items():
        quoted = re.findall(r"\*\*([^*\n]+)\*\*|\"([^\"\n]+)\"|“([^”\n]+)”", load_page(page).markdown.translate(MARKS))
        words = {next(filter(None, each)) for each in quoted} - EMPHASIS
        assert [each for each in sorted(words) if not stands_in(texts, each)] == [], page


PAPERS = {"توثیقی رپورٹ", "خامیوں کی فہرست"}
"""Papers that no screen makes: the validation report and the advisory snapshot."""


def test_each_urdu_word_of_the_glossary_stands_on_a_screen() -> None:
    shown = "\n".join(catalogue("ur").values())
    rows = re.findall(r"(?m)^\| ([^|]*[\u0600-\u06ff][^|]*) \| [a-z]", (ROOT / "docs/guide/ur/glossary.md").read_text("utf-8"))
    words = {re.sub(r" \(.*\)", "", word) for row in rows for word in row.split("، ")}
    assert len(words) > len(rows) > 0
    assert sorted(words - PAPERS - {word for word in words if word in shown}) == []


def stands_in(texts: str, quoted: str) -> bool:
    """Whether it is among the texts as it is, or with a number in place of `{n}`."""
    return any(each in texts for each in (quoted, quoted.lower(), re.sub(r"\d+", "{n}", quoted).lower()))

"""Writes the quick card of keys, docs/guide/keys.md and docs/guide/ur/keys.md, anew from the key tables: `make keys`."""

from __future__ import annotations

from pathlib import Path

from triage.ui.kit.keys import KEYS, describe_key
from triage.ui.shell.page_list import PAGES, SCREENS
from triage.ui.text.i18n import LANGUAGES, Language, set_language, tr, word

ROOT = Path(__file__).parents[1]
CARDS: dict[Language, Path] = {"en": ROOT / "docs/guide/keys.md", "ur": ROOT / "docs/guide/ur/keys.md"}
HEADS: dict[Language, tuple[str, str, str]] = {
    "en": (
        "Quick card of keys",
        "`?` shows the keys of the screen you are on, and buttons carry theirs. A program writes this card from the key tables.",
        "| key | does |",
    ),
    "ur": (
        "کلیدوں کا مختصر کارڈ",
        "`?` موجودہ اسکرین کی کلیدیں دکھاتا ہے، اور بٹنوں پر ان کی کلید لکھی ہوتی ہے۔ یہ کارڈ پروگرام خود کلیدوں کے جدول سے لکھتا ہے۔",
        "| کلید | کام |",
    ),
}
FIRST = "everywhere"


def write_card(language: Language) -> str:
    """Returns the card as Markdown: one table for each screen, the keys that work everywhere first."""
    set_language(language)
    try:
        title, intro, head = HEADS[language]
        lines = ['<div dir="rtl" lang="ur">', ""] if language == "ur" else []
        lines += [f"# {title}", "", intro]
        for screen in sorted(KEYS, key=lambda name: name != FIRST):
            rows = [(entry.cap, str(describe_key(entry))) for entry in KEYS[screen]]
            if screen == FIRST:
                rows += [(page.cap, str(tr("Go to: {page}", page=word(page.words)))) for page in PAGES if page.shortcut]
            lines += ["", f"## {word(SCREENS[screen])}", "", head, "|---|---|"]
            lines += [f"| `{cap}` | {does} |" for cap, does in rows]
        return "\n".join([*lines, *(["", "</div>"] if language == "ur" else [])]) + "\n"
    finally:
        set_language("en")


def main() -> None:
    """Writes both cards."""
    for language in LANGUAGES:
        CARDS[language].write_text(write_card(language), "utf-8")
        print(CARDS[language].relative_to(ROOT))


if __name__ == "__main__":
    main()

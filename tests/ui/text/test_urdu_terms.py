"""One word for one thing in Urdu too: in the catalogues, the guide, the training and the papers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.ui.text import i18n

ROOT = Path(__file__).parents[3]
OTHER_TEXTS = (
    *sorted((ROOT / "docs/guide/ur").glob("*.md")),
    *sorted((ROOT / "resources/training").glob("*.json")),
    ROOT / "resources/statement.toml",
    ROOT / "resources/request_letters_ur.toml",
)
CATALOGUE = i18n.catalogue("ur")
NEVER = {
    "درآمد": "امپورٹ (import)",
    "برآمد": "ایکسپورٹ (export)",
    "سرا": "ہیڈ (head of the audit log)",
    "ڈیٹا بیس": "ڈیٹابیس (database)",
    "ورک سٹیشن": "ورک اسٹیشن (workstation)",
    "سپریڈ شیٹ": "اسپریڈ شیٹ (spreadsheet)",
    "اسپریڈشیٹ": "اسپریڈ شیٹ (spreadsheet)",
    "سکول": "اسکول (school)",
    "آل(ہ|ے|ات)": "ڈیوائس (device)",
    "بینڈز?": "درجہ (band)",
    "درستی": "تصحیح (correction)",
    "بری": "کلیئر (cleared)",
    "تصدیق نام(ہ|ے|وں)": "سرٹیفکیٹ (certificate)",
    "اعتراض(ات)?": "اپیل (appeal)",
}
"""Pattern of a word that had crept in for a thing that has another word -> that word."""
WORDS = {
    r"\bimport(s|ed|ing)?\b": "امپورٹ",
    r"\bversions?\b": "ورژن",
    r"\bencrypt(s|ed|ing)?\b": "انکرپ",
    r"\bappeals?\b": "اپیل",
    r"\bcertificates?\b": "سرٹیفکیٹ",
    r"\bvault\b": "والٹ",
    r"\bbackups?\b": "بیک اپ",
    r"\bspreadsheets?\b": "اسپریڈ شیٹ",
    r"\bworkstations?\b": "ورک اسٹیشن",
}
"""An English word -> the Urdu that stands wherever it does."""


def _contains(word: str, text: str) -> bool:
    """Returns whether a text contains a word, and not as a part of another one."""
    return re.search(rf"(?<![\u0600-\u06ff]){word}(?![\u0600-\u06ff])", text) is not None


@pytest.mark.parametrize("word", NEVER)
def test_no_text_uses_a_second_word_for_a_thing(word: str) -> None:
    found = [f"{key}: {urdu}" for key, urdu in CATALOGUE.items() if _contains(word, urdu)]
    for path in OTHER_TEXTS:
        found += [f"{path.name}: {line}" for line in path.read_text(encoding="utf-8").splitlines() if _contains(word, line)]
    assert not found, f"{NEVER[word]}:\n" + "\n".join(found)


@pytest.mark.parametrize("english", WORDS)
def test_a_term_has_the_same_word_in_every_message(english: str) -> None:
    urdu = WORDS[english]
    found = [
        f"{key}: {text}"
        for key, text in CATALOGUE.items()
        if re.search(english, re.sub(r"{[^}]*}", "", key), re.I) and urdu not in text
    ]
    assert not found, f"{urdu}:\n" + "\n".join(found)

"""What the tests of all screens search for is found."""

from __future__ import annotations

from tests.ui.words_shown import MARKS_OF_OURS, english_in


def test_what_is_searched_for_is_found() -> None:
    assert english_in("Grade this file") == ["Grade", "this", "file"]
    assert english_in("فائل \u2068three English words \u2066nested\u2069\u2069، NCMEC") == []
    assert english_in("فائل کی trying") == ["trying"]
    assert MARKS_OF_OURS.search("a‹U+2068›b") and not MARKS_OF_OURS.search("a‹U+202E›b")

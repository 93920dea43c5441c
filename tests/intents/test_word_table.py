"""What is known of words is found once for each, and a full table is emptied."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage.intents.normalise import normalise_text, normalise_with_words
from triage.intents.sentences import sentence_of, split_words
from triage.intents.word_table import WordTable


def test_each_word_is_looked_up_once_until_the_table_is_full() -> None:
    asked: list[str] = []

    def count_letters(word: str) -> int:
        asked.append(word)
        return len(word)

    table = WordTable(count_letters, 2)
    assert [table[word] for word in ("kite", "sea", "kite", "sea")] == [4, 3, 4, 3]
    assert asked == ["kite", "sea"]
    assert table["harbour"] == 7
    assert list(table) == ["harbour"]


@given(st.text(alphabet="aAb0@' ._-\n`", max_size=40) | st.text(max_size=40))
def test_words_found_on_the_way_are_those_of_the_normalised_text(text: str) -> None:
    normalised, words = normalise_with_words(text)
    assert normalised == normalise_text(text)
    assert words is None or tuple(words) == split_words(normalised)
    assert sentence_of(text).words == split_words(sentence_of(text).text)

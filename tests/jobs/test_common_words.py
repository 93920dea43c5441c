"""Searches with kept answers for common words: they find what the index of all texts finds, whatever was written, judged or erased."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from tests.jobs.test_queue_search import read_plainly
from triage.jobs.session import Session
from triage.jobs.state import common_words
from triage.store.batch import Batch
from triage.store.queries import text_search
from triage.store.queries.text_search import SearchWord

WORDS = (
    "report",
    "reports",
    "rep",
    "r1",
    "r2",
    "account",
    "w1",
    "w10",
    "Wal",
    "é",
    "eel",
    "user_210",
    "x",
    "فون",
    "فوج",
    "a@b.invalid",
)
ASKED = (
    *("r", "re", "rep", "REP", "report", "reports", "w", "w1", "a", "ac", "e", "é", "ف", "فو", "فون", "user", "user_2", "u", "q"),
    *(
        "report rep",
        "report r",
        "reports w1",
        "w1 فو",
        "w10 report",
        "user_210 r",
        "x q",
        "q r",
        "!! r",
        "r !!",
        "r é",
        "é r",
        "? !",
    ),
    *("b.i", "report user_21", "eel r re rep", '" r', "r\x00", "İ r"),
)
SIZE = common_words.BLOCK_WORDS


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps answers in a store of some dozens of reports."""
    monkeypatch.setattr(common_words, "LEAST_REPORTS", 1)
    monkeypatch.setattr(common_words, "MOST_RECENT", 30)


def draw_texts(rng: random.Random, ids: range) -> dict[int, str]:
    """Draws texts in which the first words are common and the last ones rare."""
    return {i: " ".join(word for n, word in enumerate(WORDS) if rng.random() < 1 / (1 + n % 8)) for i in ids}


def write(batch: Batch, texts: dict[int, str], ids: range) -> None:
    batch.executemany(
        "INSERT OR IGNORE INTO report (id, number, version, first_number) VALUES (?1, ?1, 1, ?1)", [(i,) for i in ids]
    )
    text_search.index_texts(batch, [(i, texts[i]) for i in ids])
    batch.note("texts", reports=len(ids))


def list_found(session: Session, words: str) -> list[int]:
    with session.reading() as db:
        bits = common_words.find_reports(db, words, SIZE)
    return np.flatnonzero(np.unpackbits(bits.view(np.uint8), bitorder="little")).tolist()


def iter_states(session: Session, rng: random.Random) -> Iterator[dict[int, str]]:
    """Yields the texts of a store after each of some batches that add, change and erase texts."""
    texts: dict[int, str] = {}
    last = 0
    for _ in range(8):
        first = rng.randrange(1, last + 2)  # some are written again
        ids = range(first, last + rng.randrange(2, 25))
        last = max(last, ids[-1])
        texts |= draw_texts(rng, ids)
        with session.store.batch() as batch:
            write(batch, texts, ids)
            if rng.random() < 0.3:
                gone = rng.choice(list(texts))
                del texts[gone]
                text_search.erase_text(batch, gone)
                common_words.erase_report(batch, gone)
            common_words.keep_common_words(batch)
        yield dict(sorted(texts.items()))


@pytest.mark.parametrize("seed", range(2))
def test_a_search_finds_the_same_with_kept_answers_and_without(
    session: Session, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common_words, "BLOCK", 64)  # reports lie in several blocks
    monkeypatch.setattr(common_words, "BLOCK_WORDS", 1)
    for texts in iter_states(session, random.Random(seed)):
        for words in ASKED:
            with session.reading() as db:
                plain = text_search.search_reports(db, text_search.split_search(words))
            found = list_found(session, words)
            assert found == [int(i) for i in plain.split(",") if i], words
            if words.isprintable() and "!" not in words and "İ" not in words and '"' not in words:
                assert found == read_plainly(texts, words), words
    with session.reading() as db:
        kept = text_search.load_common_words(db)
        assert {SearchWord("r", True), SearchWord("rep", True), SearchWord("report", False)} <= set(kept)
        assert SearchWord("x", False) not in kept or len(read_plainly(texts, "x")) >= len(texts) / 32
        assert not common_words.find_wrong_words(db)


def fill(session: Session) -> dict[int, str]:
    """Fills a store with texts, and keeps the answers of their common words."""
    texts = draw_texts(random.Random(1), range(1, 41))
    with session.store.batch() as batch:
        write(batch, texts, range(1, 41))
        common_words.keep_common_words(batch)
    return texts


def test_a_kept_answer_is_given_without_the_index_of_all_texts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = fill(session)
    found = list_found(session, "report rep")
    monkeypatch.setattr(text_search, "search_reports", lambda db, wanted: pytest.fail(f"{wanted} was looked for"))
    assert list_found(session, "report rep") == found == read_plainly(texts, "report rep")


def test_rare_words_and_more_than_the_most_are_not_kept(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common_words, "LEAST_SHARE", 1 / 2)
    monkeypatch.setattr(common_words, "MOST_WORDS", 3)
    fill(session)
    with session.reading() as db:
        assert set(text_search.load_common_words(db)) == {SearchWord(text, True) for text in ("r", "re", "rep")}
    with session.store.batch() as batch:
        common_words.write_common_words(batch)
        batch.note("texts", reports=0)
    with session.reading() as db:
        assert len(text_search.load_common_words(db)) == 3


def test_a_word_is_counted_again_only_when_the_reports_have_doubled(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[SearchWord] = []
    search = text_search.search_reports
    monkeypatch.setattr(text_search, "search_reports", lambda db, wanted: (counted.extend(wanted), search(db, wanted))[1])
    with session.store.batch() as batch:  # common in the newest texts, but not in all
        write(batch, dict.fromkeys(range(1, 101), "old"), range(1, 101))
        common_words.write_common_words(batch)
        counted.clear()
        for first in (101, 103):
            write(batch, dict.fromkeys(range(first, first + 2), "new"), range(first, first + 2))
            common_words.write_common_words(batch)
    assert sorted(counted) == sorted({SearchWord("new", False), *(SearchWord(text, True) for text in ("n", "ne", "new"))})


def test_words_that_are_common_no_more_go_and_make_room(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that runs for years would keep the words of its first weeks for ever, and have no room for those of today."""
    monkeypatch.setattr(common_words, "MOST_WORDS", 8)
    monkeypatch.setattr(common_words, "MOST_TRIED", 3)
    with session.store.batch() as batch:
        for week, text in enumerate(("old both", *["both"] * 40, *["new both"] * 40)):
            ids = range(40 * week + 1, 40 * week + 41)
            write(batch, dict.fromkeys(ids, text), ids)
            common_words.keep_common_words(batch)
            if week == 0:
                assert SearchWord("old", False) in text_search.load_common_words(batch)
    for words in ("old", "both", "new", "o", "b n"):
        with session.reading() as db:
            plain = text_search.search_reports(db, text_search.split_search(words))
        assert list_found(session, words) == [int(i) for i in plain.split(",") if i]
    with session.reading() as db:
        kept = text_search.load_common_words(db)
        assert {SearchWord("new", False), SearchWord("both", False)} <= kept.keys() and SearchWord("old", False) not in kept
        assert len(kept) <= 8 and len(text_search.load_tried_words(db)) <= 8 + 3
        blocks = db.all("SELECT DISTINCT id >> 20 FROM common_word_plane")
        assert {number for (number,) in blocks} == set(kept.values()), "an answer goes with its word"
        assert not common_words.find_wrong_words(db)


def test_a_wrong_answer_is_found_and_made_anew(session: Session) -> None:
    texts = fill(session)
    with session.store.batch() as batch:
        write(batch, texts | {7: "reports"}, range(5, 9))
        batch.execute("UPDATE common_word_plane SET bits = CAST('x' AS BLOB) WHERE id = (SELECT min(id) FROM common_word_plane)")
        batch.note("damaged", rows=1)
    with session.reading() as db:
        assert common_words.find_wrong_words(db)
    with session.store.batch() as batch:
        common_words.rebuild_common_words(batch)
        batch.note("made anew", rows=1)
    with session.reading() as db:
        assert not common_words.find_wrong_words(db) and text_search.list_recent_reports(db) == []
        assert text_search.load_common_words(db)


def test_nothing_of_an_erased_report_stays_in_the_answers(session: Session) -> None:
    fill(session)
    with session.store.batch() as batch:
        write(batch, {3: "report account", 4: "r1"}, range(3, 5))
        for gone in (3, 9):
            text_search.erase_text(batch, gone)
            common_words.erase_report(batch, gone)
        batch.note("erased", reports=2)
    with session.reading() as db:
        kept = [data for number in text_search.load_common_words(db).values() for _, data in text_search.load_blocks(db, number)]
        assert kept and not any(data[0] >> 3 & 1 or (data[1:2] > b"" and data[1] >> 1 & 1) for data in kept)
        assert text_search.list_recent_reports(db) == [4] and [term for term, _ in text_search.iter_recent_words(db)] == ["r1"]

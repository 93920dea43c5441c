"""Search words of deleted reports leave their index in short steps, while others write words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from triage.store import compaction, word_merging
from triage.store.batch import Batch
from triage.store.queries import compaction as sql
from triage.store.queries import text_search
from triage.store.store import Store
from triage.store.word_merging import merge_words_beside_writers

SECRET = "kitesecretword"


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_merging, "_STEP_PAGES", 2)
    monkeypatch.setattr(word_merging, "_BETWEEN_SECONDS", 0)


def add_words(store: Store, first: int, *, word: str = "", reports: int = 40) -> None:
    with store.batch() as batch:
        rows = [
            (n, f"{word} word{n} river{n * 7} " * 20 + " ".join(f"w{n}x{k}" for k in range(60)))
            for n in range(first, first + reports)
        ]
        text_search.index_texts(batch, rows)
        batch.note("words stored", items=len(rows))


def holds(store: Store, word: str) -> bool:
    """Returns whether the bytes of an index hold the word."""
    return any(
        word.encode() in bytes(block)
        for table in sql.WORD_TABLES
        for (block,) in store.read().all(f"SELECT block FROM {table}_data")
    )


def erase(store: Store, first: int) -> None:
    with store.batch() as batch:
        for n in range(first, first + 40):
            text_search.erase_text(batch, n)
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)


def merge(store: Store, beside: Callable[[], None]) -> tuple[int | None, int]:
    """Merges, and does something after each step; returns the answer and the number of steps."""
    steps = 0

    @contextmanager
    def step() -> Iterator[Batch]:
        nonlocal steps
        steps += 1
        with store._transaction() as batch:
            yield batch

    @contextmanager
    def hold(patient: bool) -> Iterator[None]:
        with store._hold_settled(patient):
            yield
        beside()

    return merge_words_beside_writers(store._database, hold, step), steps


def test_no_word_of_a_deleted_report_is_left(store: Store) -> None:
    add_words(store, 1)
    add_words(store, 101, word=SECRET)
    add_words(store, 201)
    erase(store, 101)
    assert holds(store, SECRET)
    acts, steps = merge(store, lambda: None)
    assert acts == 1 and steps > 4 and not holds(store, SECRET)
    assert store.read().value("SELECT count(*) FROM report_text WHERE report_text MATCH 'word1 OR word239'") == 2
    assert merge(store, lambda: None)[0] == 1, "there is nothing to merge"


def test_others_add_words_between_the_steps(store: Store) -> None:
    """An index to which words are added all the time is never one segment."""
    numbers = iter(range(1001, 100_000, 100))
    add_words(store, 1)
    add_words(store, 101, word=SECRET)
    erase(store, 101)
    acts, steps = merge(store, lambda: add_words(store, next(numbers), reports=1))
    assert acts == 1 and steps > 4 and not holds(store, SECRET)


def test_words_that_are_erased_between_the_steps_are_merged_once_more(store: Store) -> None:
    """The rebuild asks how many acts there were, and merges again."""
    add_words(store, 1)
    add_words(store, 101, word=SECRET)
    add_words(store, 201)
    erase(store, 1)
    erased: list[bool] = []

    def erase_once() -> None:
        if not erased:
            erased.append(True)
            erase(store, 101)

    acts, _ = merge(store, erase_once)
    assert acts == 1 and sql.count_acts(store.read()) == 2
    store.forget_older_state()
    assert not holds(store, SECRET) and store.check().valid


def test_what_could_not_be_merged_in_steps_is_merged_while_writers_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add_words(store, 1)
    add_words(store, 101, word=SECRET)
    erase(store, 101)
    monkeypatch.setattr(compaction, "merge_words_beside_writers", lambda *_: None)
    assert store.forget_older_state() and not holds(store, SECRET) and store.check().valid


def test_words_that_need_too_many_steps_are_left_to_somebody_who_makes_writers_wait(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was told that all is merged would not look again, and the words of the destroyed would stay."""
    add_words(store, 1)
    add_words(store, 101, word=SECRET)
    erase(store, 101)
    monkeypatch.setattr(word_merging, "_MOST_STEPS", 1)
    monkeypatch.setattr(word_merging, "_ROUNDS", 1)
    assert merge(store, lambda: None)[0] is None and holds(store, SECRET)
    assert store.forget_older_state() and not holds(store, SECRET) and store.check().valid

"""The search of words against reading every text, and when an earlier search may be shown again."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Sequence

import pytest

from triage.jobs.session import Session
from triage.jobs.state import common_words, queue_planes
from triage.jobs.state.queue_planes import open_planes
from triage.store.queries import text_search

WORDS = (
    "w1",
    "w10",
    "w100",
    "w12",
    "Wal",
    "é",
    "x",
    "report",
    "Reports",
    "reporting",
    "user_210",
    "user_2100",
    "a@b.invalid",
    "فون",
)


def read_plainly(texts: dict[int, str], words: str) -> list[int]:
    """Returns the texts that hold each word as a row of tokens, of which the very last may be longer."""
    fold = str.maketrans("é", "e")
    found = []
    for number, text in texts.items():
        tokens = re.findall(r"[^\W_]+", text.casefold().translate(fold))
        rows = [re.findall(r"[^\W_]+", word.casefold().translate(fold)) for word in words.split()]
        if all(holds(tokens, row, longer=n == len(rows) - 1) for n, row in enumerate(rows)):
            found.append(number)
    return found


def holds(tokens: Sequence[str], row: Sequence[str], *, longer: bool) -> bool:
    for at in range(len(tokens) - len(row) + 1):
        here = tokens[at : at + len(row)]
        if here[:-1] == row[:-1] and (here[-1].startswith(row[-1]) if longer else here[-1] == row[-1]):
            return True
    return False


def test_a_search_finds_what_reading_every_text_finds(session: Session) -> None:
    rng = random.Random(3)
    texts = {i: " ".join(rng.choices(WORDS, k=4)) for i in range(1, 121)}
    with session.store.batch() as batch:
        text_search.index_texts(batch, [(i, "w1 before it was read again") for i in range(1, 61)])
        batch.note("texts", reports=60)
    with session.store.batch() as batch:
        text_search.index_texts(batch, list(texts.items()))
        batch.note("texts", reports=120)
    asked = [
        "w",
        "W",
        "w1",
        "w10",
        "r",
        "re",
        "rep",
        "report",
        "reports",
        "u",
        "user_2",
        "user_21",
        "b.i",
        "ف",
        "فو",
        "E",
        "x",
        "q",
    ]
    asked += [" ".join(rng.sample(WORDS, 2))[: rng.randrange(3, 20)].strip() for _ in range(60)]
    with session.reading() as db:
        for words in asked:
            found = text_search.search_reports(db, text_search.split_search(words))
            assert [int(i) for i in found.split(",") if i] == read_plainly(texts, words), words


def test_a_search_is_made_again_only_once_a_text_was_written(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    searched = common_words.find_reports
    monkeypatch.setattr(queue_planes, "find_reports", lambda db, words, size: (made.append(words), searched(db, words, size))[1])

    def search() -> int:
        with open_planes(session, 1_800_000_000) as (_, planes):
            return int(planes.search("boat").view("uint8").sum())

    assert (search(), search(), made) == (0, 0, ["boat"])
    with session.store.batch() as batch:
        batch.note("decided", reports=1)
    assert (search(), made) == (0, ["boat"]), "a commit without a text changes no search"
    with session.store.batch() as batch:
        text_search.index_texts(batch, [(3, "a green boat")])
        batch.note("texts", reports=1)
    assert (search(), made) == (1 << 3, ["boat"] * 2)


def test_threads_ask_the_queue_on_one_connection_in_turn(session: Session) -> None:
    """Else each keeps the same pages of the queue in memory."""
    seen: list[object] = []

    def ask() -> None:
        with open_planes(session, 1_800_000_000) as (db, _):
            seen.append(db)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ask()
    assert len(seen) == 4 and len(set(map(id, seen))) == 1

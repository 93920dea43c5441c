"""SQL of the search of words: the index of all texts, that of the newest texts, and the kept answers for common words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer

BLOCK_BITS = 20
"""Bits of the key of kept bits that number its block."""


@dataclass(frozen=True, slots=True, order=True)
class SearchWord:
    """A word of a search; with `beginning` it stands for all words that begin so."""

    text: str
    beginning: bool


def split_search(words: str) -> list[SearchWord]:
    """Returns the words of a search. The last one may be the beginning of a word."""
    texts = words.replace("\0", " ").split()  # for the index a NUL ends the whole search
    return [SearchWord(text, n == len(texts)) for n, text in enumerate(texts, start=1)]


def search_reports(db: Reader, wanted: Sequence[SearchWord]) -> str:
    """Returns the ids of reports whose identifiers, names, numbers or texts hold all the words, separated by commas.

    Without words nothing is found. One text holds all ids, since two million rows would take ten times as long to fetch.
    """
    return _search(db, "report_text", wanted)


def search_recent_reports(db: Reader, wanted: Sequence[SearchWord]) -> str:
    """Returns the same of the texts that were written since the kept answers."""
    return _search(db, "recent_text", wanted)


def find_reports_with_words(db: Reader, words: str, most: int) -> list[int]:
    """Returns at most `most` reports whose texts or identifiers hold all the words; the last one may be a beginning."""
    wanted = _format_match(split_search(words))
    if not wanted:
        return []
    return [i for (i,) in db.all("SELECT rowid FROM report_text WHERE report_text MATCH ? LIMIT ?", (wanted, most))]


def _search(db: Reader, table: str, wanted: Sequence[SearchWord]) -> str:
    if not wanted:
        return ""
    found = db.value(f"SELECT json_group_array(rowid) FROM {table} WHERE {table} MATCH ?", (_format_match(wanted),))
    return str(found)[1:-1]


def _format_match(wanted: Iterable[SearchWord]) -> str:
    """Returns the words as FTS5 asks for them."""
    return " ".join('"' + word.text.replace('"', '""') + '"' + "*" * word.beginning for word in wanted)


# -- writing texts ---------------------------------------------------------------------------------------------------------


def index_texts(batch: Writer, rows: Sequence[tuple[int, str]]) -> None:
    """Replaces the searchable words of reports. `rows` are (report, text)."""
    for table in ("report_text", "recent_text"):
        batch.executemany(f"DELETE FROM {table} WHERE rowid = ?", [(i,) for i, _ in rows])
        batch.executemany(f"INSERT INTO {table} (rowid, body) VALUES (?,?)", rows)
    batch.execute("UPDATE report_text_state SET writes = writes + 1, recent = recent + ?", (len(rows),))


def erase_text(batch: Writer, report_id: int) -> None:
    """Erases the words of a report from both indexes. They live on there until the rebuilding merges them (compaction.py)."""
    for table in ("report_text", "recent_text"):
        batch.execute(f"DELETE FROM {table} WHERE rowid = ?", (report_id,))
    batch.execute("UPDATE report_text_state SET writes = writes + 1")


def count_text_writes(db: Reader) -> int:
    """Returns how often searchable words were written: while it is the same, a search finds the same."""
    return int(db.value("SELECT writes FROM report_text_state"))


# -- kept answers ----------------------------------------------------------------------------------------------------------


def find_common_word(db: Reader, word: SearchWord) -> int | None:
    """Returns the id of a word whose answer is kept, or None."""
    found = db.value("SELECT id FROM common_word WHERE word = ? AND beginning = ? AND kept", (word.text, word.beginning))
    return None if found is None else int(found)


def load_common_words(db: Reader) -> dict[SearchWord, int]:
    """Returns word -> id of all words whose answers are kept."""
    return {SearchWord(text, bool(b)): i for i, text, b in db.all("SELECT id, word, beginning FROM common_word WHERE kept")}


def load_tried_words(db: Reader) -> dict[SearchWord, int]:
    """Returns word -> number of reports when it was counted last, of all words that were counted."""
    return {SearchWord(text, bool(b)): n for text, b, n in db.all("SELECT word, beginning, tried FROM common_word")}


def save_common_word(batch: Writer, word: SearchWord, reports: int, *, kept: bool) -> int:
    """Records that a word was counted among so many reports, and whether its answer is kept; returns its id."""
    batch.execute(
        "INSERT INTO common_word (word, beginning, tried, kept) VALUES (?,?,?,?)"
        " ON CONFLICT DO UPDATE SET (tried, kept) = (excluded.tried, excluded.kept)",
        (word.text, word.beginning, reports, kept),
    )
    return int(batch.value("SELECT id FROM common_word WHERE word = ? AND beginning = ?", (word.text, word.beginning)))


def delete_common_word(batch: Writer, number: int) -> None:
    """Deletes a word and its kept answer."""
    first = number << BLOCK_BITS
    batch.execute("DELETE FROM common_word_plane WHERE id BETWEEN ? AND ?", (first, first + (1 << BLOCK_BITS) - 1))
    batch.execute("DELETE FROM common_word WHERE id = ?", (number,))


def forget_tried_words(batch: Writer, before: int, most: int) -> None:
    """Forgets words without a kept answer that were counted among at most `before` reports, and the oldest beyond `most`."""
    newest = "SELECT id FROM common_word WHERE NOT kept ORDER BY tried DESC, id DESC LIMIT ?"
    batch.execute(f"DELETE FROM common_word WHERE NOT kept AND (tried <= ? OR id NOT IN ({newest}))", (before, most))


def count_recent_texts(db: Reader) -> int:
    """Returns how many texts were written since the kept answers; a text that was written twice counts twice."""
    return int(db.value("SELECT recent FROM report_text_state"))


def list_recent_reports(db: Reader) -> list[int]:
    """Returns the reports whose texts were written since the kept answers, in ascending order."""
    return [i for (i,) in db.all("SELECT rowid FROM recent_text ORDER BY rowid")]


def iter_recent_words(db: Reader) -> Iterator[tuple[str, int]]:
    """Yields (word, number of texts) of the texts that were written since the kept answers, in the order of bytes."""
    yield from db.each("SELECT term, doc FROM recent_text_word")


def clear_recent_texts(batch: Writer) -> None:
    """Empties the index of the newest texts."""
    batch.execute("INSERT INTO recent_text (recent_text) VALUES ('delete-all')")
    batch.execute("UPDATE report_text_state SET recent = 0")


def load_blocks(db: Reader, word: int) -> list[tuple[int, bytes]]:
    """Returns (block, bits) of a word's kept answer; blocks without a bit are missing."""
    first = word << BLOCK_BITS
    rows = db.all("SELECT id, bits FROM common_word_plane WHERE id BETWEEN ? AND ?", (first, first + (1 << BLOCK_BITS) - 1))
    return [(key - first, bits) for key, bits in rows]


def load_block(db: Reader, word: int, block: int) -> bytes:
    """Returns the bits of one block of a word's kept answer; empty when it has none."""
    return bytes(db.value("SELECT bits FROM common_word_plane WHERE id = ?", (word << BLOCK_BITS | block,)) or b"")


def list_words_at(db: Reader, block: int, at: int) -> list[int]:
    """Returns the words whose kept answers have this bit of a block, without fetching the blocks."""
    sql = (
        "SELECT w.id, hex(substr(p.bits, ?3, 1)) FROM common_word w CROSS JOIN common_word_plane p ON p.id = (w.id << ?1) | ?2"
        " WHERE w.kept"
    )
    return [i for i, byte in db.all(sql, (BLOCK_BITS, block, (at >> 3) + 1)) if byte and int(byte, 16) >> (at & 7) & 1]


def save_block(batch: Writer, word: int, block: int, bits: bytes) -> None:
    """Replaces the bits of a block; a block without a bit is deleted."""
    key = word << BLOCK_BITS | block
    if bits:
        batch.execute("INSERT OR REPLACE INTO common_word_plane (id, bits) VALUES (?,?)", (key, bits))
    else:
        batch.execute("DELETE FROM common_word_plane WHERE id = ?", (key,))


def clear_blocks(batch: Writer) -> None:
    """Deletes all kept answers, but not the list of their words."""
    batch.execute("DELETE FROM common_word_plane")

"""Keeps the answers of searches for words that very many reports hold, as bits, and searches with them.

To ask the index of all texts costs time for each report that is found: a word in every text of two million takes a third of a
second. So the answers for common words, and for common beginnings of words, are kept as bits in blocks, like the queue's planes.
Texts that were written since lie in a small index of their own, which a search asks beside the bits. Words that few reports hold
are left to the index of all texts. docs/decisions/18-queue-planes.md tells why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from triage.jobs.state.queue_layout import BLOCK, Bits, Ids, parse_numbers
from triage.store.database import Reader, Writer
from triage.store.queries import reports as sql_reports
from triage.store.queries import text_search as sql
from triage.store.queries.text_search import SearchWord

BLOCK_WORDS = BLOCK // 64
MOST_RECENT = 10_000
"""Texts that were written since the kept answers. With more of them the answers are written anew."""
LEAST_REPORTS = 50_000
"""In a smaller store the index of all texts answers any word within some milliseconds."""
LEAST_SHARE = 1 / 16
"""Of the reports that hold a word whose answer is kept. At two million, a rarer one takes the index some 20 ms."""
MOST_WORDS = 512
"""Kept answers: 128 MB at two million reports."""
MOST_TRIED = 4_096
"""Words of which it is remembered that they were counted and are not common."""
FEW = 5_000
"""So many ids are put into a set one by one; a byte for each report of the store takes longer for fewer, and 2 MB."""
MOST_COUNTED = 20_000_000
"""Reports that are found, at most, to count new words when the answers are written: some two seconds in 10,000 reports."""


def find_reports(db: Reader, searched: str, size: int) -> Bits:
    """Returns the reports whose texts hold the words, as `size` numbers of 64 bits; reports beyond them are left out."""
    wanted = sql.split_search(searched)
    kept = {word: i for word in wanted if (i := sql.find_common_word(db, _fold(word))) is not None}
    rest = [word for word in wanted if word not in kept]
    if not kept:
        return pack_ids(parse_numbers(sql.search_reports(db, wanted)), size)
    answers = [_load_answers(db, {_fold(word): i for word, i in kept.items()}, size)]
    if rest:
        ids = sql.search_reports(db, rest)
        if not ids and not all(_has_token(word) for word in rest):  # the index passes over what holds neither letter nor digit
            return pack_ids(parse_numbers(sql.search_reports(db, wanted)), size)
        answers.append(pack_ids(parse_numbers(ids), size))
    found: Bits = np.bitwise_and.reduce(answers)
    return found


def _load_answers(db: Reader, words: dict[SearchWord, int], size: int) -> Bits:
    """Returns the reports whose texts hold all these common words."""
    written = pack_ids(np.array(sql.list_recent_reports(db), np.int64), size)
    since = pack_ids(parse_numbers(sql.search_recent_reports(db, list(words))), size)
    found = ~written
    for number in words.values():
        bits = np.zeros(size, np.uint64)
        for block, data in sql.load_blocks(db, number):
            part = bits[block * BLOCK_WORDS : (block + 1) * BLOCK_WORDS]
            part[:] = _decode_block(data)[: len(part)]
        found &= bits
    return found | since


def _fold(word: SearchWord) -> SearchWord:
    """Returns the word as the index has it, as far as that is certain; another word is only looked for in vain."""
    return SearchWord(word.text.lower(), word.beginning) if word.text.isascii() else word


def _has_token(word: SearchWord) -> bool:
    """Returns whether the index surely finds a word in this text."""
    return any(char.isascii() and char.isalnum() for char in word.text)


def pack_ids(ids: Ids, size: int) -> Bits:
    """Returns the set of these ids, as `size` numbers of 64 bits; ids beyond them are left out."""
    inside = ids[ids < size * 64]
    if len(inside) < FEW:
        found: Bits = np.zeros(size, np.uint64)
        np.bitwise_or.at(found.view(np.uint8), inside >> 3, (1 << (inside & 7)).astype(np.uint8))
        return found
    flags = np.zeros(size * 64, np.bool_)
    flags[inside] = True
    packed: Bits = np.packbits(flags, bitorder="little").view(np.uint64)
    return packed


def _decode_block(data: bytes) -> Bits:
    bits = np.zeros(BLOCK_WORDS, np.uint64)
    bits.view(np.uint8)[: len(data)] = np.frombuffer(data, np.uint8)
    return bits


# -- writing ---------------------------------------------------------------------------------------------------------------


def keep_common_words(batch: Writer) -> None:
    """Writes the answers anew when many texts were written since; in the batch that writes texts."""
    if sql.count_recent_texts(batch) > MOST_RECENT:
        write_common_words(batch)


def write_common_words(batch: Writer) -> None:
    """Brings the kept answers up to the texts that were written since, and keeps those of words that became common."""
    written = np.array(sql.list_recent_reports(batch), np.int64)
    for word, number in sql.load_common_words(batch).items():
        _replace_bits(batch, number, written, parse_numbers(sql.search_recent_reports(batch, [word])))
    _add_words(batch, len(written))
    sql.clear_recent_texts(batch)


def erase_report(batch: Writer, report_id: int) -> None:
    """Removes a report from the kept answers, so that no bit of it stays."""
    block, at = divmod(report_id, BLOCK)
    for number in sql.list_words_at(batch, block, at):
        _replace_bits(batch, number, np.array([report_id]), np.zeros(0, np.int64))


def rebuild_common_words(batch: Writer) -> None:
    """Makes the answers of all common words anew from the index of all texts."""
    sql.clear_blocks(batch)
    for word, number in sql.load_common_words(batch).items():
        found = parse_numbers(sql.search_reports(batch, [word]))
        _replace_bits(batch, number, found, found)
    sql.clear_recent_texts(batch)


def find_wrong_words(db: Reader) -> bool:
    """Returns whether a kept answer, with what was written since, differs from what the index of all texts finds."""
    size = (sql_reports.find_last_report(db) // BLOCK + 1) * BLOCK_WORDS
    return any(
        (_load_answers(db, {word: number}, size) != pack_ids(parse_numbers(sql.search_reports(db, [word])), size)).any()
        for word, number in sql.load_common_words(db).items()
    )


def _replace_bits(batch: Writer, number: int, changed: Ids, having: Ids) -> None:
    """Sets the bits of `having` in the answer of a word, and clears those of other changed reports."""
    for block in np.unique(changed // BLOCK).tolist():
        at, held = (pack_ids(ids[ids // BLOCK == block] - block * BLOCK, BLOCK_WORDS) for ids in (changed, having))
        old = sql.load_block(batch, number, block)
        new = ((_decode_block(old) & ~at) | held).tobytes().rstrip(b"\0")
        if new != old:
            sql.save_block(batch, number, block, new)


def _add_words(batch: Writer, texts: int) -> None:
    """Keeps the answers of words that are common in the newest texts and in all, the most frequent first."""
    reports = sql_reports.count_reports(batch)
    if reports < LEAST_REPORTS:
        return
    _drop_words(batch, reports)
    kept, tried, counted = sql.load_common_words(batch), sql.load_tried_words(batch), 0
    room = MOST_WORDS - len(kept)
    for word, n in _find_frequent(list(sql.iter_recent_words(batch)), texts * LEAST_SHARE):
        if room <= 0 or counted > MOST_COUNTED:
            break
        if word in kept or 2 * tried.get(word, 0) > reports:
            continue
        found = parse_numbers(sql.search_reports(batch, [word]))
        counted += max(len(found), n * reports // texts)
        common = len(found) >= reports * LEAST_SHARE
        number = sql.save_common_word(batch, word, reports, kept=common)
        if common:
            _replace_bits(batch, number, found, found)
            room -= 1


def _drop_words(batch: Writer, reports: int) -> None:
    """Drops the answers of words that few reports hold by now, and forgets what was counted long ago.

    A kept word is counted again when the reports have doubled. One that is still half as common as a new word has to be stays.
    """
    tried = sql.load_tried_words(batch)
    for word, number in sql.load_common_words(batch).items():
        if 2 * tried[word] <= reports:
            found = sum(int.from_bytes(bits, "little").bit_count() for _, bits in sql.load_blocks(batch, number))
            if 2 * found < reports * LEAST_SHARE:
                sql.delete_common_word(batch, number)
            else:
                sql.save_common_word(batch, word, reports, kept=True)
    sql.forget_tried_words(batch, reports // 2, MOST_TRIED)


def _find_frequent(terms: Sequence[tuple[str, int]], least: float) -> list[tuple[SearchWord, int]]:
    """Returns words and beginnings of words that stand in at least so many texts, the most frequent first, and how often.

    A text counts for a beginning as often as it has words that begin so: this is what the index has to read.
    """
    found = {SearchWord(term, False): n for term, n in terms if n >= least}
    length, left = 1, terms
    while left:
        sums: Counter[str] = Counter()
        for term, n in left:
            sums[term[:length]] += n
        found |= {SearchWord(text, True): n for text, n in sums.items() if n >= least}
        left = [(term, n) for term, n in left if len(term) > length and sums[term[:length]] >= least]
        length += 1
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))

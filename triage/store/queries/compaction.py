"""SQL of the compaction that a destruction makes necessary: the database has to be rewritten without its older pages."""

from __future__ import annotations

from triage.store.database import Reader, Writer
from triage.store.queries.backups import forget_part_keys

WORD_TABLES = ("report_text", "recent_text")
"""The indexes of search words."""
_SEGMENT_BITS = 37


def mark_compaction_owed(writer: Writer, since: str) -> None:
    """Records since when a compaction is owed; an earlier time that is recorded already stays.

    The keys of the backups' parts go: these hold pages as they were before, and no later state may be added to them.
    """
    forget_part_keys(writer)
    writer.execute(
        "INSERT INTO compaction_owed (id, since) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET acts = acts + 1", (since,)
    )


def is_compaction_owed(reader: Reader) -> bool:
    """Returns whether a compaction is owed, or begun: file and write-ahead log may hold older pages."""
    return reader.first("SELECT 1 FROM compaction_owed") is not None


def is_rebuild_owed(reader: Reader) -> bool:
    """Returns whether the pages of this state may hold what was erased, and not only the older ones."""
    return reader.first("SELECT 1 FROM compaction_owed WHERE acts > rebuilt") is not None


def mark_rebuilt(writer: Writer) -> None:
    """Records that the pages of this state hold nothing of what was erased so far. What is left is emptying the log."""
    writer.execute("UPDATE compaction_owed SET rebuilt = acts")


def count_acts(reader: Reader) -> int:
    """Returns how many acts erased something since a compaction is owed; 0 when none is."""
    return int(reader.value("SELECT acts FROM compaction_owed") or 0)


def merge_search_words(writer: Writer) -> None:
    """Rewrites the search words of reports: those of deleted reports live on in their index until then.

    It takes as long as all words of the store, however few were deleted.
    """
    for table in WORD_TABLES:
        writer.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")


def merge_some_words(writer: Writer, table: str, pages: int) -> bool:
    """Writes about so many pages of a merge of segments; returns False when there was nothing to merge.

    With a number below 0 all segments of now are merged, by this call and later ones with a number above 0.
    """
    before, _ = writer.changes()
    writer.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', ?)", (pages,))
    return writer.changes()[0] - before > 1  # the statement itself counts as one


def list_segments(reader: Reader, table: str) -> frozenset[int]:
    """Returns the numbers of the segments of an index. A segment with deleted rows has a second one, above 65,536.

    A page's id is the segment's number times 2**37 and the page's place (FTS5's source, `FTS5_SEGMENT_ROWID`).
    """
    found, segment = set[int](), 0
    while True:
        first = reader.value(f"SELECT min(id) FROM {table}_data WHERE id >= ?", ((segment + 1) << _SEGMENT_BITS,))
        if first is None:
            return frozenset(found)
        segment = int(first) >> _SEGMENT_BITS
        found.add(segment)


def clear_compaction_owed(writer: Writer) -> None:
    """Records that no compaction is owed any more, unless something was erased since the pages were rebuilt."""
    writer.execute("DELETE FROM compaction_owed WHERE acts = rebuilt")

"""SQL of the compaction that a destruction makes necessary: the database has to be rewritten without its older pages."""

from __future__ import annotations

from triage.store.database import Reader, Writer
from triage.store.queries.backups import forget_part_keys


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


def merge_search_words(writer: Writer) -> None:
    """Rewrites the search words of reports: those of deleted reports live on in their index until then.

    It takes as long as all words of the store, however few were deleted.
    """
    for table in ("report_text", "recent_text"):
        writer.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")


def clear_compaction_owed(writer: Writer) -> None:
    """Records that no compaction is owed any more, unless something was erased since the pages were rebuilt."""
    writer.execute("DELETE FROM compaction_owed WHERE acts = rebuilt")

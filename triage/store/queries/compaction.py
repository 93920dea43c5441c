"""SQL of what a destruction owes: a database without older pages."""

from __future__ import annotations

from triage.store.database import Reader, Writer


def owe(writer: Writer, since: str) -> None:
    """A debt that stands already stays."""
    writer.execute("INSERT OR IGNORE INTO compaction_owed (id, since) VALUES (1, ?)", (since,))


def is_owed(reader: Reader) -> bool:
    return reader.one("SELECT 1 FROM compaction_owed") is not None


def settle(writer: Writer) -> None:
    writer.execute("DELETE FROM compaction_owed")

"""Decides what the bytes behind the vault's committed end are. None of them is ever deleted at opening.

Bytes of one unfinished batch, as the intent file proves it, are recorded as a gap. Any other bytes mean that the database is
older than the vault. The store is then refused until the newer files are put back, or an administrator accepts the loss. Then the
bytes become a gap as well, and stay readable for a newer database that is put back later.
"""

from __future__ import annotations

import logging
from pathlib import Path

from triage.message import Message
from triage.store import opening
from triage.store.batch import Batch
from triage.store.database import Database
from triage.store.intent import Intent, IntentFile
from triage.store.queries import audit_log
from triage.store.queries import vault as vault_sql
from triage.store.vault import count_missing_bytes, find_uncommitted, pack_path

_log = logging.getLogger(__name__)


class VaultEnd:
    """Checks the vault's end of one open store. The caller holds the writer's lock."""

    def __init__(self, directory: Path, database: Database, key: memoryview) -> None:
        self.store = ""
        """The store's id, known once its database was read."""
        self._vault = directory / opening.VAULT
        self._database = database
        self._file = IntentFile(directory / opening.INTENT, key)

    def find_problem(self) -> Message | None:
        """Returns what is wrong with the vault's end, or None when it fits the database."""
        last = vault_sql.load_last_pack(self._database.writer)
        if last and (missing := count_missing_bytes(self._vault, last)):
            name = pack_path(self._vault, last[0]).name
            return Message(
                "The vault file {name} is cut short; bytes missing from its end: {missing}.", name=name, missing=missing
            )
        later = sum(extent.length for extent in find_uncommitted(self._vault, last))
        if later and not self._is_unfinished(self._file.read(self.store), last):
            return Message(
                "The database is older than the vault; bytes that were stored later: {later}. Nothing was deleted.",
                later=later,
            )
        return None

    def find_problem_at_opening(self) -> Message | None:
        """Returns what is wrong with the vault's end or with the database compared to the last batch in the intent file.

        That is, the database is older than the batch that the intent file names.
        """
        intent, now_at = self._file.read(self.store), audit_log.load_state(self._database.writer).commits
        if intent is not None and intent.commits > now_at:
            return Message(
                "The database is older than the vault's last batch: {steps} or more steps are missing.",
                steps=intent.commits - now_at,
            )
        return self.find_problem()

    def has_unfinished(self) -> bool:
        """Returns whether an unfinished batch or an empty pack has to be recorded, when `find_problem` found none."""
        return bool(find_uncommitted(self._vault, vault_sql.load_last_pack(self._database.writer)))

    def account(self, batch: Batch, *, unfinished: bool) -> None:
        """Records the bytes behind the committed end as gaps, and begins a new pack after one that is cut short."""
        last = vault_sql.load_last_pack(batch)
        if last and count_missing_bytes(self._vault, last):
            vault_sql.save_pack_lengths(batch, {last[0] + 1: 0})
            last = (last[0] + 1, 0)
        extents = find_uncommitted(self._vault, last)
        vault_sql.save_pack_lengths(batch, {extent.pack: extent.offset + extent.length for extent in extents})
        gaps = [extent for extent in extents if extent.length]
        vault_sql.add_gaps(batch, gaps)
        if gaps:
            batch.note(
                "vault bytes set aside",
                packs=[gap.pack for gap in gaps],
                offsets=[gap.offset for gap in gaps],
                lengths=[gap.length for gap in gaps],
                unfinished=int(unfinished),
            )
            _log.info("set aside %d bytes behind the vault's end", sum(gap.length for gap in gaps))

    def begin(self) -> None:
        """States in the intent file, flushed, that a batch is about to seal."""
        writer = self._database.writer
        self._file.begin(self.store, audit_log.load_state(writer).commits, vault_sql.load_last_pack(writer) or (0, 0))

    def finish(self) -> None:
        """Closes the intent of a batch that was committed, if it is still open."""
        writer = self._database.writer
        intent, now_at = self._file.read(self.store), audit_log.load_state(writer).commits
        if intent is not None and intent.open and intent.commits < now_at:
            self._file.finish(self.store, now_at, vault_sql.load_last_pack(writer) or (0, 0))

    def restart(self) -> None:
        """Closes the intent at the state that an administrator accepted. What it said of a newer state is lost."""
        writer = self._database.writer
        self._file.finish(self.store, audit_log.load_state(writer).commits, vault_sql.load_last_pack(writer) or (0, 0))

    def _is_unfinished(self, intent: Intent | None, last: tuple[int, int] | None) -> bool:
        """Returns whether the intent proves that the bytes behind `last` are of one unfinished batch."""
        if intent is None or not intent.open or (intent.pack, intent.offset) != (last or (0, 0)):
            return False
        return intent.commits == audit_log.load_state(self._database.writer).commits

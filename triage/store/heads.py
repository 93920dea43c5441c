"""The head of an open store: read, compared with the database, and signed anew after each step."""

from __future__ import annotations

from pathlib import Path

from triage.errors import StoreError
from triage.message import Message
from triage.store import audit, opening
from triage.store.audit import Head, Sign
from triage.store.database import Database
from triage.store.pages import Pages
from triage.store.queries import audit_log
from triage.store.queries.audit_log import AuditState

_FOLD_AFTER = 1000
"""Frames in the write-ahead log after which it is folded into the database; SQLite's own number."""


class Heads:
    """`store` is the store's id, known once its database was read. All methods want the writer's lock held."""

    def __init__(self, directory: Path, database: Database, key: memoryview, public_key: bytes, sign: Sign) -> None:
        self.store = ""
        self.pages = Pages(directory / opening.DATABASE, key)
        self._path = directory / opening.HEAD
        self._database = database
        self._public_key = public_key
        self._sign = sign
        self._seen: Head | None = None
        """As `find_problem` read it last, or `write` wrote it."""

    def close(self) -> None:
        """Only after the database is closed."""
        self.pages.close()

    def read(self) -> Head:
        return audit.read_head(self._path)

    def describe(self) -> dict[str, audit.Value]:
        """What the head says, for an entry of the audit log; nothing when it can't be read."""
        try:
            head = self.read()
        except StoreError:
            return {}
        return {"head_commits": head.commits, "head_count": head.count, "head_root": head.root}

    def find_problem(self) -> Message | None:
        """Returns None when the head is the database's, or one step behind it."""
        try:
            head = self._seen = self.read()
        except StoreError as error:
            self._seen = None
            return error.message
        state = audit_log.load_state(self._database.writer)
        if found := audit.compare(state, head, self.store, self._public_key):
            return found
        if not head.pages and head.commits == state.commits:
            return Message("The audit log's head does not vouch for the database's pages: it was not written by this store.")
        return None

    def write(self, state: AuditState, anew: bool = False) -> bool:
        """Signs the state that the last step left. False when the digest of the pages had to be taken from what is there,
        since the head before, or the step in the log, is gone, or since `anew` says so."""
        before, digest = None if anew else self._before(state), None
        if before is not None:
            digest = self.pages.after_step(self._database.writer, before)
        known = digest is not None
        if digest is None:
            digest = self.pages.whole(self._database.writer)
        sealed = self.pages.sealed(digest, self.store, state.commits)
        head = audit.make_head(self.store, state, self._sign, sealed)
        audit.write_head(self._path, head)
        self._seen = head
        if self.pages.frames >= _FOLD_AFTER:
            self._database.fold_log()
        return known

    def is_behind(self) -> bool:
        """The writer was killed between its commit and its head. To be asked when `find_problem` found none."""
        return self._seen is None or self._seen.commits != audit_log.load_state(self._database.writer).commits

    def _before(self, state: AuditState) -> int | None:
        """The digest before the last step, as the head of then vouches for it. Its seal needs no other signature."""
        head = self._seen
        if head is None or head.commits != state.commits - 1:
            return None
        return self.pages.opened(head.pages, self.store, head.commits)

"""Keeps the audit log's head of an open store: reads it, compares it with the database, and signs it after each step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from triage.errors import DiskFull, StepStored, StoreError
from triage.message import Message
from triage.store import audit, opening
from triage.store.audit import LogHead, Sign
from triage.store.database import Database
from triage.store.pages import PageDigests
from triage.store.queries import audit_log
from triage.store.queries.audit_log import AuditState

_FOLD_AFTER = 1000
"""Frames in the write-ahead log after which it is folded into the database; SQLite's own number."""


class HeadKeeper:
    """Keeps the head of one open store. The caller holds the writer's lock.

    `store` is the store's id; it is set once the database was read.
    """

    def __init__(self, directory: Path, database: Database, key: memoryview, public_key: bytes, sign: Sign) -> None:
        self.store = ""
        self.pages = PageDigests(database.path, key, read_only=database.read_only)
        self._path = directory / opening.HEAD
        self._database = database
        self._public_key = public_key
        self._sign = sign
        self._seen: LogHead | None = None
        """As `find_problem` read it last, or `write` wrote it."""
        self._signed: LogHead | None = None
        """The last head whose signature was checked or made here. Each step begins with the head that the step before wrote."""

    def follow(self) -> None:
        """Goes over to the file of a rebuild, if there is a new one. The caller has just taken the writer's lock."""
        self._database.look()
        self.pages.follow(self._database.path)

    def close(self) -> None:
        """Closes the page digests. The database has to be closed before."""
        self.pages.close()

    def read(self) -> LogHead:
        """Reads the head's file and checks its form only.

        Raises:
            StoreError: if it is missing, damaged or can't be read
        """
        return audit.read_head(self._path)

    def describe(self) -> dict[str, audit.Value]:
        """Returns the head's counts and root for an audit log entry; nothing when the head can't be read."""
        try:
            head = self.read()
        except StoreError:
            return {}
        return {"head_commits": head.commits, "head_count": head.count, "head_root": head.root}

    def find_problem(self) -> Message | None:
        """Returns what is wrong with the head, or None when it fits the database or is one step behind."""
        try:
            head = self._seen = self.read()
        except StoreError as error:
            self._seen = None
            return error.message
        state = audit_log.load_state(self._database.writer)
        problem = audit.compare_with_head(state, head, self.store, self._public_key, known=self._signed)
        if problem is None:
            self._signed = head
        return problem

    def write(self, state: AuditState, anew: bool = False) -> bool:
        """Signs and writes the head of the state that the last step left.

        Returns:
            False when the digest of the pages had to be taken from the pages as they are. That is so when `anew` asks for it, or
                when the head before or the step in the log is gone.
        """
        before, digest = None if anew else self._open_digest_before(state), None
        if before is not None:
            digest = self.pages.digest_after_step(self._database.writer, before)
        known = digest is not None
        if digest is None:
            digest = self.pages.digest_all(self._database.writer)
        self._write_digest(state, digest)
        if self.pages.frames >= _FOLD_AFTER:
            # The step is stored already. On a full disk the log can't be folded, and nobody may be told that the step was not.
            with suppress(StoreError):
                self._database.fold_log()
        return known

    def take_over(self, state: AuditState, digest: int) -> None:
        """Goes over to the file of a rebuild, whose pages have this digest, and writes the head of its state."""
        self.follow()
        self._write_digest(state, digest)

    def _write_digest(self, state: AuditState, digest: int) -> None:
        """Signs and writes the head of a state whose pages have this digest."""
        sealed = self.pages.seal_digest(digest, self.store, state.commits)
        head = audit.make_head(self.store, state, self._sign, sealed)
        audit.write_head(self._path, head)
        self._seen = self._signed = head

    def finish_step(self, state: AuditState, then: Callable[[], None]) -> None:
        """Writes the head of a step that was committed a moment ago, then closes the step.

        Raises:
            StepStored: if the disk refuses. It says that the step is stored: whoever did it again would have it twice
        """
        try:
            self.write(state)
            then()
        except StoreError as error:
            raise StepStored(
                "{why} The last step is stored all the same: look at what is there before you do it again. The next step writes"
                " the audit log's head.",
                why=Message("The disk is full.") if isinstance(error, DiskFull) else Message("The disk reported an error."),
                detail=str(error),
            ) from error

    def is_behind(self) -> bool:
        """Returns whether the writer was killed between its commit and its head.

        It is asked after `find_problem` found none.
        """
        return self._seen is None or self._seen.commits != audit_log.load_state(self._database.writer).commits

    def _open_digest_before(self, state: AuditState) -> int | None:
        """Returns the digest of the pages before the last step, as the head of that state vouches for it, or None.

        The digest's own seal proves it, so its signature is not checked again.
        """
        head = self._seen
        if head is None or head.commits != state.commits - 1:
            return None
        return self.pages.open_digest(head.pages, self.store, head.commits)

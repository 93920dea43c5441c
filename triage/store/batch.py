"""One transaction over database, vault and audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from triage.errors import NotFound, StoreError
from triage.store.audit import LogAppender, Value
from triage.store.database import Reader, Row, Writer
from triage.store.queries import vault as vault_sql
from triage.store.queries.audit_log import AuditState
from triage.store.vault import ItemPlace, SealedReader, VaultWriter


class Batch(Writer):
    """A transaction that `Store.batch()` opens: it writes rows, seals bytes and adds audit log entries.

    It works only inside its `with` block.
    """

    def __init__(self, writer: Writer, vault: Path, user: int, announce: Callable[[], None]) -> None:
        """Begins to seal behind the last committed pack. `announce` is called before the first byte is sealed."""
        super().__init__(writer._link.connection)
        self._directory = vault
        self._vault = VaultWriter(vault, vault_sql.load_last_pack(self), announce=announce)
        self._record = LogAppender(self, user)
        self._unchanged = self.changes()
        self._next_item: int | None = None

    def seal(self, data: bytes | Iterable[bytes], *, sha256: str | None = None) -> int:
        """Seals bytes, or a stream of them, into the vault; returns the item's id.

        `sha256` is the hex digest of exactly these bytes, if the caller has it; else it is computed.
        """
        return self.seal_all([(data, sha256)])[0]

    def seal_all(self, contents: Iterable[tuple[bytes | Iterable[bytes], str | None]]) -> range:
        """Seals several contents; returns the ids of the items in order. Each content is as in `seal`.

        The rows are written together: between two contents of an import each would find the processor's caches full of the file.
        """
        first = last = self._next_item or vault_sql.next_item_id(self)
        rows: list[Row] = []
        begins_pack = False
        for data, sha256 in contents:
            digest = bytes.fromhex(sha256) if sha256 else None
            if digest is not None and len(digest) != 32:
                raise ValueError("a SHA-256 has 32 bytes")
            place = self._vault.seal(last, data, digest)
            begins_pack |= place.offset == 0
            rows.append((last, place.pack, place.offset, place.size, place.key, place.sha256))
            last += 1
        if begins_pack:
            vault_sql.save_pack_lengths(self, self._vault.lengths)
        vault_sql.add_items(self, rows)
        self._next_item = last
        return range(first, last)

    def destroy(self, item: int) -> None:
        """Deletes the item's key: its bytes stay but can never be opened again.

        Raises:
            NotFound: if the vault has no such item
        """
        if not vault_sql.delete_key(self, item):
            raise NotFound("The vault has no item {item}.", item=item)

    def note(self, kind: str, **ids_and_hashes: Value) -> int:
        """Adds an entry to the audit log; returns its number.

        `kind` is lower-case words, such as "report imported". Values are integers, words, times, keyed hashes, or lists of these.

        Raises:
            ValueError: if a value looks like content
        """
        return self._record.note(kind, ids_and_hashes)

    def unseal(self, item: int) -> bytes:
        """Returns all bytes of an item, also of one that this batch sealed.

        Raises:
            StoreError: if the bytes were changed, are missing or were destroyed
            NotFound: if the vault has no such item
        """
        return self.reader(item).all()

    def reader(self, item: int) -> SealedReader:
        """Returns a reader of an item, also of one that this batch sealed.

        Raises:
            StoreError: if the item was destroyed
            NotFound: if the vault has no such item
        """
        return open_item(self, self._directory, item)

    def finish(self) -> AuditState | None:
        """Flushes the vault and commits; returns the state for the head, or None when nothing was changed."""
        if self.changes() == self._unchanged:
            self.rollback()
            return None
        self._vault.sync()
        vault_sql.save_pack_lengths(self, self._vault.lengths)
        state = self._record.finish()
        self.commit()
        self._vault.close()
        return state

    def undo(self) -> None:
        """Rolls back, and removes from the vault what is not committed.

        It looks at what is committed, because Ctrl-C may come right after COMMIT.
        """
        try:
            self.rollback()
            self._vault.remove_unfinished(vault_sql.load_last_pack(self))
        finally:
            self._vault.close()

    def end(self) -> None:
        """Makes the batch unusable: after its block it would write outside any transaction."""
        del self._link


def open_item(reader: Reader, vault: Path, item: int) -> SealedReader:
    """Returns a reader of the item.

    Raises:
        NotFound: if the vault has no such item
        StoreError: if the item was destroyed
    """
    row = vault_sql.load_item(reader, item)
    if row is None:
        raise NotFound("The vault has no item {item}.", item=item)
    if row[4] is None:
        raise StoreError("Item {item} of the vault was destroyed on purpose; its bytes are gone.", item=item)
    return SealedReader(vault, ItemPlace(*row))

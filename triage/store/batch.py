"""One transaction over database, vault and record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from triage.errors import NotFound, StoreError
from triage.store.audit import Appender, Value
from triage.store.database import Reader, Writer
from triage.store.queries import vault as vault_sql
from triage.store.queries.audit_log import AuditState
from triage.store.vault import Place, SealedReader, VaultWriter


class Batch(Writer):
    """What `Store.batch()` gives: SQL that writes, sealing and noting. Only good inside its `with` block."""

    def __init__(self, writer: Writer, vault: Path, user: int, announce: Callable[[], None]) -> None:
        """`announce` is called before the first byte is sealed."""
        super().__init__(writer._connection)
        self._directory = vault
        self._vault = VaultWriter(vault, vault_sql.load_last_pack(self), announce=announce)
        self._record = Appender(self, user)
        self._unchanged = self.changes()
        self._next_item: int | None = None

    def seal(self, data: bytes | Iterable[bytes], *, sha256: str | None = None) -> int:
        """Seals bytes, or a stream of them, into the vault; returns the item's id.

        `sha256` saves computing it when the caller already has the digest of exactly these bytes, in hex.
        """
        item = self._next_item or vault_sql.next_item_id(self)
        digest = bytes.fromhex(sha256) if sha256 else None
        if digest is not None and len(digest) != 32:
            raise ValueError("a SHA-256 has 32 bytes")
        place = self._vault.seal(item, data, digest)
        if place.offset == 0:
            vault_sql.save_pack_lengths(self, self._vault.lengths)
        vault_sql.add_item(self, (item, place.pack, place.offset, place.size, place.key, place.sha256))
        self._next_item = item + 1
        return item

    def destroy(self, item: int) -> None:
        """Forgets an item's key: its bytes stay where they are and can never be opened again."""
        if not vault_sql.delete_key(self, item):
            raise NotFound("The vault has no item {item}.", item=item)

    def note(self, kind: str, **ids_and_hashes: Value) -> int:
        """Adds an entry to the record; returns its number.

        `kind` is lower-case words ("report imported"); values are ints, words, times, keyed hashes, or lists of these.
        Anything that looks like content is a ValueError.
        """
        return self._record.note(kind, ids_and_hashes)

    def unseal(self, item: int) -> bytes:
        """As `Store.unseal`, and sees what this batch has sealed."""
        return self.reader(item).all()

    def reader(self, item: int) -> SealedReader:
        """As `Store.reader`, and sees what this batch has sealed."""
        return open_item(self, self._directory, item)

    def finish(self) -> AuditState | None:
        """Vault fsync, then COMMIT; returns the state to put into the head, or None when nothing was changed."""
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
        """Rolls back, and takes out of the vault what is not committed by then: a Ctrl-C may come right behind COMMIT."""
        try:
            self.rollback()
            self._vault.take_back(vault_sql.load_last_pack(self))
        finally:
            self._vault.close()

    def end(self) -> None:
        """A batch that outlives its block would write outside any transaction: it can't."""
        del self._connection


def open_item(reader: Reader, vault: Path, item: int) -> SealedReader:
    row = vault_sql.load_item(reader, item)
    if row is None:
        raise NotFound("The vault has no item {item}.", item=item)
    if row[4] is None:
        raise StoreError("Item {item} of the vault was destroyed on purpose; its bytes are gone.", item=item)
    return SealedReader(vault, Place(*row))

"""The private account of the user who opened the store: what only this person's passphrase opens.

    passphrase --> slot key --> the slot's age identity --HKDF--> wrapping key --AES-256-GCM--> the account's key

Every user of a store can open its database. What a person viewed, and what they keep away from, is therefore sealed once more
under a random key of their own. The wrapping key derives from a secret, so nobody else can put a key in its place. A passphrase
that somebody else sets opens a new account: the old one stays closed to everybody. See docs/decisions/20-private-account.md.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from triage.errors import Refused
from triage.store.database import Reader, Writer
from triage.store.key_file import KeyFileEditor
from triage.store.keys import KeyRing
from triage.store.queries import private
from triage.store.transactions import Transactions

_KEY, _NONCE = 32, 12
_MARK = 16  # bytes of an owner's mark


@dataclass(frozen=True, slots=True)
class AccountKey:
    """The key of an open account. It lies in the memory page of the store's keys, and is zero once the store is closed."""

    key: memoryview

    @property
    def owner(self) -> bytes:
        """Returns the mark of the account's rows. Without the key nobody can tell whose they are."""
        return self.mark("owner")

    def mark(self, of: str) -> bytes:
        """Returns a mark that only this account can make, for example to be counted once a week."""
        return hmac.digest(bytes(self.key), b"triage account mark 1\0" + of.encode(), "sha256")[:_MARK]

    def seal(self, data: bytes, purpose: str) -> bytes:
        """Encrypts data for this account alone."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, data, purpose.encode())

    def unseal(self, sealed: bytes, purpose: str) -> bytes | None:
        """Returns what `seal` encrypted for this purpose, or None when the bytes are not that."""
        try:
            return AESGCM(self.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            return None


class PrivateAccount:
    """Opens the account of the user of an open store, and of nobody else."""

    def __init__(self, store: Transactions, keys: KeyFileEditor) -> None:
        """Takes the open store, and the editor of its key file."""
        self._store = store
        self._keys = keys
        self._opened: tuple[bytes, AccountKey] | None = None
        """The wrapped key as it was stored, and what it opened to."""

    def find(self, reader: Reader) -> AccountKey | None:
        """Returns the key of the account, or None as long as this person has none.

        Raises:
            Refused: if the passphrase was changed elsewhere since the store was unlocked, or somebody changed the stored key
        """
        wrapped = private.load_key(reader, self._store.user.id)
        if wrapped is None:
            return None
        if self._opened is None or self._opened[0] != wrapped:
            self._opened = wrapped, self._unwrap(wrapped)
        return self._opened[1]

    def open(self, batch: Writer) -> AccountKey:
        """Returns the key of the account; makes the account when this person has none.

        Raises:
            Refused: as `find`
        """
        found = self.find(batch)
        if found is None:
            found = AccountKey(self._keys.ring.page.keep(os.urandom(_KEY)))
            private.save_key(batch, self._store.user.id, self._wrap(self._keys.ring, found))
        return found

    def keep_under(self, batch: Writer, ring: KeyRing, identity: bytes) -> None:
        """Wraps the account's key anew for the passphrase that the person has just set; `identity` is that of its slot.

        A key that the slot before does not open is lost, such as after a kill while the passphrase was changed. A new account
        begins then: else the person could never change the passphrase again.
        """
        try:
            found = self.find(batch)
        except Refused:
            found = None
            private.delete_key(batch, self._store.user.id)
        ring.identity = ring.page.keep(identity)
        if found is not None:
            private.save_key(batch, self._store.user.id, self._wrap(ring, found))

    def _wrap(self, ring: KeyRing, key: AccountKey) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(_derive_wrapping_key(ring)).encrypt(nonce, key.key, self._context())

    def _unwrap(self, wrapped: bytes) -> AccountKey:
        """Opens the stored key."""
        ring = self._keys.ring
        try:
            opened = AESGCM(_derive_wrapping_key(ring)).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], self._context())
        except (InvalidTag, ValueError) as error:
            raise Refused(
                "Your private account does not open with this passphrase. Lock and unlock the store, in case the passphrase was"
                " changed; else restore the newest backup."
            ) from error
        return AccountKey(ring.page.keep(opened))

    def _context(self) -> bytes:
        return f"triage account key 1 {self._store.user.id}".encode()


def _derive_wrapping_key(ring: KeyRing) -> bytes:
    """Derives the key that wraps an account's key from the secret of the slot that opened the store, for this store alone."""
    if ring.identity is None:
        raise Refused("Lock the store and unlock it with your own passphrase to open your private account.")
    return HKDF(hashes.SHA256(), _KEY, bytes(ring.keys.ledger), b"triage private account 1").derive(bytes(ring.identity))

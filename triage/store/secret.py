"""Holds the keys of an open store in one memory page, kept out of swap and dumps and zeroed when the store closes.

It has limits. Python, OpenSSL and SQLCipher make copies while they work: a key schedule, an SQL text, the passphrase that was
typed. Nobody zeroes those. SECURITY.md says so.
"""

from __future__ import annotations

import mmap

from triage import hardening


class SecretPage:
    """A memory page for secrets. Views into it stay valid after `wipe` and then show zeros."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self._view = memoryview(self._page)
        self._used = 0
        self.state = hardening.lock_memory(self._page)
        """"on", or why the page could not be kept out of swap."""

    def reserve(self, size: int) -> memoryview:
        """Returns a part of the page that is still free.

        Raises:
            ValueError: if the page is full, which is a bug: a store has a handful of keys
        """
        if self._used + size > len(self._view):
            raise ValueError("the page of keys is full")
        self._used += size
        return self._view[self._used - size : self._used]

    def keep(self, secret: bytes) -> memoryview:
        """Copies the secret into the page; returns the view of it."""
        kept = self.reserve(len(secret))
        kept[:] = secret
        return kept

    def wipe(self) -> None:
        """Overwrites the whole page with zeros."""
        self._view[:] = bytes(len(self._view))

"""Where the keys of an open store lie: one page of memory of their own, kept out of swap and dumps, zeroed when it closes.

What this can't do: Python, OpenSSL and SQLCipher make copies while they work (a key schedule, an SQL text, the passphrase that
was typed), and nobody zeroes those. SECURITY.md says so.
"""

from __future__ import annotations

import mmap

from triage import hardening


class SecretPage:
    """Views into it stay valid after `wipe` and then show zeros."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self._view = memoryview(self._page)
        self._used = 0
        self.state = hardening.lock_memory(self._page)
        """"on", or why the page could not be kept out of swap."""

    def room(self, size: int) -> memoryview:
        """A part of the page that nobody has. Running out is a bug: a store has a handful of keys."""
        if self._used + size > len(self._view):
            raise ValueError("the page of keys is full")
        self._used += size
        return self._view[self._used - size : self._used]

    def keep(self, secret: bytes) -> memoryview:
        kept = self.room(len(secret))
        kept[:] = secret
        return kept

    def wipe(self) -> None:
        self._view[:] = bytes(len(self._view))

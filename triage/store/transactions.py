"""The interface that the parts of an open store use: its user, reading, and one batch at a time.

`Store` provides it. Users and the key file are written against it, so that they lie below the store and never import it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from triage.model.users import User
from triage.store.batch import Batch
from triage.store.database import Reader


class Transactions(Protocol):
    """An open store, as far as its parts use it."""

    user: User
    """Who opened the store."""

    @property
    def directory(self) -> Path:
        """The folder of the store."""

    def read(self) -> Reader:
        """Returns this thread's own connection, which can't write."""

    def batch(self) -> AbstractContextManager[Batch]:
        """Opens the one transaction over database, vault and audit log."""

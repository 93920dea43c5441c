"""Opens the stores that benchmarks build, and loads little else: what a benchmark loads beside the window would count as the window's."""

from __future__ import annotations

from pathlib import Path

from triage.jobs.session import Session
from triage.store.store import Store

USER, PASSPHRASE = "bench", "seven green boats"


def open_store(folder: Path) -> Session:
    """Opens the store."""
    return Session(Store.open(folder, USER, PASSPHRASE))

"""The synthetic national feed, made, imported and shown: the whole way in one command."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from triage.errors import WorldError
from triage.feed.make import make
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.queue import queue_rows
from triage.jobs.session import Session, create_store, unlock
from triage.model.handover import Receipt
from triage.model.progress import OnProgress, ignore_progress
from triage.model.views import ImportResult, QueueFilter, QueueRow
from triage.safe_files import is_there, list_names, make_private_folder, read_file, replace_file, resolve_folder

USER = "demo"
_MAX_PASSPHRASE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    feed: Path
    truth: Path
    store: Path
    user: str
    passphrase_file: Path
    """Everything in a demo is invented, so its passphrase may lie beside it."""
    imported: ImportResult
    queue: tuple[QueueRow, ...]
    """The head of the queue."""


def make_demo(
    directory: Path, *, store: Path | None = None, reports: int = 300, on_progress: OnProgress = ignore_progress
) -> Demo:
    """Make (or complete) a demo in `directory`; the store goes there too unless named. Raises WorldError when the folder
    holds something else."""
    directory = resolve_folder(directory)
    if is_there(directory) and list_names(directory) and not is_there(directory / "truth.json"):
        raise WorldError("{directory} is not empty and holds no demo; name another folder.", directory=str(directory))
    make_private_folder(directory)
    feed = make(directory, reports=reports, on_progress=on_progress)
    passphrase_file = directory / "passphrase.txt"
    with _open(store or directory / "store", passphrase_file) as session:
        receipt = Receipt(received_from="triage demo", medium="made on this machine", note="synthetic feed")
        imported = import_bundles(session, [feed.bundles], receipt=receipt, on_progress=on_progress)
        head = queue_rows(session, QueueFilter(), limit=10)
        where = session.store.directory
    return Demo(
        feed=feed.bundles,
        truth=feed.truth,
        store=where,
        user=USER,
        passphrase_file=passphrase_file,
        imported=imported,
        queue=head,
    )


def _open(store: Path, passphrase_file: Path) -> Session:
    if is_there(passphrase_file) and store.exists():
        return unlock(store, USER, read_file(passphrase_file, _MAX_PASSPHRASE).decode().strip())
    passphrase = " ".join(secrets.token_hex(3) for _ in range(4))
    replace_file(passphrase_file, passphrase.encode() + b"\n")
    return create_store(store, USER, passphrase).session

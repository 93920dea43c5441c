"""Nothing is written into the folder of a store, a backup or a vault, by whatever path."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exports.test_outgoing_file import DrawnSigner
from triage.errors import WorldError
from triage.exports.bag import BagWriter
from triage.exports.outgoing_file import OutgoingFiles, OutgoingFolder
from triage.store import opening
from triage.target_path import resolve_target

REFUSED = "folder of a store or backup"
MARKS = (
    ("triage.db", "keys.json", "vault"),
    ("keys.json", "vault"),
    ("keys.json", "head.json", "triage-000002.db"),
    ("making", "vault"),
    ("backup.json", "state", "database", "vault"),
    ("backup.json", "state"),
    ("000001.pack",),
)


@pytest.fixture(params=MARKS, ids=" ".join)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with the names of a store or backup, some of which may be lost."""
    folder = tmp_path / "store"
    folder.mkdir()
    for name in request.param:
        (folder / name).write_bytes(b"ours")
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "link").symlink_to(tmp_path / "link")
    return folder


def list_ways(store: Path) -> tuple[Path, ...]:
    """Returns folders that are the store, or lie in it."""
    above = store.parent
    return (
        store, above / "link", above / "far" / "link", store / "a" / "b", above / "link" / "new",
        above / "far" / ".." / "store", store / "new" / "..", above / "far" / "link" / "vault" / ".." / "new",
    )  # fmt: skip


def test_no_writer_writes_there(store: Path) -> None:
    before = {path: path.read_bytes() for path in store.iterdir()}
    for folder in list_ways(store):
        for name in ("keys.json", "KEYS.JSON", "new.csv"):
            for overwrite in (False, True):
                with pytest.raises(WorldError, match=REFUSED):
                    OutgoingFiles(DrawnSigner()).add(folder / name, b"text", overwrite=overwrite)
        for make in (
            lambda out: OutgoingFolder(DrawnSigner(), out),
            BagWriter,
            opening.clear_for_creation,
        ):
            with pytest.raises(WorldError, match=REFUSED):
                make(folder / "new")
    assert {path: path.read_bytes() for path in store.iterdir()} == before


def test_a_path_through_a_folder_that_is_not_there_leaves_nothing_in_the_store(store: Path) -> None:
    before = sorted(store.iterdir())
    out = store / "new" / ".." / ".." / "made" / "queue.csv"
    files = OutgoingFiles(DrawnSigner())
    files.add(out, b"text")
    files.publish()
    assert (store.parent / "made" / "queue.csv").read_bytes() == b"text"
    BagWriter(store / "new" / ".." / ".." / "packet").__exit__()
    assert sorted(store.iterdir()) == before


@pytest.mark.parametrize("name", ["keys.json", "backup.json", "vault", "state", "triage.db"])
def test_one_name_alone_may_be_somebody_elses(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"theirs")
    assert resolve_target(tmp_path / "new" / "queue.csv") == tmp_path / "new" / "queue.csv"


def test_beside_a_store_is_outside_it(store: Path) -> None:
    assert resolve_target(store.parent / "queue.csv") == store.parent / "queue.csv"
    assert resolve_target(store) == store, "a backup is brought up to date in its folder"

"""Whoever lays a link where the store or a backup writes does not make it write elsewhere."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import pytest

from triage.errors import StoreError
from triage.safe_files import NEW
from triage.store.backup import backup

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need privileges there")


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """Somebody's file."""
    path = tmp_path / "somebody's file"
    path.write_bytes(b"theirs")
    return path


@pytest.mark.parametrize("name", ["head.json", "keys.json"])
def test_a_file_is_replaced_beside_the_link(made: Any, victim: Path, name: str) -> None:
    (made.directory / f"{name}{NEW}").symlink_to(victim)
    with made.open() as store:
        store.keys.rotate_master()
    assert victim.read_bytes() == b"theirs"
    with made.open() as store:
        assert store.check().valid


def test_a_new_pack_is_not_written_through_a_link(made: Any, victim: Path) -> None:
    pack = made.directory / "vault" / "000001.pack"
    elsewhere = victim.with_name("elsewhere")
    pack.rename(elsewhere)
    pack.symlink_to(elsewhere)
    whole = elsewhere.read_bytes()
    with pytest.raises(StoreError, match="is a link"), made.open() as store, store.batch() as batch:
        batch.seal(b"anything")
    assert elsewhere.read_bytes() == whole


def test_the_log_is_not_written_through_a_link(made: Any, victim: Path) -> None:
    (made.directory / "log").mkdir(exist_ok=True)
    (made.directory / "log" / "triage.log").unlink(missing_ok=True)
    (made.directory / "log" / "triage.log").symlink_to(victim)
    with made.open():
        logging.getLogger("triage.store.store").warning("something")
    assert victim.read_bytes() == b"theirs"


def test_a_backup_is_not_written_through_a_link(made: Any, victim: Path, tmp_path: Path) -> None:
    out = tmp_path / "backup"
    (out / "vault").mkdir(parents=True)
    (out / "vault" / "000001.pack").symlink_to(victim)
    with made.open() as store, pytest.raises(StoreError):
        backup(store, out)
    assert victim.read_bytes() == b"theirs"

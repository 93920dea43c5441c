"""Bytes that an import reads twice, from a medium that fails or a file that changes between."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.listed import list_quarantined
from triage import limits
from triage.jobs.intake import media as intake_media
from triage.jobs.intake.common import store_original
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.intake.tombstones import Tombstones
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import ImportResult
from triage.store.queries import bundles, media

LARGE, SMALL = b"\0a kite over the lake " * 10, b"\0a boat"


def change(path: Path) -> None:
    path.write_bytes(LARGE.replace(b"kite", b"boat"))


def shorten(path: Path) -> None:
    path.write_bytes(LARGE[:99])


def remove(path: Path) -> None:
    path.unlink()


def import_folder(session: Session, folder: Path) -> ImportResult:
    return import_bundles(session, [folder], receipt=Receipt(received_from="desk"))


@pytest.mark.parametrize("damage", [change, shorten, remove])
def test_a_large_file_that_changes_before_it_is_sealed_is_set_aside_alone(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    large = folder / "large.bin"
    large.write_bytes(LARGE)
    (folder / "small.bin").write_bytes(SMALL)
    monkeypatch.setattr(limits, "MAX_WHOLE", 50)
    seal = intake_media._store_batch

    def damage_and_seal(*given: Any) -> None:
        damage(large)
        seal(*given)

    with monkeypatch.context() as patched:
        patched.setattr(intake_media, "_store_batch", damage_and_seal)
        result = import_folder(session, folder)
    assert {Path(each.path).name for each in result.quarantined} == {"large.bin", "small.bin"}  # neither is media
    assert [Path(row.path).name for row in list_quarantined(session) if row.reason == intake_media.OTHER_BYTES] == ["large.bin"]
    db = session.store.read()
    assert media.find_media_item(db, hashlib.sha256(SMALL).hexdigest()) is not None
    assert media.find_media_item(db, hashlib.sha256(LARGE).hexdigest()) is None
    assert session.store.check().valid

    large.write_bytes(LARGE)
    import_folder(session, folder)
    found = media.find_media_item(db, hashlib.sha256(LARGE).hexdigest())
    assert found is not None and session.store.reader(found.item).all() == LARGE


def test_an_original_has_the_digest_of_what_was_sealed(session: Session) -> None:
    """The medium gives less the second time."""
    reads = iter([LARGE, LARGE[:99], LARGE, SMALL, LARGE[:99]])

    def read_next() -> io.BytesIO:
        return io.BytesIO(next(reads))

    shorter, small = (hashlib.sha256(data).hexdigest() for data in (LARGE[:99], SMALL))
    destroyed = Tombstones(session)
    with session.store.batch() as batch:
        assert store_original(batch, read_next, destroyed) == shorter
        assert store_original(batch, read_next, destroyed) == small
        assert store_original(batch, read_next, destroyed) == shorter
        assert bundles.find_originals(batch, [shorter, small, hashlib.sha256(LARGE).hexdigest()]) == {shorter, small}
    assert session.store.check().valid


def test_an_original_that_turns_out_to_be_known_is_not_kept_twice(session: Session) -> None:
    reads = iter([SMALL, SMALL, LARGE, SMALL])
    destroyed = Tombstones(session)
    with session.store.batch() as batch:
        digests = [store_original(batch, lambda: io.BytesIO(next(reads)), destroyed) for _ in range(2)]
        assert digests == [hashlib.sha256(SMALL).hexdigest()] * 2
        assert batch.value("SELECT count(*) FROM vault_item WHERE key IS NOT NULL") == 1

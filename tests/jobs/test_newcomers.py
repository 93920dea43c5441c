"""New images are compared with the store at the end of their import, block by block, as if each had been compared when it came."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from tests.jobs.bundles import jpeg, scene
from tests.jobs.test_match_pairs import flipped, import_image, make_hashes
from tests.jobs.test_order import folder
from triage import limits
from triage.hashing import image_search
from triage.hashing.video_search import FrameIndex
from triage.jobs.intake import import_bundles as intake_job
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.matching.newcomers import compare_new_images
from triage.jobs.matching.pictures import StoredImages
from triage.jobs.session import Session
from triage.jobs.sweeping import sweep
from triage.model.handover import Receipt
from triage.model.media import Perceptual
from triage.store.database import Row
from triage.store.queries import media


def draw_copies_and_strangers() -> list[Perceptual]:
    """Returns hashes of copies that get two hub images, of some that match them in part, and of strangers."""
    dice = random.Random(3)
    origin, apart = dice.randbytes(32), dice.randbytes(32)
    copies = [make_hashes(flipped(origin, dice, 11), dice) for _ in range(40)]
    others = [make_hashes(flipped(apart, dice, dice.randrange(22)), dice) for _ in range(25)]
    strangers = [make_hashes(dice.randbytes(32), dice) for _ in range(5)]
    mixed = copies + others + strangers
    dice.shuffle(mixed)
    return mixed


def list_rows(session: Session) -> tuple[list[Row], list[Row]]:
    """Returns all matches, and all hub images."""
    with session.reading() as db:
        return db.all("SELECT * FROM media_match ORDER BY a, b"), db.all("SELECT media_item_id FROM hub_image ORDER BY 1")


def ignore(done: int, total: int) -> None:
    """Ignores how far the store was read."""


def test_rounds_of_new_images_give_the_rows_of_comparing_one_by_one(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HUB_FROM", 8), ("COMPARED_AT_ONCE", 17), ("BATCH_ITEMS", 5)):
        monkeypatch.setattr(limits, name, value)
    monkeypatch.setattr(media, "_BLOCK", 7)
    hashes = draw_copies_and_strangers()
    with session.store.batch() as batch:
        pictures = StoredImages()
        for name, each in enumerate(hashes):
            import_image(batch, pictures, each, name)
    wanted = list_rows(session)
    assert len(wanted[0]) > 70 and len(wanted[1]) >= 2
    with session.store.batch() as batch:
        batch.execute("DELETE FROM media_match")
        batch.execute("DELETE FROM hub_image")
        batch.execute("UPDATE image_hashes SET swept = -1")
    assert compare_new_images(session, FrameIndex(), 31, ignore) == sum(n > 30 for n in {row[1] for row in wanted[0]})
    assert list_rows(session) == wanted


def test_images_of_a_killed_import_are_compared_by_the_next(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(intake_job, "compare_new_media", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            bundles = [folder(tmp_path, 900000501, jpeg(1)), folder(tmp_path, 900000502, jpeg(1, 80))]
            import_bundles(session, bundles, receipt=Receipt())
    assert list_rows(session)[0] == []
    result = import_bundles(session, [folder(tmp_path, 900000503, b"")], receipt=Receipt())
    assert len(list_rows(session)[0]) == 1
    assert result.media.near_duplicate == 0, "they came before"


def test_in_a_large_store_an_import_searches_no_possible_matches_and_finds_turned_copies_of_grave_reports(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "POSSIBLE_AT_ONCE", 0)
    monkeypatch.setattr(sweep, "BANDS", ("A", "C", "D", "E", "B"))  # all reports are grave
    monkeypatch.setattr(image_search, "find_both_tiers", lambda *_: pytest.fail("was asked"))
    mirrored = simplejpeg.encode_jpeg(np.ascontiguousarray(scene(1)[:, ::-1]), quality=90)
    bundles = [folder(tmp_path, 900000501, jpeg(1)), folder(tmp_path, 900000502, mirrored)]
    import_bundles(session, bundles, receipt=Receipt())
    assert [row[:2] for row in list_rows(session)[0]] == [(1, 2)]

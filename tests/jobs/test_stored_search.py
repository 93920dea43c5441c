"""Images are looked for in the whole store, of which one block is in memory, and the result is that of one index of all images."""

from __future__ import annotations

import random
import weakref
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.hashing.hashed import crop, hash_image
from tests.hashing.scenes import landscape
from tests.hashing.test_uneven_crops import cells
from tests.jobs.test_match_pairs import add_image, flipped, make_hashes
from triage import limits
from triage.hashing.match_index import ImageIndex, StoredHashes, find_low_quality_matches, find_matches, find_possible_matches
from triage.hashing.match_quality import can_match
from triage.hashing.uneven_crops import CellPlane, find_uneven_crops
from triage.jobs.matching import stored_search
from triage.jobs.matching.pictures import iter_image_blocks, load_frames_and_wholes, make_window_loader
from triage.jobs.matching.stored_search import AskedImage, FoundImages, IndexBlocks, StoredSearch
from triage.jobs.matching.sweep_state import POSSIBLE, ignore_found
from triage.jobs.session import Session
from triage.jobs.sweeping import sweep
from triage.model.match_way import CropWindow, MatchWay
from triage.model.media import Perceptual
from triage.store.database import Reader
from triage.store.queries import media, media_matches

scene = landscape(450, 600, 3)
uneven = crop(scene, 0.14, 0.05, 0.98, 0.82)


def ignore(done: int, total: int) -> None:
    """Ignores how far a round came."""


@cache
def draw_images() -> tuple[Perceptual, ...]:
    """Returns hashes of copies of two scenes, many of the second, of possible matches of both, of faint images and of strangers."""
    dice = random.Random(4)
    origin = dice.randbytes(32)
    copies = [scene, crop(scene, 0, 0, 0.9, 0.9)[:, ::-1], uneven, (scene * 0.2 + 60).astype(np.uint8), landscape(450, 600, 8)]
    images = [hash_image(each) for each in copies]
    images += [make_hashes(flipped(origin, dice, 10), dice) for _ in range(12)]
    images += [make_hashes(flipped(origin, dice, 45), dice) for _ in range(3)]
    images += [replace(make_hashes(flipped(origin, dice, 9), dice), quality=30) for _ in range(2)]
    images += [make_hashes(dice.randbytes(32), dice) for _ in range(8)]
    dice.shuffle(images)
    return tuple(images)


@pytest.fixture
def filled(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session with these images, and one of the many copies as a hub image."""
    monkeypatch.setattr(limits, "HUB_FROM", 5)
    images = draw_images()
    with session.store.batch() as batch:
        for name, hashes in enumerate(images):
            add_image(batch, hashes, name)
        hub = next(n for n, each in enumerate(images, 1) if not any(each.windows[92:]) and each.quality == 100)
        media_matches.add_hub(batch, hub)
    return session


def find_in_one_index(db: Reader, hashes: Perceptual, own: int, plane: CellPlane | None) -> FoundImages:
    """Finds the same in indexes that hold all images, one search after the other."""
    hub_index, clear, faint = ImageIndex(), ImageIndex(), ImageIndex()
    hubs = media_matches.list_hubs(db)
    for number, each in enumerate(draw_images(), 1):
        (clear if can_match(each) else faint).add(number, each)
        if number in hubs:
            hub_index.add(number, each)
    load, found = make_window_loader(db), FoundImages()

    def look(index: ImageIndex, known: set[int], *, low: bool) -> dict[int, MatchWay]:
        """Searches possible matches and uneven crops in one index."""
        possible = (find_low_quality_matches if low else find_possible_matches)(index, load, hashes, known)
        return possible | (find_uneven_crops(index, load, plane, {*known, *possible}) if plane else {})

    if can_match(hashes):
        found.hubs = find_matches(hub_index, load, hashes, thorough=True)
        found.hubs.pop(own, None)
        found.others = {} if found.hubs else find_matches(clear, load, hashes, thorough=True)
        found.others.pop(own, None)
    known = {own, *found.hubs, *found.others}
    found.possible = look(hub_index, known, low=not can_match(hashes))
    if not found.hubs:
        found.possible = found.possible or look(clear, known, low=not can_match(hashes))
        if can_match(hashes):
            found.low_quality = look(faint, known, low=True)
        else:
            found.low_quality = find_low_quality_matches(faint, load, hashes, known)
    return found


@pytest.mark.parametrize("at_once", [4, 1_000])
def test_blocks_give_what_one_index_of_all_images_gives(filled: Session, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(limits, "INDEXED_AT_ONCE", at_once)
    monkeypatch.setattr(media, "_BLOCK", 3)
    images = draw_images()
    part, plane = hash_image(uneven), cells(uneven)
    asked = [AskedImage(each, n, cells=plane if each == part else None) for n, each in enumerate(images, 1)]
    with filled.reading() as db:
        found = StoredSearch(uneven=True).find(db, asked, ignore)
        wanted = [find_in_one_index(db, each.hashes, each.number, each.cells) for each in asked]
        plain = [replace(each, cells=None) for each in asked]
        without = StoredSearch(uneven=False).find(db, plain, ignore)
        assert without == StoredSearch(uneven=True).find(db, plain, ignore), "inner windows are for uneven crops alone"
        with pytest.raises(ValueError, match="inner windows"):
            StoredSearch(uneven=False).find(db, asked, ignore)
    assert found == wanted
    assert all(any(getattr(each, kind) for each in found) for kind in ("hubs", "others", "possible", "low_quality"))
    assert CropWindow.UNEVEN in {way.asked_window for each in found for way in each.possible.values()}


def test_rounds_store_the_rows_of_one_image_after_the_other(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where hub images arise within a round."""
    told = []
    for blocks, one, many in ((1_000, 1, 1), (1_000, 10, 10), (4, 1, 9)):
        monkeypatch.setattr(limits, "INDEXED_AT_ONCE", blocks)
        monkeypatch.setattr(limits, "SEARCHED_IN_ONE_BLOCK", one)
        monkeypatch.setattr(limits, "SEARCHED_IN_BLOCKS", many)
        monkeypatch.setattr(media, "_BLOCK", 3)
        with filled.store.batch() as batch:
            for table in ("media_match", "possible_match", "hub_image"):
                batch.execute(f"DELETE FROM {table}")
            batch.execute("UPDATE image_hashes SET swept = 0")
        with filled.reading() as db:
            pictures, chosen = load_frames_and_wholes(db, whole=False), media.list_unswept_images(db, POSSIBLE)
        found = sweep._sweep_images(filled, pictures, chosen, POSSIBLE, lambda done: None, ignore_found, None)
        with filled.reading() as db:
            rows = [db.all(f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("media_match", "possible_match")] + [
                db.all("SELECT media_item_id FROM hub_image ORDER BY 1")
            ]
            assert media.list_unswept_images(db, POSSIBLE) == []
        told.append((found, rows))
    assert told[0] == told[1] == told[2]
    assert all(told[0][1]), "matches, possible matches and hub images"


def test_one_more_copy_is_compared_with_the_hub_image_alone(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled.reading() as db:
        (hub,) = media_matches.list_hubs(db)
        copy = draw_images()[hub - 1]
        monkeypatch.setattr(stored_search, "iter_image_blocks", lambda *_: pytest.fail("all images are read"))
        (found,) = StoredSearch(uneven=False).find(db, [AskedImage(copy, 10_000)], ignore)
    assert set(found.hubs) == {hub}


def test_one_block_is_in_memory_and_the_only_one_is_kept(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "INDEXED_AT_ONCE", 4)
    monkeypatch.setattr(media, "_BLOCK", 2)
    read = []

    def note(db: Reader) -> Iterator[list[StoredHashes]]:
        """Notes each reading."""
        read.append(db)
        return iter_image_blocks(db)

    with filled.reading() as db:
        known: list[weakref.ref[ImageIndex]] = []
        blocks = IndexBlocks(note)
        for index in blocks.iter_indexes(db):
            assert [each for each in known if each() is not None] == []
            known.append(weakref.ref(index))
            del index
        assert len(known) > 5
        assert len(list(blocks.iter_indexes(db))) == len(known) and len(read) == 2, "read anew"
        monkeypatch.setattr(limits, "INDEXED_AT_ONCE", 1_000)
        blocks = IndexBlocks(note)
        assert [*blocks.iter_indexes(db)] == [*blocks.iter_indexes(db)] and len(read) == 3

"""The background comparison: the thorough search for crops, borders, rotations and possible matches.

An import compares whole and trimmed images only, since people wait for it. It ends with the thorough search for what came in
bands A and B. The rest is done here, images of the gravest reports first, then the newest. After an interruption it goes on where
it stopped. With nothing new it does not even build the index.

`triage sweep` runs it, and the desktop in the background. No batch is open for long, and it can be stopped between two images.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import InputError
from triage.hashing.match_index import NewImage, find_matches
from triage.hashing.uneven_crops import CellPlane
from triage.jobs.codec import facts_from_bytes
from triage.jobs.judging.assess import assess
from triage.jobs.matching.films import compare_with_videos
from triage.jobs.matching.holding import hold_frequent_hashes
from triage.jobs.matching.list_hashes import compare_images
from triage.jobs.matching.newcomers import find_older_matches
from triage.jobs.matching.pictures import (
    Outdated,
    StoredImages,
    find_possible,
    find_stored_matches,
    keep_nearest_hubs,
    load_frames_and_wholes,
    load_hashes,
    load_stored_images,
    make_window_loader,
    store_matches,
    store_possible,
)
from triage.jobs.matching.sweep_state import (
    MATCHES,
    POSSIBLE,
    UNEVEN,
    OnFound,
    ignore_found,
    load_sweep_state,
    report_found,
    shorten_reason,
)
from triage.jobs.session import Session
from triage.jobs.sweeping.films import sweep_videos
from triage.message import Message
from triage.model.judgement import BANDS
from triage.model.match_way import MatchWay
from triage.model.media import Perceptual
from triage.model.progress import CancelToken, OnProgress, Progress, call_on_cancel, check_cancelled, ignore_progress
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.queries import media, videos

BATCH = 10
"""Files between two commits: whoever decides meanwhile waits for one of them at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """What a background comparison found.

    `pairs` are new matches, `possible` new possible matches, and `held` hashes that match too many files. `left` images and
    videos still wait. `unchecked` counts, by reason, images that could not be compared as uneven crops. `judged` is True when
    reports were judged again because of held hashes.
    """

    pictures: int
    films: int = 0
    pairs: int
    left: int
    possible: int = 0
    held: int = 0
    unchecked: dict[str, int]
    judged: bool = False


def run_sweep(
    session: Session,
    *,
    most: int | None = None,
    on_progress: OnProgress = ignore_progress,
    again: bool = False,
    on_found: OnFound = ignore_found,
    cancel: CancelToken | None = None,
) -> SweepResult:
    """Compares up to `most` images and videos that wait, or all of them.

    With `again` images that could not be checked before come last.

    Raises:
        Cancelled: if the token was set; what was found until then stays
    """
    session.require(Right.IMPORT)
    while True:
        try:
            return _sweep_all(session, most, again, on_progress, on_found, cancel)
        except Outdated:
            continue


def _sweep_all(
    session: Session, most: int | None, again: bool, on_progress: OnProgress, on_found: OnFound, cancel: CancelToken | None
) -> SweepResult:
    """Compares images and videos, then holds hashes that match too many files."""
    with session.reading() as db:
        chosen = (media.list_unswept_images(db, UNEVEN) + (media.list_unchecked_images(db) if again else []))[:most]
        moving = videos.list_unswept_videos(db)[: None if most is None else most - len(chosen)]
        pictures = load_stored_images(db, cancel) if chosen or moving else StoredImages()

    def tell(done: int) -> None:
        """Reports how many files are done."""
        note = Message("crops, turns and possible matches")
        on_progress(Progress(done=done, total=len(chosen) + len(moving), unit="files", note=note))

    tell(0)
    pairs, possible = _sweep_images(session, pictures, chosen, UNEVEN, tell, on_found, cancel)
    pairs += sweep_videos(session, pictures, moving, lambda done: tell(len(chosen) + done), on_found, cancel)
    with session.writing(cancel) as batch:
        held = hold_frequent_hashes(batch)
    if held:
        assess(session, on_progress, cancel)
    state = load_sweep_state(session)
    return SweepResult(
        pictures=len(chosen),
        films=len(moving),
        pairs=pairs,
        left=state.left,
        possible=possible,
        held=held,
        unchecked=state.unchecked,
        judged=held > 0,
    )


def sweep_gravest(session: Session, cancel: CancelToken | None) -> None:
    """Compares images and videos of bands A and B thoroughly, at the end of an import.

    In a large store possible matches, for which all whole images are searched, wait for the background comparison, and no index
    of all images is held: the store is read once for some images at a time.
    """
    session.require(Right.IMPORT)
    worst = BANDS.index("B")
    with session.reading() as db:
        is_small = media.find_last_image(db) <= limits.POSSIBLE_AT_ONCE
        stage = POSSIBLE if is_small else MATCHES
        chosen, moving = media.list_unswept_images(db, stage, worst), videos.list_unswept_videos(db, worst)
        if not chosen and not moving:
            return
        pictures = load_stored_images(db, cancel) if is_small else load_frames_and_wholes(db, whole=bool(moving), cancel=cancel)
    if is_small:
        _sweep_images(session, pictures, chosen, stage, lambda done: None, ignore_found, cancel)
    else:
        _sweep_matches(session, pictures, chosen, cancel)
    sweep_videos(session, pictures, moving, lambda done: None, ignore_found, cancel)


def _sweep_matches(session: Session, pictures: StoredImages, chosen: Sequence[int], cancel: CancelToken | None) -> None:
    """Compares images up to the stage of matches with the whole store, which is read once for some images at a time.

    `pictures` has the frames of the store's videos, and gets the hub images that arise.
    """

    def go_on(done: int, total: int) -> None:
        """Ends the comparison when the token was set."""
        check_cancelled(cancel)

    for start in range(0, len(chosen), limits.COMPARED_THOROUGHLY_AT_ONCE):
        db = session.store.read()
        images = [NewImage(i, load_hashes(db, i)) for i in chosen[start : start + limits.COMPARED_THOROUGHLY_AT_ONCE]]
        hubs, older = find_older_matches(db, images, go_on, thorough=True)
        with session.writing(cancel) as batch:
            pictures.check_current(batch)
            for image in images:
                check_cancelled(cancel)
                of_hubs = find_matches(pictures.crowds, make_window_loader(batch), image.hashes, thorough=True)
                of_hubs.pop(image.medium_id, None)
                found = keep_nearest_hubs(hubs.get(image.medium_id, {}) | of_hubs) or older.get(image.medium_id, {})
                _store_all_matches(batch, pictures, image.medium_id, image.hashes, found, set())


def _sweep_images(
    session: Session,
    pictures: StoredImages,
    chosen: Sequence[int],
    stage: int,
    tell: Callable[[int], None],
    on_found: OnFound,
    cancel: CancelToken | None,
) -> tuple[int, int]:
    """Compares images up to a stage; returns (new matches, new possible matches).

    No batch is open during the slow search.

    Raises:
        Outdated: if a report was destroyed meanwhile
        Cancelled: if the token was set
    """
    pairs = possible = 0
    with MediaPool(1) as pool, call_on_cancel(cancel, pool.give_up):
        for start in range(0, len(chosen), BATCH):
            some = chosen[start : start + BATCH]
            tied: set[int] = set()
            with session.writing(cancel) as batch:
                pictures.check_current(batch)
                for medium_id in some:
                    check_cancelled(cancel)
                    pairs += _store_matches(batch, pictures, medium_id, tied)
            if stage >= POSSIBLE:
                possible += _store_possible(session, pool, pictures, some, stage, tied, cancel)
            report_found(session, tied, on_found)
            tell(start + len(some))
    return pairs, possible


def _store_possible(
    session: Session,
    pool: MediaPool,
    pictures: StoredImages,
    some: Sequence[int],
    stage: int,
    tied: set[int],
    cancel: CancelToken | None,
) -> int:
    """Searches possible matches and uneven crops of some images; returns how many are new."""
    looked: list[tuple[dict[int, MatchWay], str | None]] = []
    for medium_id in some:
        check_cancelled(cancel)
        cells, missing = _decode_cells(session, pool, medium_id) if stage == UNEVEN else (None, None)
        check_cancelled(cancel)
        with session.reading() as db:
            pictures.check_current(db)
            found = find_possible(pictures, db, load_hashes(db, medium_id), own=medium_id, cells=cells)
        looked.append((found, missing))
    possible = 0
    with session.writing(cancel) as batch:
        pictures.check_current(batch)
        for medium_id, (found, missing) in zip(some, looked, strict=True):
            if new := store_possible(batch, medium_id, found):
                tied |= {medium_id, *found}
            possible += new
            media.save_sweep_stage(batch, medium_id, stage, missing)
    return possible


def _decode_cells(session: Session, pool: MediaPool, medium_id: int) -> tuple[CellPlane | None, str | None]:
    """Returns the pixels for the search of uneven crops, or the reason why there are none.

    Raises:
        Outdated: if the image was destroyed
    """
    with session.reading() as db:
        row = media.load_media_item(db, medium_id)
    if row is None:
        raise Outdated
    if row.facts is None:
        raise RuntimeError(f"medium {medium_id} has hashes and no sides")
    try:
        return CellPlane.from_facts(pool.decode_cells(session.store.reader(row.item)), facts_from_bytes(row.facts)), None
    except InputError as error:
        return None, shorten_reason(error)


def _store_matches(batch: Batch, pictures: StoredImages, medium_id: int, tied: set[int]) -> int:
    """Searches and stores the matches of one image; returns how many are new. `tied` gets the media items with new matches."""
    stage, _ = media.load_sweep_stage(batch, medium_id) or (0, None)
    if stage >= MATCHES:
        return 0
    hashes = load_hashes(batch, medium_id)
    found = find_stored_matches(pictures, batch, hashes, own=medium_id, thorough=True)
    return _store_all_matches(batch, pictures, medium_id, hashes, found, tied)


def _store_all_matches(
    batch: Batch, pictures: StoredImages, medium_id: int, hashes: Perceptual, found: dict[int, MatchWay], tied: set[int]
) -> int:
    """Stores the matches that were found for one image, and compares it with videos and lists; returns how many are new."""
    if new := store_matches(batch, pictures, medium_id, hashes, found):
        tied |= {medium_id, *found}
    if shown := compare_with_videos(batch, pictures.frames, medium_id, hashes, thorough=True):
        tied.add(medium_id)
    changes = batch.changes()
    compare_images(batch, [(medium_id, hashes)], thorough=True)
    if batch.changes() != changes:
        tied.add(medium_id)
    media.save_sweep_stage(batch, medium_id, MATCHES)
    return new + shown

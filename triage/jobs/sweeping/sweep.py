"""The background comparison: the thorough search for crops, borders, rotations and possible matches.

An import compares whole and trimmed images only, since people wait for it. It ends with the thorough search for what came in
bands A and B. The rest is done here, images of the gravest reports first, then the newest. After an interruption it goes on where
it stopped. With nothing new it reads no image of the store.

`triage sweep` runs it, and the desktop in the background. No batch is open for long, and it can be stopped between two images.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import InputError
from triage.hashing.match_index import find_matches
from triage.hashing.match_quality import can_match
from triage.hashing.uneven_crops import CellPlane
from triage.jobs.codec import facts_from_bytes, read_or_none
from triage.jobs.judging.assess import assess
from triage.jobs.matching.films import compare_with_videos
from triage.jobs.matching.holding import hold_frequent_hashes
from triage.jobs.matching.list_hashes import compare_images
from triage.jobs.matching.pictures import (
    Outdated,
    StoredImages,
    keep_nearest_hubs,
    load_frames_and_wholes,
    load_hashes,
    make_window_loader,
    store_matches,
    store_possible,
)
from triage.jobs.matching.stored_search import AskedImage, FoundImages, StoredSearch
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
from triage.model.progress import CancelToken, OnProgress, Progress, call_on_cancel, check_cancelled, ignore_progress
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.queries import media, media_matches, videos

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
        pictures = load_frames_and_wholes(db, whole=bool(moving), cancel=cancel) if chosen or moving else StoredImages()

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


def sweep_gravest(session: Session, first_item: int, cancel: CancelToken | None) -> None:
    """Compares the images and videos of bands A and B that an import brought thoroughly, at its end.

    The import brought the media items from the id `first_item` on. What earlier imports left waits for the background comparison,
    so that nobody who brings one urgent document waits for the images of others. In a large store possible matches, for which all
    whole images are searched, wait for the background comparison too.
    """
    session.require(Right.IMPORT)
    worst = BANDS.index("B")
    with session.reading() as db:
        stage = POSSIBLE if media.find_last_image(db) <= limits.POSSIBLE_AT_ONCE else MATCHES
        chosen = media.list_unswept_images(db, stage, worst, first_item)
        moving = videos.list_unswept_videos(db, worst, first_item)
        if not chosen and not moving:
            return
        pictures = load_frames_and_wholes(db, whole=bool(moving), cancel=cancel)
    _sweep_images(session, pictures, chosen, stage, lambda done: None, ignore_found, cancel)
    sweep_videos(session, pictures, moving, lambda done: None, ignore_found, cancel)


def _sweep_images(
    session: Session,
    pictures: StoredImages,
    chosen: Sequence[int],
    stage: int,
    tell: Callable[[int], None],
    on_found: OnFound,
    cancel: CancelToken | None,
) -> tuple[int, int]:
    """Compares images with the whole store up to a stage; returns (new matches, new possible matches).

    `pictures` has the frames of the store's videos, and gets the hub images that arise. No batch is open during the slow search.

    Raises:
        Outdated: if a report was destroyed meanwhile
        Cancelled: if the token was set
    """
    pairs = possible = 0
    if not chosen:
        return pairs, possible
    search = StoredSearch(uneven=stage == UNEVEN)
    size = search.choose_round(session.store.read())
    with MediaPool(1) as pool, call_on_cancel(cancel, pool.give_up):
        for start in range(0, len(chosen), size):
            some = chosen[start : start + size]
            asked, missing = _ask(session, pool, pictures, some, stage, cancel)

            def go_on(done: int, total: int, start: int = start, some: Sequence[int] = some) -> None:
                """Reports the share of a round that is done, and ends the comparison when the token was set."""
                check_cancelled(cancel)
                tell(start + len(some) * done // total)

            found = list(zip(asked, search.find(session.store.read(), asked, go_on), missing, strict=True))
            for first in range(0, len(found), BATCH):
                tied: set[int] = set()
                new = _store_found(session, pictures, found[first : first + BATCH], stage, tied, cancel)
                pairs, possible = pairs + new[0], possible + new[1]
                report_found(session, tied, on_found)
            tell(start + len(some))
    return pairs, possible


def _ask(
    session: Session, pool: MediaPool, pictures: StoredImages, some: Sequence[int], stage: int, cancel: CancelToken | None
) -> tuple[list[AskedImage], list[str | None]]:
    """Returns what to look for, and by image the reason why uneven crops can't be searched.

    Raises:
        Outdated: if a report was destroyed meanwhile
        Cancelled: if the token was set
    """
    asked, missing = [], []
    for medium_id in some:
        check_cancelled(cancel)
        cells, reason = _decode_cells(session, pool, medium_id) if stage == UNEVEN else (None, None)
        check_cancelled(cancel)
        with session.reading() as db:
            pictures.check_current(db)
            reached, _ = media.load_sweep_stage(db, medium_id) or (0, None)
            has_hub = reached >= MATCHES and bool(media_matches.list_hubs_of(db, medium_id))
            known = frozenset(row.other for row in media_matches.load_matches(db, medium_id))
            hashes = load_hashes(db, medium_id)
        asked.append(
            AskedImage(
                hashes,
                medium_id,
                known,
                matches=reached < MATCHES,
                possible=stage >= POSSIBLE and not has_hub,
                cells=cells,
            )
        )
        missing.append(reason)
    return asked, missing


_DAMAGED = Message("not searched, because what was measured of the file is damaged in the store")
_Found = tuple[AskedImage, FoundImages, str | None]
"""What was looked for, what was found, and why uneven crops were not searched."""


def _store_found(
    session: Session, pictures: StoredImages, found: Sequence[_Found], stage: int, tied: set[int], cancel: CancelToken | None
) -> tuple[int, int]:
    """Stores what was found for some images; returns (new matches, new possible matches).

    `tied` gets the media items with new ones.
    """
    pairs = possible = 0
    with session.writing(cancel) as batch:
        pictures.check_current(batch)
        for image, own, _ in found:
            check_cancelled(cancel)
            if image.matches:
                pairs += _store_matches(batch, pictures, image, own, tied)
        for image, own, missing in found if stage >= POSSIBLE else ():
            possible += _store_possible(batch, image, own, tied)
            media.save_sweep_stage(batch, image.number, stage, missing)
    return pairs, possible


def _store_matches(batch: Batch, pictures: StoredImages, image: AskedImage, found: FoundImages, tied: set[int]) -> int:
    """Stores the matches of one image, and compares it with videos and lists; returns how many are new."""
    medium_id, hashes = image.number, image.hashes
    arisen = find_matches(pictures.hubs, make_window_loader(batch), hashes, thorough=True) if can_match(hashes) else {}
    arisen.pop(medium_id, None)
    alike = keep_nearest_hubs(found.hubs | arisen) or found.others
    if new := store_matches(batch, pictures, medium_id, hashes, alike):
        tied |= {medium_id, *alike}
    if shown := compare_with_videos(batch, pictures.frames, medium_id, hashes, thorough=True):
        tied.add(medium_id)
    changes = batch.changes()
    compare_images(batch, [(medium_id, hashes)], thorough=True)
    if batch.changes() != changes:
        tied.add(medium_id)
    media.save_sweep_stage(batch, medium_id, MATCHES)
    return new + shown


def _store_possible(batch: Batch, image: AskedImage, found: FoundImages, tied: set[int]) -> int:
    """Stores the possible matches of one image, unless it has a hub image by now; returns how many are new."""
    if media_matches.list_hubs_of(batch, image.number):
        return 0
    known = {row.other for row in media_matches.load_matches(batch, image.number)}
    possible = {other: way for other, way in found.possible.items() if other not in known}
    hubs = {other: way for other, way in possible.items() if media_matches.is_hub(batch, other)}
    low_quality = {other: way for other, way in found.low_quality.items() if other not in known}
    new = store_possible(batch, image.number, (hubs or possible) | low_quality)
    if new:
        tied |= {image.number, *(hubs or possible), *low_quality}
    return new


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
    facts = read_or_none(facts_from_bytes, row.facts, medium_id)
    if facts is None:
        return None, _DAMAGED.key
    try:
        return CellPlane.from_facts(pool.decode_cells(session.store.reader(row.item)), facts), None
    except InputError as error:
        return None, shorten_reason(error)

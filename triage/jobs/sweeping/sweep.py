"""The thorough search for what is alike, apart from imports: crops, borders and turns, both ways, and what is only possible.

An import asks for whole and trimmed pictures only, since people wait for it, and ends with the thorough search for what came
in bands A and B. What is left is done here, pictures of the gravest reports first, then the newest; interrupted, it goes on
where it stopped, and with nothing new it does not even open the index. `triage sweep` runs it, and the desktop in the background:
no batch is open for long, and between two pictures it can be stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import InputError
from triage.hashing.uneven_crops import CellPlane
from triage.jobs.codec import facts_from_bytes
from triage.jobs.judging.assess import assess
from triage.jobs.matching.films import tie_to_films
from triage.jobs.matching.holding import hold_crowded
from triage.jobs.matching.list_hashes import meet_lists
from triage.jobs.matching.pictures import (
    Outdated,
    Pictures,
    hashes_of,
    keep_possible,
    look,
    look_further,
    stored_pictures,
    tie,
)
from triage.jobs.matching.sweep_state import (
    MATCHES,
    POSSIBLE,
    UNEVEN,
    OnFound,
    ignore_found,
    sweep_state,
    tell_found,
    why_not,
)
from triage.jobs.session import Session
from triage.jobs.sweeping.films import sweep_films
from triage.jobs.sweeping.list_backlog import make_up
from triage.model.judgement import BANDS
from triage.model.match_way import MatchWay
from triage.model.progress import CancelToken, OnProgress, Progress, call_on_cancel, check_cancelled, ignore_progress
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.queries import films, media

BATCH = 10
"""Files between two commits: whoever decides meanwhile waits for one of them at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """`pairs` that were not known to be alike before, `possible` ones that wait for a person, `held` hashes that match too
    many; `left` pictures and films still wait for their turn. `unchecked`: why pictures of the store could not be asked for as
    uneven crops -> how many; the sweep was not made of these. `judged`: reports were judged anew, for what is held now or what
    earlier versions said of lists.
    """

    pictures: int
    films: int = 0
    pairs: int
    left: int
    possible: int = 0
    held: int = 0
    unchecked: dict[str, int]
    judged: bool = False


def sweep(
    session: Session,
    *,
    most: int | None = None,
    on_progress: OnProgress = ignore_progress,
    again: bool = False,
    on_found: OnFound = ignore_found,
    cancel: CancelToken | None = None,
) -> SweepResult:
    """Look at up to `most` pictures and films that wait, or at all; with `again` last at pictures that could not be checked when
    their turn came. Raises Cancelled; what was found until then stays."""
    session.require(Right.IMPORT)
    judged = make_up(session, on_progress, cancel)
    while True:
        try:
            found = _sweep_all(session, most, again, on_progress, on_found, cancel)
        except Outdated:
            continue
        return replace(found, judged=judged or found.held > 0)


def _sweep_all(
    session: Session, most: int | None, again: bool, on_progress: OnProgress, on_found: OnFound, cancel: CancelToken | None
) -> SweepResult:
    with session.reading() as db:
        chosen = (media.unswept(db, UNEVEN) + (media.unchecked(db) if again else []))[:most]
        moving = films.unswept(db)[: None if most is None else most - len(chosen)]
        pictures = stored_pictures(db, cancel) if chosen or moving else Pictures()

    def tell(done: int) -> None:
        on_progress(Progress(done=done, total=len(chosen) + len(moving), unit="files", note="crops, turns and possible matches"))

    tell(0)
    pairs, possible = _sweep(session, pictures, chosen, UNEVEN, tell, on_found, cancel)
    pairs += sweep_films(session, pictures, moving, lambda done: tell(len(chosen) + done), on_found, cancel)
    with session.writing(cancel) as batch:
        held = hold_crowded(batch)
    if held:
        assess(session, on_progress, cancel)
    state = sweep_state(session)
    return SweepResult(
        pictures=len(chosen),
        films=len(moving),
        pairs=pairs,
        left=state.left,
        possible=possible,
        held=held,
        unchecked=state.unchecked,
    )


def sweep_gravest(session: Session, pictures: Pictures, cancel: CancelToken | None) -> None:
    """At the end of an import, whose pictures it uses: pictures and films of bands A and B don't wait. In a large store the
    possible tier, which looks through all whole pictures, waits for the sweep all the same."""
    session.require(Right.IMPORT)
    stage = POSSIBLE if len(pictures.all.windows) <= limits.POSSIBLE_AT_ONCE else MATCHES
    with session.reading() as db:
        chosen, moving = media.unswept(db, stage, BANDS.index("B")), films.unswept(db, BANDS.index("B"))
    _sweep(session, pictures, chosen, stage, lambda done: None, ignore_found, cancel)
    sweep_films(session, pictures, moving, lambda done: None, ignore_found, cancel)


def _sweep(
    session: Session,
    pictures: Pictures,
    chosen: Sequence[int],
    stage: int,
    tell: Callable[[int], None],
    on_found: OnFound,
    cancel: CancelToken | None,
) -> tuple[int, int]:
    """(new pairs, new possible ones). The slow look at everything holds no batch open. Raises Outdated, Cancelled."""
    pairs = possible = 0
    with MediaPool(1) as pool, call_on_cancel(cancel, pool.give_up):
        for start in range(0, len(chosen), BATCH):
            some = chosen[start : start + BATCH]
            tied: set[int] = set()
            with session.writing(cancel) as batch:
                pictures.check(batch)
                for medium_id in some:
                    check_cancelled(cancel)
                    pairs += _match(batch, pictures, medium_id, tied)
            if stage >= POSSIBLE:
                possible += _further(session, pool, pictures, some, stage, tied, cancel)
            tell_found(session, tied, on_found)
            tell(start + len(some))
    return pairs, possible


def _further(
    session: Session,
    pool: MediaPool,
    pictures: Pictures,
    some: Sequence[int],
    stage: int,
    tied: set[int],
    cancel: CancelToken | None,
) -> int:
    """How many possible ones are new."""
    looked: list[tuple[dict[int, MatchWay], str | None]] = []
    for medium_id in some:
        check_cancelled(cancel)
        cells, missing = _cells(session, pool, medium_id) if stage == UNEVEN else (None, None)
        check_cancelled(cancel)
        with session.reading() as db:
            pictures.check(db)
            found = look_further(pictures, db, hashes_of(db, medium_id), own=medium_id, cells=cells)
        looked.append((found, missing))
    possible = 0
    with session.writing(cancel) as batch:
        pictures.check(batch)
        for medium_id, (found, missing) in zip(some, looked, strict=True):
            if new := keep_possible(batch, medium_id, found):
                tied |= {medium_id, *found}
            possible += new
            media.set_swept(batch, medium_id, stage, missing)
    return possible


def _cells(session: Session, pool: MediaPool, medium_id: int) -> tuple[CellPlane | None, str | None]:
    """Or why it can't be decoded any more: what its hashes find stands. Raises Outdated."""
    with session.reading() as db:
        row = media.by_id(db, medium_id)
    if row is None:
        raise Outdated
    if row.facts is None:
        raise RuntimeError(f"medium {medium_id} has hashes and no sides")
    try:
        return CellPlane.from_facts(pool.decode_cells(session.store.reader(row.item)), facts_from_bytes(row.facts)), None
    except InputError as error:
        return None, why_not(error)


def _match(batch: Batch, pictures: Pictures, medium_id: int, tied: set[int]) -> int:
    """How many pairs are new; `tied` gets whom they tie."""
    stage, _ = media.swept(batch, medium_id) or (0, None)
    if stage >= MATCHES:
        return 0
    hashes = hashes_of(batch, medium_id)
    found = look(pictures, batch, hashes, own=medium_id, thorough=True)
    if new := tie(batch, pictures, medium_id, hashes, found):
        tied |= {medium_id, *found}
    if shown := tie_to_films(batch, pictures.frames, medium_id, hashes, thorough=True):
        tied.add(medium_id)
    changes = batch.changes()
    meet_lists(batch, [(medium_id, hashes)], thorough=True)
    if batch.changes() != changes:
        tied.add(medium_id)
    media.set_swept(batch, medium_id, MATCHES)
    return new + shown

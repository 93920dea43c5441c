"""How far the sweep has come: what still waits, what it could not check, and whom it tells of what it finds."""

from __future__ import annotations

from collections.abc import Callable, Collection

from triage.errors import InputError
from triage.jobs.session import Session
from triage.message import Message
from triage.model.matches import SweepState
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import films, list_near, lists, media, reports

OnFound = Callable[[frozenset[str]], None]
"""Hears the numbers of the reports whose files were found alike, or possibly alike, just now."""

MATCHES, POSSIBLE, UNEVEN = 1, 2, 3
"""How far a picture has come: its matches are kept, its possible ones, those of uneven crops too. For these it is decoded once
more, which an import does not wait for."""

WAITS = {
    0: Message("rotated, cropped and possible copies: not checked yet; the background comparison will"),
    MATCHES: Message("possible copies: not checked yet; the background comparison will"),
    POSSIBLE: Message("uneven crops: not checked yet; the background comparison will"),
}
VIDEO_WAITS = Message("rotated copies: not checked yet; the background comparison will")


def unchecked_crops(reason: str) -> Message:
    """Returns that uneven crops of an image were not looked for, and the sandbox's reason."""
    return Message("uneven crops: {why}", why=Message(reason))  # message-ok


def ignore_found(_: frozenset[str]) -> None:
    """For callers that do not want to know."""


def tell_found(session: Session, media_ids: Collection[int], on_found: OnFound) -> None:
    """Of the reports that hold these media, if there are any media."""
    if media_ids and on_found is not ignore_found:
        with session.reading() as db:
            holding = {i for held in media.reports_holding(db, sorted(media_ids)).values() for i in held}
            numbers = reports.numbers(db, holding)
        on_found(frozenset(numbers.values()))


def why_not(error: InputError) -> str:
    """A sentence's part."""
    return str(error).removeprefix("The file ").removesuffix(".")


def sweep_state(session: Session) -> SweepState:
    """Of the whole store."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        left = media.count_unswept(db) + films.count_unswept(db) + count_missed(db)
        return SweepState(left=left, unchecked=media.count_unchecked(db))


def not_swept(db: Reader, medium_id: int) -> tuple[Message, ...]:
    """What the sweep has not looked for yet of a medium, or could not, in sentences' parts."""
    if (picture := media.swept(db, medium_id)) is not None:
        stage, unchecked = picture
        waits = (WAITS[stage],) if stage in WAITS else ()
        return waits if unchecked is None else (*waits, unchecked_crops(unchecked))
    return (VIDEO_WAITS,) if films.waits(db, medium_id) else ()


def count_missed(db: Reader) -> int:
    """Lists that wait to be asked, and files whose matches wait to be judged anew."""
    return len(lists.unmet(db)) + list_near.count_earlier(db)

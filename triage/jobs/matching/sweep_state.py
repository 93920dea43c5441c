"""Says how far the background comparison came: what still waits, and what it could not check."""

from __future__ import annotations

from collections.abc import Callable, Collection

from triage.errors import InputError
from triage.jobs.session import Session
from triage.message import Message
from triage.model.matches import SweepState
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import media, reports, videos

OnFound = Callable[[frozenset[str]], None]
"""Hears the numbers of the reports whose files were found alike, or possibly alike, just now."""

UNCOMPARED, COMPARED, MATCHES, POSSIBLE, UNEVEN = -1, 0, 1, 2, 3
"""Stages of an image: it waits for the end of its import, which compares it upright and as a whole. Then all its matches are
stored, then its possible matches, then those of uneven crops. For the last stage the image is decoded once more, which an import
does not wait for."""

WAITS = {
    UNCOMPARED: Message("copies that were changed: not checked yet; the import checks them at its end"),
    COMPARED: Message("rotated, cropped and possible copies: not checked yet; the background comparison checks them"),
    MATCHES: Message("possible copies: not checked yet; the background comparison checks them"),
    POSSIBLE: Message("uneven crops: not checked yet; the background comparison checks them"),
}
VIDEO_WAITS = Message("rotated copies: not checked yet; the background comparison checks them")


def describe_unchecked_crops(reason: str | Message) -> Message:
    """Returns the message that uneven crops of an image were not searched, with the reason, such as the sandbox's."""
    why = reason if isinstance(reason, Message) else Message(reason)  # message-ok
    return Message("uneven crops: {why}", why=why)


def ignore_found(_: frozenset[str]) -> None:
    """Ignores what was found, for callers that do not need it."""


def report_found(session: Session, media_ids: Collection[int], on_found: OnFound) -> None:
    """Calls `on_found` with the numbers of the reports that hold these media items, if there are any."""
    if media_ids and on_found is not ignore_found:
        with session.reading() as db:
            holding = {i for held in media.load_reports_of_media(db, sorted(media_ids)).values() for i in held}
            numbers = reports.load_numbers(db, holding)
        on_found(frozenset(numbers.values()))


def shorten_reason(error: InputError) -> str:
    """Returns the reason of an error as the part of a sentence."""
    return str(error).removeprefix("The file ").removesuffix(".")


def load_sweep_state(session: Session) -> SweepState:
    """Returns how many images and videos of the store wait, and how many could not be checked, by reason."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        left = media.count_unswept_images(db) + videos.count_unswept_videos(db)
        return SweepState(left=left, unchecked=media.count_unchecked_images(db))


def list_not_swept(db: Reader, medium_id: int) -> tuple[Message, ...]:
    """Returns what the background comparison has not searched for a media item yet, or could not."""
    if (picture := media.load_sweep_stage(db, medium_id)) is not None:
        stage, unchecked = picture
        waits = (WAITS[stage],) if stage in WAITS else ()
        return waits if unchecked is None else (*waits, describe_unchecked_crops(unchecked))
    return (VIDEO_WAITS,) if videos.is_video_unswept(db, medium_id) else ()

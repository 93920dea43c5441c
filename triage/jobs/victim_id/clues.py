"""Records clues in words and finds them again, in clues and in the texts of all reports."""

from __future__ import annotations

from triage.errors import NotFound, Refused
from triage.jobs.codec import facts_from_bytes, read_or_none
from triage.jobs.session import Session, now
from triage.jobs.victim_id.series import find_series, show_series
from triage.model.media import ImageCrop
from triage.model.users import Right
from triage.model.victim_id import ClueHit, ClueKind, SeriesView
from triage.store.queries import media, reports, text_search, victim_series

MOST_WORDS = 2_000
"""Characters of a clue."""
MOST_HITS = 100  # clues, and reports, that a search lists


def record_clue(
    session: Session,
    number: str,
    kind: str,
    words: str,
    *,
    sha256: str | None = None,
    crop: ImageCrop | None = None,
    crop_at_ms: int | None = None,
) -> SeriesView:
    """Records a clue of a series, on one of its files or on the whole. The audit log holds only a keyed digest of the words.

    With `crop` a rectangle of the file shows the clue, and not the child: the person who records it says so. Only its numbers are
    kept, and the sandbox cuts it out of the file whenever it is shown.

    Raises:
        NotFound: if there is no such series, or it does not hold the file
        Refused: without the right, for an unknown kind, without words, or for a rectangle that is no crop of an image
    """
    session.require(Right.DECIDE)
    said = " ".join(words.split())
    if not said:
        raise Refused("Enter the clue in words.")
    if len(said) > MOST_WORDS:
        raise Refused("A clue has at most {n} characters.", n=MOST_WORDS)
    if kind not in set(ClueKind):
        raise Refused("There is no kind of clue {kind}; choose from: {kinds}.", kind=repr(kind), kinds=tuple(ClueKind))
    if crop is None and crop_at_ms is not None:
        raise Refused("Give the rectangle of the crop too.")
    if crop is not None:
        _check_crop(session, crop, crop_at_ms, sha256)
    with session.store.batch() as batch:
        series = find_series(batch, number)
        medium_id = None
        if sha256 is not None:
            row = media.find_media_item(batch, sha256)
            if row is None or row.id not in victim_series.list_media(batch, series.id):
                raise NotFound("Series {number} does not hold the file {file}.", number=series.number, file=sha256)
            medium_id = row.id
        user = session.user.id
        clue = victim_series.add_clue(batch, series.id, medium_id, kind, said, now(), user, crop=crop, crop_at_ms=crop_at_ms)
        about = {} if crop is None else {"crop": [crop.left, crop.top, crop.right, crop.bottom]}
        batch.note("clue recorded", series=series.id, clue=clue, words=session.store.keyed(said), **about)
    return show_series(session, number)


def _check_crop(session: Session, crop: ImageCrop, at_ms: int | None, sha256: str | None) -> None:
    """Raises Refused for a crop without a file, for numbers that make no crop, and for a time that the file can't have."""
    session.require(Right.REVEAL)
    if sha256 is None:
        raise Refused("A crop needs the file that it is taken from.")
    if not crop.is_crop():
        raise Refused("The rectangle is no crop: it has to lie within the image and cover at most half of it.")
    with session.reading() as db:
        row = media.find_media_item(db, sha256)
    facts = None if row is None or row.facts is None else read_or_none(facts_from_bytes, row.facts, row.id)
    if facts is None and row is not None and row.facts is not None:
        raise Refused("What was measured of the file is damaged in the store, so no crop can be taken from it.")
    if facts is None or facts.problem is not None:
        raise Refused("The file can't be decoded, so no crop can be taken from it.")
    length = facts.duration_ms if facts.mime.startswith("video/") else None
    if (length is None) != (at_ms is None) or not 0 <= (at_ms or 0) <= (length or 0):
        raise Refused("Name the time of the frame for a crop of a video, and no time for an image.")


def withdraw_clue(session: Session, number: str, clue_id: int) -> SeriesView:
    """Strikes out a clue. The row stays, and says who struck it out.

    Raises:
        NotFound: if there is no such series, or the clue does not stand
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        series = find_series(batch, number)
        if not victim_series.withdraw_clue(batch, series.id, clue_id, now(), session.user.id):
            raise NotFound("Series {number} has no such clue.", number=series.number)
        batch.note("clue struck out", series=series.id, clue=clue_id)
    return show_series(session, number)


def search_clues(session: Session, words: str) -> tuple[ClueHit, ...]:
    """Returns clues that hold all the words, then reports whose texts hold them all; at most MOST_HITS of each."""
    session.require(Right.READ_REPORT)
    wanted = words.casefold().split()
    if not wanted:
        return ()
    with session.reading() as db:
        clues = [
            ClueHit(what="clue", name=number, words=said)
            for number, kind, said in victim_series.list_all_clues(db)
            if all(word in f"{kind} {said}".casefold() for word in wanted)
        ]
        ids = text_search.find_reports_with_words(db, words, MOST_HITS)
        numbers = reports.load_numbers(db, ids)
    held = (ClueHit(what="report", name=number, words="") for number in sorted(numbers.values()))
    return (*clues[:MOST_HITS], *held)

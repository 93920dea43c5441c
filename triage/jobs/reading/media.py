"""Shows media to a person: the stored blurred preview, and reveals, each of which is recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import NotFound, Refused
from triage.hashing.video_frames import decode_frames
from triage.jobs.codec import facts_from_bytes, read_or_none
from triage.jobs.load import load_report
from triage.jobs.session import Session, now
from triage.jobs.state import account
from triage.model.media import SEEN_FROM, ImageCrop, Pixels, RevealStep
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import gallery, media, private, reports, videos
from triage.wellbeing import select_warnings


def load_preview(session: Session, sha256: str) -> bytes | None:
    """Returns 32 x 32 grey bytes, blurred in the sandbox at the import; None when it could not be decoded, or is damaged."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        row = media.find_media_item(db, sha256)
    if row is None or row.facts is None:
        return None
    facts = read_or_none(facts_from_bytes, row.facts, row.id)
    return None if facts is None else facts.preview


def list_frame_times(session: Session, sha256: str) -> tuple[int, ...]:
    """Returns where in a video its different frames are, in milliseconds; empty for what is no video."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        row = media.find_media_item(db, sha256)
        blob = None if row is None else videos.load_frames(db, row.id)
    return tuple(frame.at_ms for frame in decode_frames(blob or b""))


class OpenView:
    """One view of a media item: renders it, and measures how long it was open.

    After `pause` the next `render` goes on with the same view. Then the record has the time for which it was open, without the
    gap.
    """

    def __init__(self, render: Callable[[], Pixels]) -> None:
        self._render = render
        self._seconds = 0.0
        self._since: float | None = time.monotonic()

    def render(self) -> Pixels:
        """Returns the pixels, and opens a paused view again."""
        if self._since is None:
            self._since = time.monotonic()
        return self._render()

    def pause(self) -> None:
        """Notes that the media item left the screen."""
        if self._since is not None:
            self._seconds += time.monotonic() - self._since
            self._since = None

    def end(self) -> float:
        """Ends the view, and returns for how many seconds it was open."""
        self.pause()
        return self._seconds


@contextmanager
def reveal(
    session: Session,
    report_number: str,
    sha256: str,
    step: RevealStep,
    pool: MediaPool,
    *,
    at_ms: int | None = None,
    window: ImageCrop | None = None,
) -> Iterator[OpenView]:
    """Yields a view that renders a step of the reveal ladder: of a video a sheet of frames, or the frame at `at_ms`.

    The end of the context is recorded even when showing failed, as one view however often it was rendered. The audit log says
    who viewed what at which step. How long it lasted, and what warning stood there, is in the person's own account only.

    With `window` only this rectangle is shown, in grey or colour. It counts as a view, but the file itself stays unseen.

    Raises:
        Refused: for a rectangle that is no crop of an image, or one at a step below grey
        InputError: if the media item can't be rendered
        NotFound: if it is not of this report
    """
    session.require(Right.REVEAL)
    if window is not None and not (window.is_crop() and step >= RevealStep.GREY):
        raise Refused("The rectangle is no crop: it has to lie within the image and cover at most half of it.")
    with session.reading() as db:
        report_id = reports.find_report(db, report_number)
        row = media.find_media_item(db, sha256)
        held = row is not None and report_id in media.load_reports_of_media(db, [row.id]).get(row.id, [])
    if row is None or report_id is None or not held:
        raise NotFound("Report {report} holds no medium {file}.", report=report_number, file=sha256)
    with session.reading() as db:
        session.store.account.find(db)  # refuses before anything is shown, not after
        warnings = _find_warnings(db, report_id, sha256)
    began = now()
    source = session.store.unseal(row.item) if row.size <= limits.MAX_WHOLE else session.store.reader(row.item)

    def render() -> Pixels:
        if window is None:
            return pool.render(source, step, limits.REVEAL_SIDE, at_ms)
        return pool.render_crop(source, step, window, at_ms)

    view = OpenView(render)
    try:
        yield view
    finally:
        milliseconds = round(view.end() * 1000)
        with session.store.batch() as batch:
            batch.note(
                "media revealed",
                report=report_id,
                medium=session.store.keyed(sha256),
                step=int(step),
                **({} if at_ms is None else {"frame_at_ms": at_ms}),
                **({} if window is None else {"crop": [window.left, window.top, window.right, window.bottom]}),
            )
            private.note_first_view(batch, report_id, began)
            if step >= SEEN_FROM and window is None:
                private.note_seen(batch, row.id)
            account.add_view(session, batch, step=step, medium=row.id, began=began, milliseconds=milliseconds, warnings=warnings)


def _find_warnings(db: Reader, report_id: int, sha256: str) -> tuple[str, ...]:
    """Returns the grave annotations of the report and of this file of it, from their index."""
    indexed = gallery.list_report_warnings(db, report_id, sha256)
    if indexed is not None:
        return select_warnings(indexed)
    report = load_report(db, report_id).report  # it came a moment ago, and its index is not written yet
    same = [file.entry for file in report.files if file.occurrence is not None and file.occurrence.sha256 == sha256]
    return select_warnings((*report.annotations, *(name for entry in same for name in entry.annotations)))

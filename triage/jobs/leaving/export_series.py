"""Writes the sheet of a series for victim identification desks elsewhere. Crops leave only when two persons agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import InputError
from triage.exports.pdf_documents import typeset
from triage.exports.series_sheet import SeriesSheet, SheetClue, SheetFile, make_sheet
from triage.jobs.consent import ONE_USER, Consent, request_leaving_consent
from triage.jobs.leaving.outgoing import NOT_SAID, Leaving, check_may_leave, write_out
from triage.jobs.leaving.signing import describe_export
from triage.jobs.session import Session
from triage.jobs.victim_id.series import find_series
from triage.message import Message
from triage.model.graded import LeftOut
from triage.model.handover import Handover
from triage.model.media import Pixels, RevealStep
from triage.model.outgoing_preview import OutgoingPreview
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled, ignore_progress
from triage.model.users import Right
from triage.model.victim_id import VictimState, WrittenSheet
from triage.store.batch import Batch
from triage.store.queries import media, victim_series
from triage.store.queries.media import MediaItemRow
from triage.store.queries.victim_series import ClueData, SeriesData

UNREADABLE = Message("The crop can't be decoded.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What the store holds for a sheet, before a crop is cut out."""

    series: SeriesData
    state: str
    source: str
    files: Sequence[MediaItemRow]
    clues: Sequence[ClueData]
    leaving: Leaving


def export_series_sheet(
    session: Session,
    number: str,
    out: Path,
    *,
    with_crops: bool = False,
    consent: Consent | None = None,
    although_cleared: str | None = None,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> WrittenSheet:
    """Writes the sheet as a signed PDF. It names no report, no child and no person of a report.

    With `with_crops` the crops of the clues stand in it, and a lead or examiner other than the writer has to agree.

    Raises:
        NotFound: if there is no such series
        Refused: without the consent, or when a report with one of its files may not go out
        WrongPassphrase: if the second person's passphrase is wrong
        WorldError: if the file can't be written
        Cancelled: if the token was set
    """
    session.require(Right.EXPORT_TOOLS)
    found = _load_content(session, number, although_cleared)
    crops = [each for each in found.clues if each.crop is not None] if with_crops else []
    second, leaving = "", found.leaving
    if crops:
        missing = Message("A crop leaves only with the consent of a second person, a lead or examiner: give --consent-user.")
        clues = [each.id for each in crops]
        given = request_leaving_consent(session, consent, missing, "crops consented", series=found.series.id, clues=clues)
        second, leaving = ONE_USER if given.second is None else given.second.name, replace(leaving, agreed=given.check)
    cut = _cut_crops(session, crops, found.files, on_progress, cancel)
    marks = {row.sha256: f"F{n}" for n, row in enumerate(found.files, 1)}
    sheet = SeriesSheet(
        number=found.series.number,
        state=found.state,
        source=found.source,
        files=[SheetFile(mark=marks[row.sha256], md5=row.md5, sha1=row.sha1, sha256=row.sha256) for row in found.files],
        clues=[
            SheetClue(
                mark=f"C{n}",
                kind=each.kind,
                words=each.words,
                added=each.added,
                file=marks.get(each.sha256 or "", ""),
                crop=cut.get(each.id),
                failed=each.id in cut and cut[each.id] is None,
            )
            for n, each in enumerate(found.clues, 1)
        ],
        second_person=second,
        cleared=leaving.cleared,
    )
    about = describe_export(session)
    footer = f"signing key {about.fingerprint}"
    data = typeset(tuple(make_sheet(sheet, about)), title=f"Series {found.series.number}", footer=footer)
    left = [each.id for each in crops if cut[each.id] is not None]

    def note(batch: Batch) -> None:
        """Adds the audit log entry of the sheet."""
        batch.note("series sheet exported", series=found.series.id, clues=len(found.clues), crops=left)

    write_out(session, ((out, data),), kind="series_sheet", handover=handover, overwrite=overwrite, leaving=leaving, note=note)
    return WrittenSheet(
        path=str(out),
        series=found.series.number,
        clues=len(found.clues),
        crops=len(left),
        left_out=tuple(LeftOut(sha256=each.sha256 or "", reason=UNREADABLE) for each in crops if cut[each.id] is None),
        signature_key=about.fingerprint,
    )


def preview_series_sheet(session: Session, number: str, *, although_cleared: str | None = None) -> OutgoingPreview:
    """Returns how many crops the sheet would hold, and refuses what the export would refuse. Writes nothing."""
    session.require(Right.EXPORT_TOOLS)
    found = _load_content(session, number, although_cleared)
    return OutgoingPreview(rows=sum(each.crop is not None for each in found.clues))


def _load_content(session: Session, number: str, although_cleared: str | None) -> _Content:
    """Loads what the sheet says. Raises Refused when a report with one of the files may not go out."""
    with session.reading() as db:
        series = find_series(db, number)
        ids = victim_series.list_media(db, series.id)
        held = media.load_reports_of_media(db, ids)
        reports = sorted({report for found in held.values() for report in found})
        leaving = check_may_leave(db, reports, although_cleared)
        states = victim_series.list_states(db, series.id)
        state, source = states[-1][:2] if states else (VictimState.NOT_KNOWN.value, "")
        rows = [row for each in ids if (row := media.load_media_item(db, each)) is not None]
        clues = victim_series.list_clues(db, series.id)
    return _Content(series=series, state=state, source=source, files=rows, clues=clues, leaving=leaving)


def _cut_crops(
    session: Session,
    crops: Sequence[ClueData],
    files: Sequence[MediaItemRow],
    on_progress: OnProgress,
    cancel: CancelToken | None,
) -> dict[int, Pixels | None]:
    """Returns clue -> the pixels of its crop, None where the sandbox could not decode them."""
    if not crops:
        return {}
    rows = {row.sha256: row for row in files}
    cut: dict[int, Pixels | None] = {}
    with MediaPool(1) as pool:
        for n, each in enumerate(crops):
            check_cancelled(cancel)
            on_progress(Progress(done=n, total=len(crops), unit="files"))
            row = rows.get(each.sha256 or "")
            cut[each.id] = None
            if row is None or each.crop is None:  # its file left the series
                continue
            source = session.store.unseal(row.item) if row.size <= limits.MAX_WHOLE else session.store.reader(row.item)
            try:
                cut[each.id] = pool.render_crop(source, RevealStep.COLOUR, each.crop, each.crop_at_ms)
            except InputError:
                continue
    return cut

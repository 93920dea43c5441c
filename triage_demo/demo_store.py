"""Makes the invented national feed, imports it into a store of its own, and works on it a little."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

from triage import limits
from triage.errors import NotFound, WorldError
from triage.jobs.casework.cases import open_case, set_number, set_stage
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.lists.lists import add_list, list_hash_lists
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grading import grade_file
from triage.jobs.session import Session, create_store, now, unlock
from triage.jobs.victim_id.clues import record_clue
from triage.jobs.victim_id.series import list_series, open_series
from triage.model.casework import Grade, NumberKind, Stage
from triage.model.handover import Receipt
from triage.model.moment import pakistan_day
from triage.model.progress import OnProgress, ignore_progress
from triage.model.victim_id import ClueKind
from triage.model.views import ImportResult, QueueFilter, QueueRow, ShowFile
from triage.safe_files import is_there, list_names, make_private_folder, read_file, replace_file, resolve_folder
from triage.target_path import resolve_target
from triage_demo.feed.make import find_feed_size, make
from triage_demo.feed.second_delivery import SecondDelivery, make_second_delivery

USER = "demo"
LIST, HELD_LIST = "demo-known", "demo-forwarded"
_SERIES = "Kites over the roofs (invented)"
_NEAR_BITS = 0x15  # bits of the last byte of a PDQ hash to flip: a near match at distance 3
_OVERDUE_DAYS = 5
_REPORTS = 300
_GRADES = (Grade.OTHER, Grade.DRAWING, Grade.INNOCENT)
_MOST_LOOKED_AT = 20  # reports among which files for the list are chosen
_MAX_PASSPHRASE = 1024  # bytes of the demo's file


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Where the demo shows what: reports, case and lists by their numbers and names."""

    new_version: str
    conflict: str
    videos: str
    unreadable: str
    """A file of the report with videos."""
    list_exact: str
    list_near: str
    list_possible: str
    lists: tuple[str, ...]
    held_hash: str
    """The PDQ of a list that matches an image in so many reports that it waits for a lead."""
    graded: str
    """All files of this report have a grade."""
    waiting: str
    """A file of the report with videos whose grade is bound for court. It waits for a second person."""
    case: str
    complaints: tuple[str, ...]
    series: str
    """Series of near copies, for victim identification."""
    chat: str
    """Report with the log of a chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The folders, the passphrase file and the imported store of a demo."""

    feed: Path
    truth: Path
    store: Path
    user: str
    passphrase_file: Path
    """Everything in a demo is invented, so its passphrase may lie beside it."""
    imported: ImportResult
    """The import of the feed. Where that was done before, of the second delivery."""
    second: ImportResult
    """The import of the second delivery."""
    shown: Shown
    queue: tuple[QueueRow, ...]
    """The head of the queue."""


def make_demo(
    directory: Path,
    *,
    store: Path | None = None,
    reports: int | None = None,
    forwarded: int | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Demo:
    """Makes (or completes) a demo in `directory`; the store is made there too unless `store` is given.

    Args:
        directory: An empty folder, or one that holds a demo.
        store: The folder of the store.
        reports: Reports of the first delivery. By default those that the folder's demo has, or 300 in an empty folder.
        forwarded: Reports with one image; by default as many as make its hash a held one.
        on_progress: Is told how far the demo is.

    Raises:
        WorldError: The folder holds something else, or a demo of another size: a second feed would mix with the first.
    """
    directory = resolve_target(resolve_folder(directory))
    if is_there(directory) and list_names(directory) and not is_there(directory / "truth.json"):
        raise WorldError("{directory} is not empty and holds no demo; name another folder.", directory=str(directory))
    reports = _choose_size(directory, store or directory / "store", reports)
    make_private_folder(directory)
    feed = make(directory, reports=reports, on_progress=on_progress)
    later = make_second_delivery(directory, reports=reports, forwarded=limits.HELD_FROM if forwarded is None else forwarded)
    passphrase_file = directory / "passphrase.txt"
    with _open_store(store or directory / "store", passphrase_file) as session:
        receipt = Receipt(received_from="triage demo", medium="made on this machine", note="synthetic feed")
        # The feed again would bring back the older version of the report that the second delivery updated.
        first = later.bundles if _has_second_delivery(session, later) else feed.bundles
        imported = import_bundles(session, [first], receipt=receipt, on_progress=on_progress)
        second = import_bundles(session, [later.bundles], receipt=receipt, on_progress=on_progress)
        shown = _work(session, directory, later)
        head = list_queue_rows(session, QueueFilter(), limit=10)
        where = session.store.directory
    return Demo(
        feed=feed.bundles,
        truth=feed.truth,
        store=where,
        user=USER,
        passphrase_file=passphrase_file,
        imported=imported,
        second=second,
        shown=shown,
        queue=head,
    )


def _choose_size(directory: Path, store: Path, wanted: int | None) -> int:
    """Returns how many reports the first delivery has: as many as were imported, if that was begun.

    Raises:
        WorldError: The demo has another number of reports than is wanted.
    """
    there = find_feed_size(directory) if is_there(store) else None
    if there is not None and wanted not in (None, there):
        raise WorldError(
            "{directory} holds a demo of another size (reports: {n}); leave the number out to open it, or name another folder.",
            directory=str(directory),
            n=there,
        )
    return there or wanted or _REPORTS


def read_passphrase(file: Path) -> str:
    """Returns the passphrase in a file of a demo or a training."""
    return read_file(file, _MAX_PASSPHRASE).decode().strip()


def _open_store(store: Path, passphrase_file: Path) -> Session:
    """Unlocks the demo's store, or makes it with a random passphrase in `passphrase_file`."""
    if is_there(passphrase_file) and store.exists():
        return unlock(store, USER, read_passphrase(passphrase_file))
    passphrase = " ".join(secrets.token_hex(3) for _ in range(4))
    replace_file(passphrase_file, passphrase.encode() + b"\n")
    return create_store(store, USER, passphrase).session


def _has_second_delivery(session: Session, later: SecondDelivery) -> bool:
    try:
        return len(load_report_view(session, later.new_version).versions) > 1
    except NotFound:
        return False


def _work(session: Session, directory: Path, later: SecondDelivery) -> Shown:
    """Does some of what people do with a store. What an earlier run did stays as it is."""
    chosen = _choose_reports(session, later)
    exact, near = (_first_image(session, number) for number in (chosen.exact, chosen.near))
    still = next(file for file in load_report_view(session, later.videos).files if file.name == later.still)
    forwarded = load_report_view(session, later.forwarded[0]).files[0]
    entries = ((exact.sha256, None, "exact copy"), (None, _shift(near.pdq), "near"), (None, still.pdq, "a frame of a video"))
    _add_list(session, directory, LIST, entries)
    _add_list(session, directory, HELD_LIST, ((None, forwarded.pdq, "goes round"),))
    _grade_series(session, chosen.graded)
    case = _open_overdue_case(session, (later.videos, later.complaints[0]))
    series = _open_series(session, later.series)
    _grade(session, later.videos, still, Grade.OTHER, for_court=True)
    return Shown(
        new_version=later.new_version,
        conflict=later.conflict,
        videos=later.videos,
        unreadable=later.unreadable,
        list_exact=chosen.exact,
        list_near=chosen.near,
        list_possible=later.videos,
        lists=(LIST, HELD_LIST),
        held_hash=forwarded.pdq or "",
        graded=chosen.graded,
        waiting=later.still,
        case=case,
        complaints=later.complaints,
        series=series,
        chat=later.series,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    exact: str
    near: str
    graded: str


def _choose_reports(session: Session, later: SecondDelivery) -> _Chosen:
    """Returns three reports of the feed with stored images, by number and not by rank: the same ones in each run.

    The graded one has the most files. Reports of which the second delivery speaks are left out.
    """
    taken = {later.new_version, later.conflict, later.videos, *later.forwarded, *later.complaints}
    rows = sorted(list_queue_rows(session, QueueFilter()), key=lambda row: row.report_id)
    graded = max((row for row in rows if row.report_id not in taken), key=lambda row: row.files_present).report_id
    having = (row.report_id for row in rows if row.files_present and row.report_id not in {*taken, graded})
    usable = [number for number in islice(having, _MOST_LOOKED_AT) if _images(session, number)]
    return _Chosen(exact=usable[0], near=usable[1], graded=graded)


def _images(session: Session, number: str) -> list[ShowFile]:
    """Returns the images of a report whose hashes may match."""
    files = load_report_view(session, number).files
    return [file for file in files if file.pdq and (file.pdq_quality or 0) >= limits.MIN_PDQ_QUALITY]


def _first_image(session: Session, number: str) -> ShowFile:
    return _images(session, number)[0]


def _shift(pdq: str | None) -> str:
    """Returns a hash that differs in a few bits: that of a near copy."""
    value = bytearray.fromhex(pdq or "")
    value[-1] ^= _NEAR_BITS
    return value.hex()


def _add_list(session: Session, directory: Path, name: str, entries: Iterable[tuple[str | None, str | None, str]]) -> None:
    """Adds a hash list of (SHA-256, PDQ, comment), unless an earlier run did."""
    if any(known.name == name for known in list_hash_lists(session)):
        return
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("SHA256", "PDQ", "Series", "Comments"))
    rows.writerows((sha256 or "", pdq or "", _SERIES, comment) for sha256, pdq, comment in entries)
    path = directory / f"{name}.csv"
    replace_file(path, text.getvalue().encode())
    add_list(session, path, name=name, kind="known", profile=None)


def _grade_series(session: Session, number: str) -> None:
    """Grades all stored files of a report."""
    stored = [file for file in load_report_view(session, number).files if file.present]
    for file, grade in zip(stored, cycle(_GRADES)):  # the grades repeat
        _grade(session, number, file, grade)


def _grade(session: Session, number: str, file: ShowFile, grade: Grade, *, for_court: bool = False) -> None:
    known = next(each for each in load_report_view(session, number).files if each.sha256 == file.sha256)
    if known.verdict.grade_state is None:
        grade_file(session, number, file.sha256 or "", grade.value, for_court=for_court)


def _open_overdue_case(session: Session, reports: tuple[str, ...]) -> str:
    """Returns the number of a case with these reports, whose stage should have been over some days ago."""
    known = load_report_view(session, reports[0]).case
    if known is not None:
        return known
    number = open_case(session, reports).number
    set_number(session, number, NumberKind.ENQUIRY, "EX-17/2026")
    due = pakistan_day(now()) - timedelta(days=_OVERDUE_DAYS)
    set_stage(session, number, Stage.ENQUIRY, due=due.isoformat(), note="Invented, to show a stage that is overdue.")
    return number


def _open_series(session: Session, number: str) -> str:
    """Returns the number of a series with the images of a report, and a clue."""
    known = list_series(session)
    if known:
        return known[0].number
    images = [file.sha256 or "" for file in _images(session, number)]
    opened = open_series(session, number, images).row.number
    record_clue(session, opened, ClueKind.PLACE.value, "A garden with a low wall; invented.", sha256=images[0])
    return opened

"""Exports the statistic of a period.

A period that overlaps an earlier one is refused: from both, small counts could be worked out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from triage.errors import Refused
from triage.exports import statistic_files as files
from triage.exports.outgoing_file import must_be_free
from triage.exports.statistic_tables import make_tables
from triage.jobs.leaving.counting import PROVINCES, iter_counted, list_months
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.leaving.periods import read_period
from triage.jobs.leaving.signing import describe_export
from triage.jobs.session import Session, now
from triage.model.handover import Handover
from triage.model.moment import format_pakistan_day
from triage.model.outgoing_preview import OutgoingPreview
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.statistics import Period, StatisticTable
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import statistics, statistics_exports

_LONGEST_REASON = 500  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenStatistics:
    """A statistic that was written."""

    path: str
    tables: int
    cells: int
    suppressed: int
    signature_key: str


def export_statistics(
    session: Session,
    first: str,
    last: str,
    out: Path,
    *,
    although_overlapping: str | None = None,
    handover: Handover = NOT_SAID,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> WrittenStatistics:
    """Writes statistics.csv, statistics.json, dictionary.csv and statistics.pdf of the reports received in a period.

    `first` and `last` are days as YYYY-MM-DD, both included. The same period leaves again only with the same counts.

    Raises:
        Refused: without the right, for a period that can't be, or one that overlaps an earlier statistic without a reason
        WorldError: if the folder holds something already, or can't be written
        Cancelled: if the token was set
    """
    session.require(Right.EXPORT_QUEUE)
    period = read_period(first, last)
    reason = _read_reason(although_overlapping)
    must_be_free(out)
    tables = _make_tables(session, period, reason, on_progress, cancel)
    about = describe_export(session)
    table = files.format_csv(tables)
    digest = sha256(table).hexdigest()
    written = (
        (Path("statistics.csv"), table),
        (Path("statistics.json"), files.format_json(tables, period, about)),
        (Path("dictionary.csv"), files.format_dictionary()),
        (Path("statistics.pdf"), files.format_pdf(tables, period, about)),
    )

    def note(batch: Batch) -> None:
        """Notes the period, unless another session published an overlapping one meanwhile."""
        overlaps = _check_other_bounds(batch, period, reason)
        _check_same_counts(batch, period, digest, reason)
        statistics_exports.add_period(
            batch, first=period.first, last=period.last, made=now(), user_id=session.user.id, digest=digest, although=reason
        )
        batch.note("statistics exported", period=_number_days(period), overlapping=int(overlaps))

    write_out(session, written, kind="statistics", folder=out, handover=handover, note=note)
    cells, suppressed = _count_cells(tables)
    return WrittenStatistics(
        path=str(out), tables=len(tables), cells=cells, suppressed=suppressed, signature_key=about.fingerprint
    )


def preview_statistics(
    session: Session,
    first: str,
    last: str,
    *,
    although_overlapping: str | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> OutgoingPreview:
    """Returns how many numbers `export_statistics` would write now, and refuses what it would refuse. Writes nothing.

    It tells no number itself: a number that was only seen could not be withheld any more.
    """
    session.require(Right.EXPORT_QUEUE)
    period, reason = read_period(first, last), _read_reason(although_overlapping)
    tables = _make_tables(session, period, reason, on_progress, cancel)
    with session.reading() as db:
        _check_same_counts(db, period, sha256(files.format_csv(tables)).hexdigest(), reason)
    cells, suppressed = _count_cells(tables)
    return OutgoingPreview(rows=cells, withheld=suppressed)


def _make_tables(
    session: Session, period: Period, reason: str | None, on_progress: OnProgress, cancel: CancelToken | None
) -> tuple[StatisticTable, ...]:
    """Returns the tables of a period. Raises Refused when they may not be made."""
    with session.reading() as db:
        _check_judged(db)
        _check_other_bounds(db, period, reason)
    counted = iter_counted(session, period, on_progress, cancel)
    return make_tables(counted, list_months(period), PROVINCES)


def _count_cells(tables: Sequence[StatisticTable]) -> tuple[int, int]:
    """Returns how many numbers the tables have, and how many of them are withheld."""
    cells = [cell for each in tables for cell in each.cells]
    return len(cells), sum(cell.count is None for cell in cells)


def _read_reason(text: str | None) -> str | None:
    """Returns the reason for an overlapping period, or None without one. Raises Refused for an empty one."""
    if text is None:
        return None
    reason = " ".join(text.split())[:_LONGEST_REASON]
    if not reason:
        raise Refused("State a reason: --although-overlapping REASON.")
    return reason


def _check_judged(db: Reader) -> None:
    """Raises Refused while reports wait to be judged: a count without them would be wrong."""
    if waiting := statistics.count_unjudged(db):
        raise Refused(
            "A statistic would leave out reports that are not scored yet: {count}. Complete the import first.", count=waiting
        )


def _check_other_bounds(db: Reader, period: Period, reason: str | None) -> bool:
    """Returns whether a statistic with other bounds overlaps this one. Raises Refused when one does and no reason is given."""
    others = [
        each
        for each in statistics_exports.find_overlapping(db, period.first, period.last)
        if (each.first, each.last) != (period.first, period.last)
    ]
    if others and reason is None:
        raise Refused(
            "A statistic of {first} to {last} was exported on {day}. From both, withheld numbers could be worked out. Use the "
            "same days, or give --although-overlapping REASON.",
            first=others[0].first,
            last=others[0].last,
            day=format_pakistan_day(others[0].made),
        )
    return bool(others)


def _check_same_counts(db: Reader, period: Period, digest: str, reason: str | None) -> None:
    """Raises Refused when these days were published with other counts and no reason is given: the difference says too much."""
    same = statistics_exports.find_overlapping(db, period.first, period.last)
    before = next((each for each in same if (each.first, each.last) == (period.first, period.last)), None)
    if before is not None and before.digest != digest and reason is None:
        raise Refused(
            "These days were exported on {day} with other counts; from the difference, single reports could be recognised. Give "
            "--although-overlapping REASON.",
            day=format_pakistan_day(before.made),
        )


def _number_days(period: Period) -> list[int]:
    """Returns the two days as numbers, such as 20261127, which is how the audit log takes them."""
    return [int(day.replace("-", "")) for day in (period.first, period.last)]

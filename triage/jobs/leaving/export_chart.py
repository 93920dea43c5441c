"""Exports a chart of the leads' page as an image or as a table: internal figures, which hold counts and no report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.errors import Refused
from triage.exports.sheet_cells import format_csv
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.session import Session
from triage.model.handover import Handover
from triage.model.users import Right

BEGINNINGS = {".png": b"\x89PNG\r\n\x1a\n", ".svg": b"<?xml", ".csv": b""}
"""Endings of charts, and how the bytes of each begin."""
INTERNAL = "internal figures, not for publication: small counts are not withheld"
"""Stands on every chart that leaves. A statistic withholds counts of 1 to 4; a lead's chart of the own office shows them."""
MOST_BYTES = 16 << 20  # bytes of a drawn chart


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenChart:
    """A chart that was written."""

    path: str
    bytes: int
    signature_key: str


def export_chart(
    session: Session, data: bytes, out: Path, *, handover: Handover = NOT_SAID, overwrite: bool = False
) -> WrittenChart:
    """Writes a chart (.png, .svg) or its numbers (.csv), signed and entered in the register of outgoing data.

    Raises:
        Refused: without the right, or when the bytes are not what the ending says
        WorldError: if the file can't be written
    """
    session.require(Right.EXPORT_QUEUE)
    ending = out.suffix.lower()
    if ending not in BEGINNINGS:
        raise Refused("A chart is written as {endings}; choose a name with one of these endings.", endings=tuple(BEGINNINGS))
    if not data.startswith(BEGINNINGS[ending]) or len(data) > MOST_BYTES:
        raise Refused("The chart could not be drawn as {ending}; choose another kind of file.", ending=ending)
    write_out(session, ((out, data),), kind="internal_chart", handover=handover, overwrite=overwrite)
    return WrittenChart(path=str(out), bytes=len(data), signature_key=session.store.fingerprint)


def format_chart_table(titles: Sequence[str], rows: Sequence[Sequence[str | int | float]]) -> bytes:
    """Returns the numbers of a chart as CSV in UTF-8, with a last column whose title says that they stay inside.

    Text that a sheet would run as a formula gets an apostrophe.
    """
    return format_csv(((*titles, INTERNAL), *((*row, "") for row in rows))).encode()

"""Feedback on reports to NCMEC or a provider: what became of each, without a name, an identifier or a word of the case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.errors import WorldError
from triage.exports.pdf_documents import GridBlock, HeadingBlock, Pairs, ParagraphBlock, typeset
from triage.exports.sheet_cells import format_csv
from triage.exports.time_labels import format_pakistan_time
from triage.model.exports import About


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRow:
    """What is told of one report."""

    report: str
    provider: str
    received: str
    outcome: str
    decided: str
    """ISO 8601 in UTC."""
    case: str
    duplicate_of: str


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its heading, its share of a page's width, and its cell."""

    header: str
    share: int
    cell: Callable[[FeedbackRow], str]


_COLUMNS = (
    _Column("Report", 4, lambda row: row.report),
    _Column("Provider", 6, lambda row: row.provider),
    _Column("Received (UTC)", 5, lambda row: row.received),
    _Column("Outcome", 8, lambda row: row.outcome),
    _Column("Outcome of (UTC)", 5, lambda row: row.decided),
    _Column("Agency case number", 5, lambda row: row.case),
    _Column("Duplicate of", 4, lambda row: row.duplicate_of),
)
_NOTE = (
    "An outcome describes the state of the report at this office on the day it was made. It names no person, and says nothing of "
    "what an enquiry found about anybody."
)
FORMATS = (".csv", ".pdf")


def check_format(out: Path) -> str:
    """Returns the format that the ending of a name asks for. Raises WorldError for another ending."""
    ending = out.suffix.lower()
    if ending not in FORMATS:
        raise WorldError("Can't tell the format of {name}: end the name in .csv or .pdf.", name=out.name)
    return ending


def format_feedback(rows: Sequence[FeedbackRow], ending: str, addressee: str, about: About) -> bytes:
    """Returns the bytes of the file in one of FORMATS."""
    return _format_csv(rows) if ending == ".csv" else _format_pdf(rows, addressee, about)


def _format_csv(rows: Sequence[FeedbackRow]) -> bytes:
    """Returns a CSV with formulas disarmed."""
    head = [column.header for column in _COLUMNS]
    return format_csv((head, *([column.cell(row) for column in _COLUMNS] for row in rows))).encode("utf-8-sig")


def _format_pdf(rows: Sequence[FeedbackRow], addressee: str, about: About) -> bytes:
    officer = about.officer
    blocks = (
        HeadingBlock("Feedback on CyberTipline reports"),
        Pairs(
            (
                ("To", addressee),
                ("From", officer.agency_name or "agency not stated"),
                ("Address", officer.agency_address or "not stated"),
                ("Made", f"{format_pakistan_time(about.made)} ({about.made})"),
                ("Made by", about.by),
                ("Reports", str(len(rows))),
            )
        ),
        ParagraphBlock(_NOTE),
        GridBlock(
            head=tuple(column.header for column in _COLUMNS),
            widths=tuple(column.share for column in _COLUMNS),
            rows=tuple(tuple(column.cell(row) for column in _COLUMNS) for row in rows),
            begins_page=False,
        ),
    )
    return typeset(blocks, title="Feedback on reports", footer=f"Signing key {about.fingerprint}", landscape=True)

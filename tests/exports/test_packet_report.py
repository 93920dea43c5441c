"""The blocks of report.pdf: what a sender can make long is bounded, and says what is left out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from triage.exports.packet_report import PRINTED_IN_ALL, PRINTED_OF_A_VALUE, _not_understood
from triage.exports.pdf_documents import ParagraphBlock, Rows
from triage.model.views import ShowNotUnderstood


def blocks_of(*values: str) -> list[Any]:
    entries = tuple(ShowNotUnderstood(source="cases.csv", path=f"row {n}", value=value) for n, value in enumerate(values))
    return list(_not_understood(SimpleNamespace(not_understood=entries)))  # type: ignore[arg-type]


def test_what_fits_is_printed_whole() -> None:
    (table,) = blocks_of("one", "x" * PRINTED_OF_A_VALUE)
    assert isinstance(table, Rows)
    assert table.rows == (("cases.csv", "row 0", "one"), ("cases.csv", "row 1", "x" * PRINTED_OF_A_VALUE))


def test_a_long_value_is_cut_and_says_so() -> None:
    (table,) = blocks_of("x" * (PRINTED_OF_A_VALUE + 7))
    assert table.rows[0][2].endswith("[Cut here: 7 more characters stand in report.json.]")


def test_entries_beyond_the_bound_are_counted() -> None:
    table, rest = blocks_of(*["x" * PRINTED_OF_A_VALUE] * 200)
    assert sum(map(len, (cell for row in table.rows for cell in row))) <= PRINTED_IN_ALL
    assert rest == ParagraphBlock(f"{200 - len(table.rows)} more entries stand in report.json.")

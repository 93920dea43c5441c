"""The files of a statistic hold each count in its place; what is withheld has no number in any of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from tests.exports.reading_back import ABOUT, read_csv
from triage.exports import statistic_files
from triage.exports.pdf_documents import Block, ChartsBlock, HeadingBlock, ParagraphBlock
from triage.exports.statistic_files import MOST_BARS, format_csv, format_dictionary, format_json, format_pdf
from triage.exports.statistic_tables import DIMENSIONS
from triage.model.statistics import Period, StatisticCell, StatisticTable

PERIOD = Period(first="2026-10-01", last="2026-10-31")


def make_table(name: str, *counts: tuple[str, int | None], withheld: bool = False) -> StatisticTable:
    cells = (*(StatisticCell(names=(row,), count=count) for row, count in counts), StatisticCell(names=("total",), count=1_234))
    return StatisticTable(name=name, dimensions=(name,), cells=cells, withheld=withheld)


MONTHS = tuple((f"{2025 + n // 12}-{1 + n % 12:02}", 100 + n) for n in range(MOST_BARS + 2))
PROVIDERS = tuple((f"Provider {n}", 50 - n) for n in range(MOST_BARS + 1))
TABLES = (
    make_table("month", *MONTHS), make_table("province", ("PB", 7), ("SD", None)), make_table("outcome", withheld=True), make_table("age_band", ("0 to 5", 0)),
    make_table("type", *PROVIDERS[:MOST_BARS]), make_table("esp", *PROVIDERS), make_table("annotation", ("viral", 9)),
    StatisticTable(name="month and province", dimensions=("month", "province"), cells=(StatisticCell(names=("2026-10", "PB"), count=6),
                                                                                       StatisticCell(names=("total", "SD"), count=None))),
)  # fmt: skip


def test_the_csv_names_each_dimension_that_a_row_divides() -> None:
    head, *rows = read_csv(format_csv(TABLES))
    assert head == ["table", *DIMENSIONS, "count"]
    expected = []
    for table in TABLES:
        for cell in table.cells:
            names = dict.fromkeys(DIMENSIONS, "total") | dict(zip(table.dimensions, cell.names, strict=True))
            expected.append([table.name, *names.values(), "<5" if cell.count is None else str(cell.count)])
    assert rows == expected


def test_the_json_holds_each_table() -> None:
    data = format_json(TABLES, PERIOD, ABOUT)
    said = json.loads(data)
    assert said["about"] == json.loads(json.dumps(asdict(ABOUT))) and said["schema"] == "triage/1"
    assert said["period"] == {"from": "2026-10-01", "to": "2026-10-31"}
    assert said["rules"] == {"withheld_below": 5, "zero": "published", "least_width": 4}
    assert said["tables"] == [
        {"name": table.name, "dimensions": list(table.dimensions), "withheld": table.withheld,
         "cells": [{**dict(zip(table.dimensions, cell.names, strict=True)), "count": cell.count, "suppressed": cell.count is None} for cell in table.cells]}
        for table in TABLES
    ]  # fmt: skip
    assert data.startswith(b'{\n "schema"'), "people read it too"


def test_the_dictionary_explains_each_column() -> None:
    head, *rows = read_csv(format_dictionary())
    assert head == ["name", "meaning"] and [name for name, _ in rows] == ["table", *DIMENSIONS, "count", "total"]
    assert "<5 is written for every withheld number: for numbers from 1 to 4, and" in {row[0]: row[1] for row in rows}["count"]


def make_pages(monkeypatch: pytest.MonkeyPatch, *tables: StatisticTable) -> list[Block]:
    made: list[Block] = []
    monkeypatch.setattr(statistic_files, "typeset", lambda blocks, **_: made.extend(blocks) or b"%PDF-")
    format_pdf(tables, PERIOD, ABOUT)
    return made


def test_the_pages_show_the_newest_months_and_the_first_of_other_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    heading, counted, small, *charts = make_pages(monkeypatch, *TABLES)
    assert heading == HeadingBlock("Reports received from 2026-10-01 to 2026-10-31")
    assert isinstance(counted, ParagraphBlock) and counted.text.endswith(
        "Counted 2026-11-20 12:00:00 PKT by amina with Triage 1. Reports in all: 1,234."
    )
    assert isinstance(small, ParagraphBlock) and small.text.startswith("Numbers from 1 to 4 are withheld")
    found: dict[str, Any] = {
        chart.title: (chart.bars, chart.note) for block in charts if isinstance(block, ChartsBlock) for chart in block.charts
    }
    assert found == {
        "Month of receipt": (MONTHS[2:], "2 earlier months stand in statistics.csv."), "Province of the reported user": ((("PB", 7), ("SD", None)), ""),
        "Outcome": ((), "All of it is withheld: the numbers are too small."), "Age of the youngest child": ((("0 to 5", 0),), ""),
        "Incident type": (PROVIDERS[:MOST_BARS], ""), "Provider": (PROVIDERS[:MOST_BARS], "1 more rows stand in statistics.csv."), "Mark": ((("viral", 9),), ""),
    }  # fmt: skip


@pytest.mark.parametrize(("many", "note"), [(MOST_BARS, ""), (MOST_BARS + 1, "1 earlier months stand in statistics.csv.")])
def test_a_small_total_is_withheld_on_the_pages_too(monkeypatch: pytest.MonkeyPatch, many: int, note: str) -> None:
    month = StatisticTable(
        name="month",
        dimensions=("month",),
        cells=(*(StatisticCell(names=(str(n),), count=n) for n in range(many)), StatisticCell(names=("total",), count=None)),
    )
    _, counted, _, charts, _ = make_pages(monkeypatch, month, *TABLES[1:])
    assert isinstance(counted, ParagraphBlock) and counted.text.endswith("Reports in all: fewer than 5.")
    assert isinstance(charts, ChartsBlock) and charts.charts[0].note == note
    assert charts.charts[0].bars == tuple((str(n), n) for n in range(many))[-MOST_BARS:]

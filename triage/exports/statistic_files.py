"""The files of a statistic: CSV and JSON for programs, a dictionary of the columns, and two pages with charts for people."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from triage.exports import sheet_cells
from triage.exports.pdf_documents import Block, Chart, ChartsBlock, HeadingBlock, ParagraphBlock, typeset
from triage.exports.statistic_tables import DIMENSIONS
from triage.exports.suppression import LEAST_WIDTH, MINIMUM, TOTAL
from triage.exports.time_labels import format_pakistan_time
from triage.model.exports import About
from triage.model.statistics import Period, StatisticTable

SUPPRESSED = f"<{MINIMUM}"
MOST_BARS = 14
"""Of one chart; the other rows stand in the CSV."""
_TITLES = {
    "month": "Month of receipt", "province": "Province of the reported user", "esp": "Provider", "type": "Incident type",
    "annotation": "Mark", "outcome": "Outcome", "age_band": "Age of the youngest child",
}  # fmt: skip
_MEANINGS = {
    "table": "The table to which the row belongs.",
    "month": "Month of receipt by NCMEC in Pakistan's time, YYYY-MM. If it is not stated: of the incident, else of the import.",
    "province": "Province to which the evidence assigns the reported user: PB, SD, KP, BA, ICT, GB, AJK, or unclear.",
    "esp": "The provider that sent the report. Providers with fewer than 5 reports are counted together as other.",
    "type": "The incident type as the report states it. Types of fewer than 5 reports are counted together as other.",
    "annotation": "A mark that the provider set on the report or a file. A report can bear several, so rows exceed the total.",
    "outcome": "Stage of the case, else status and reason of the last decision. Rare outcomes are counted together as other.",
    "age_band": "Age in years of the youngest child whose age or date of birth is stated; not stated for all other reports.",
    "count": (
        f"Number of reports. {SUPPRESSED} is written for every withheld number: for numbers from 1 to {MINIMUM - 1}, and for "
        f"larger ones from which such a number could be worked out. 0 means none."
    ),
    TOTAL: "Written in a dimension that the row does not divide. The row with total everywhere counts all reports of the period.",
}


def format_csv(tables: Sequence[StatisticTable]) -> bytes:
    """Returns statistics.csv. The same counts give the same bytes."""
    rows: list[tuple[sheet_cells.Cell, ...]] = [("table", *DIMENSIONS, "count")]
    for table in tables:
        for cell in table.cells:
            named = dict(zip(table.dimensions, cell.names, strict=True))
            names = [named.get(dimension, TOTAL) for dimension in DIMENSIONS]
            rows.append((table.name, *names, SUPPRESSED if cell.count is None else cell.count))
    return sheet_cells.format_csv(rows).encode()


def format_json(tables: Sequence[StatisticTable], period: Period, about: About) -> bytes:
    """Returns statistics.json."""
    body = {
        "schema": "triage/1",
        "about": about,
        "period": {"from": period.first, "to": period.last},
        "rules": {"withheld_below": MINIMUM, "zero": "published", "least_width": LEAST_WIDTH},
        "tables": [
            {
                "name": table.name,
                "dimensions": table.dimensions,
                "withheld": table.withheld,
                "cells": [
                    {
                        **dict(zip(table.dimensions, cell.names, strict=True)),
                        "count": cell.count,
                        "suppressed": cell.count is None,
                    }
                    for cell in table.cells
                ],
            }
            for table in tables
        ],
    }
    return msgspec.json.format(msgspec.json.encode(body), indent=1)


def format_dictionary() -> bytes:
    """Returns dictionary.csv: what each column means."""
    return sheet_cells.format_csv((("name", "meaning"), *_MEANINGS.items())).encode()


def format_pdf(tables: Sequence[StatisticTable], period: Period, about: About) -> bytes:
    """Returns statistics.pdf: two pages."""
    named = {table.name: table for table in tables}
    total = named["month"].cells[-1].count
    counted = f"fewer than {MINIMUM}" if total is None else f"{total:,}"
    blocks: list[Block] = [
        HeadingBlock(f"Reports received from {period.first} to {period.last}"),
        ParagraphBlock(
            f"{about.officer.agency_name or 'Agency not stated'}. Counted {format_pakistan_time(about.made)} by {about.by} with "
            f"{about.tool}. Reports in all: {counted}."
        ),
        ParagraphBlock(
            f"Numbers from 1 to {MINIMUM - 1} are withheld, and so are larger ones from which they could be worked out. "
            "Reports that were destroyed are not counted. A report is no case and no offence: many turn out to be neither.",
            small=True,
        ),
        ChartsBlock(tuple(_make_chart(named[name]) for name in ("month", "province", "outcome", "age_band"))),
        ChartsBlock(tuple(_make_chart(named[name]) for name in ("type", "esp", "annotation")), begins_page=True),
    ]
    title = f"Statistics {period.first} to {period.last}"
    return typeset(blocks, title=title, footer=f"Signing key {about.fingerprint}")


def _make_chart(table: StatisticTable) -> Chart:
    """Returns the chart of a table of one dimension."""
    title = _TITLES[table.name]
    if table.withheld:
        return Chart(title, (), "All of it is withheld: the numbers are too small.")
    cells = table.cells[:-1]
    if table.name == "month":
        cells, rest = cells[-MOST_BARS:], len(cells) - MOST_BARS
        note = f"{rest} earlier months stand in statistics.csv." if rest > 0 else ""
    else:
        rest = len(cells) - MOST_BARS
        cells = cells[:MOST_BARS]
        note = f"{rest} more rows stand in statistics.csv." if rest > 0 else ""
    return Chart(title, tuple((cell.names[0], cell.count) for cell in cells), note)

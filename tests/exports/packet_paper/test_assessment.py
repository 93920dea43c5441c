"""Parts 7 and 8: what is printed adds up to what is printed."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from triage.exports.packet_paper.assessment import print_location, print_priority
from triage.exports.pdf_documents import Rows
from triage.message import Message
from triage.model.judgement import Factor
from triage.model.packet import Packet


def factor(points: float, axis: str) -> Factor:
    return Factor(rule="a.rule", points=points, field="files", value=Message("v"), why=Message("w"), axis=axis)  # type: ignore[arg-type]


def test_printed_points_add_up(values: Packet) -> None:
    show = values.reports[0].show
    score = replace(
        show.score,
        risk=22.9,
        actionability=100.0,
        factors=(*[factor(2.54, "risk")] * 9, factor(0.0, "note"), factor(80.0, "actionability"), factor(45.0, "actionability")),
    )
    tables = [block for block in print_priority(replace(show, score=score), values.rules) if isinstance(block, Rows)]
    assert len(tables) == 2
    for table in tables:
        *parts, total = (row[0] for row in table.rows)
        assert round(sum(float(part) for part in parts if part != "none"), 1) == float(total)
    assert any("scale ends" in row[1] for row in tables[1].rows)


def test_weights_add_up(values: Packet) -> None:
    for report in values.reports:
        for table in (block for block in print_location(report.show) if isinstance(block, Rows)):
            *parts, total = (int(row[0]) for row in table.rows)
            assert sum(parts) == total


def test_marks_of_a_source_are_words(values: Packet) -> None:
    show = values.reports[0].show
    marked = msgspec.structs.replace(
        factor(2.0, "risk"), field="files.annotations", value=Message("{marks}", marks=("physicalHarm", "Comparison"))
    )
    score = replace(show.score, risk=2.0, factors=(marked,))
    (table,) = (block for block in print_priority(replace(show, score=score), ()) if isinstance(block, Rows))
    assert table.rows[0][2] == "files: annotations: physical harm, Comparison"

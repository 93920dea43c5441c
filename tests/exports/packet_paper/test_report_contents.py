"""Part 3: what a sender can make long is bounded and says what is left out; times stand as the source wrote them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.exports.packet_paper.conftest import list_texts
from triage.exports.packet_paper.report_contents import PRINTED_IN_ALL, PRINTED_OF_A_VALUE, print_not_understood, print_report
from triage.exports.pdf_documents import Pairs, ParagraphBlock, Rows
from triage.exports.time_labels import NO_ZONE
from triage.model.packet import Packet, PacketReport
from triage.model.views import ShowNotUnderstood


def blocks_of(*values: str) -> list[Any]:
    entries = tuple(ShowNotUnderstood(source="cases.csv", path=f"row {n}", value=value) for n, value in enumerate(values))
    return list(print_not_understood(entries))


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


def test_a_time_without_a_zone_says_so_wherever_it_stands(values: Packet) -> None:
    report = values.reports[0]
    identifier = replace(
        report.show.identifiers[0], time="2026-11-12T14:09:56Z", time_original="2026-11-12T14:09:56", time_zone="assumed UTC"
    )
    show = replace(
        report.show,
        identifiers=(identifier,),
        incident_time="2026-11-12T14:09:57Z",
        incident_time_original="2026-11-12T14:09:57",
        incident_time_zone="assumed UTC",
    )
    texts = list_texts(print_report(replace(report, show=show)))
    for text in (each for each in texts if "14:09:5" in each):
        assert '"2026-11-12T14:09:5' in text and NO_ZONE in text
    assert sum("14:09:5" in text for text in texts) == 2


def test_sources_are_named_by_their_exhibits(values: Packet) -> None:
    table = next(block for block in print_report(values.reports[0]) if isinstance(block, Rows) and "Identifiers" in block.caption)
    assert all(row[-1].startswith("S") and "/" in row[-1] for row in table.rows)


INCIDENT = (
    "Incident type",
    "Provider",
    "Designation",
    "Priority code",
    "Escalated by the provider",
    "Annotations",
    "Other numbers",
)


def print_incident(report: PacketReport, **stated: object) -> dict[str, str]:
    blocks = print_report(replace(report, show=replace(report.show, **stated)))
    return dict(next(block.rows for block in blocks if isinstance(block, Pairs) and "The incident" in block.caption))


def test_what_is_not_stated_of_the_incident_says_so(values: Packet) -> None:
    report = values.reports[0]
    silent = dict.fromkeys(("incident_type", "esp", "designation", "priority_code", "escalation"))
    rows = print_incident(report, **silent, annotations=(), aliases=(report.show.report_id,), received_estimated=False)
    assert [rows[name] for name in INCIDENT] == ["not stated"] * 5 + ["none stated", "none"]
    assert "Estimated" not in rows["Received by NCMEC"]


def test_a_complaint_was_received_by_the_agency(values: Packet) -> None:
    rows = print_incident(values.reports[0], from_tipline=False)
    assert "Received by the agency" in rows and "Received by NCMEC" not in rows


def test_what_is_stated_of_the_incident_is_printed(values: Packet) -> None:
    report = values.reports[0]
    said = {
        "incident_type": "Sextortion",
        "esp": "Lantern Chat",
        "designation": "referral",
        "priority_code": "1",
        "escalation": "fear",
    }
    rows = print_incident(
        report, **said, annotations=("sextortion",), aliases=(report.show.report_id, "900000009"), received_estimated=True
    )
    assert [rows[name] for name in INCIDENT[:5]] == ["Sextortion", "Lantern Chat", "referral", "NCMEC 1", "fear"]
    assert "extortion" in rows["Annotations"] and rows["Other numbers"] == "900000009"
    assert "Estimated from the incident's time" in rows["Received by NCMEC"]

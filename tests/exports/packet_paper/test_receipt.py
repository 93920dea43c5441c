"""Part 2: the paper says whether the source documents lie in the packet, and how each bundle was received."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.exports.packet_paper.conftest import list_texts
from triage.exports.packet_paper.receipt import print_sources
from triage.exports.pdf_documents import Pairs
from triage.model.handover import Receipt
from triage.model.packet import Packet


def test_the_paper_of_each_edition_says_where_the_source_documents_are(values: Packet) -> None:
    full, redacted = (" ".join(list_texts(print_sources(values.reports[0], edition))) for edition in ("full", "redacted"))
    lie, left_out = "lie in data/sources", "leaves them out"
    assert (lie in full, left_out in full) == (True, False)
    assert (lie in redacted, left_out in redacted) == (False, True)


STATED = Receipt(
    received_from="NCMEC", delivered_by="a courier", received_at="the gate", medium="a stick", medium_serial="S-1", seal="whole", write_blocked=True,
    note="rain",
)  # fmt: skip
NAMES = {
    "received_from": "Received from", "delivered_by": "Delivered by", "received_at": "Handed over at", "medium": "Carrier",
    "medium_serial": "Serial number of the carrier", "seal": "Seal", "write_blocked": "Write blocker", "note": "Note",
}  # fmt: skip


def list_rows(values: Packet, receipt: Receipt) -> dict[str, str]:
    """Returns names and values of the paper's first receipt."""
    report = values.reports[0]
    changed = replace(report, receipts=(replace(report.receipts[0], receipt=receipt),))
    (pairs,) = [block for block in print_sources(changed, "full") if isinstance(block, Pairs)]
    return dict(pairs.rows)


@pytest.mark.parametrize("left_out", [(), *((name,) for name in NAMES), ("seal", "note"), tuple(NAMES)])
def test_a_receipt_names_what_was_not_recorded_and_nothing_else(values: Packet, left_out: tuple[str, ...]) -> None:
    rows = list_rows(values, replace(STATED, **dict.fromkeys(left_out)))
    stated = {field: "yes" if field == "write_blocked" else getattr(STATED, field) for field in NAMES}
    assert {NAMES[field]: rows.get(NAMES[field]) for field in NAMES} == {
        NAMES[field]: None if field in left_out else value for field, value in stated.items()
    }
    assert rows.get("Not recorded") == ("; ".join(NAMES[field] for field in left_out) or None)


def test_a_carrier_without_a_write_blocker_is_recorded(values: Packet) -> None:
    rows = list_rows(values, replace(STATED, write_blocked=False))
    assert rows["Write blocker"] == "no" and "Not recorded" not in rows

"""Part 2: the paper says whether the source documents lie in the packet."""

from __future__ import annotations

from tests.exports.packet_paper.conftest import list_texts
from triage.exports.packet_paper.receipt import print_sources
from triage.model.packet import Packet


def test_the_paper_of_each_edition_says_where_the_source_documents_are(values: Packet) -> None:
    full, redacted = (" ".join(list_texts(print_sources(values.reports[0], edition))) for edition in ("full", "redacted"))
    lie, left_out = "lie in data/sources", "leaves them out"
    assert (lie in full, left_out in full) == (True, False)
    assert (lie in redacted, left_out in redacted) == (False, True)

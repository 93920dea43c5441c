"""The packet of both reports of the desk, as values, and its paper as text."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.exports.conftest import NUMBER
from triage.exports.pdf_documents import Block, ContentsBlock, FormBlock, Pairs, Rows
from triage.jobs.consent import ONE_USER
from triage.jobs.leaving.packet import load_packet
from triage.jobs.lookup import find_report
from triage.jobs.session import Session
from triage.model.handover import Handover
from triage.model.packet import Packet


@pytest.fixture(scope="session")
def values(desk: Session) -> Packet:
    """The packet before it is written. Tests change it with `dataclasses.replace`."""
    with desk.reading() as db:
        ids = [find_report(db, number) for number in (NUMBER, "900000002")]
    return load_packet(
        desk,
        ids,
        second_person=ONE_USER,
        second_officer=None,
        handover=Handover(handed_to="the prosecutor", medium="USB stick 0002"),
        recipients=(),
        cleared=None,
    )


def list_texts(blocks: Iterable[Block]) -> list[str]:
    """Returns every text of some blocks in the order of print."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, (Pairs, Rows)):
            found += [
                block.caption,
                *(block.head if isinstance(block, Rows) else ()),
                *(cell for row in block.rows for cell in row),
            ]
        elif isinstance(block, FormBlock):
            found += [text for row in block.rows for field in row for text in field]
        else:
            found.append(block.text)
    assert not isinstance(found, ContentsBlock)
    return found

"""Part 9: the chain of custody in sentences, with the handover as the last step, and how to check it."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.pdf_documents import Block, HeadingBlock, ParagraphBlock, Rows
from triage.exports.time_labels import format_own_time
from triage.model.exports import About
from triage.model.packet import PacketReport

_AFTERWARDS = "after this paper"
"""Where the handover stands in the audit log: the log learns of it when the packet is closed."""


def print_custody(report: PacketReport, about: About) -> Iterator[Block]:
    """Yields the steps, the oldest first. The hashes of what came stand in parts 2 and 4."""
    yield HeadingBlock("9 Chain of custody", 2)
    yield ParagraphBlock(
        "Part 2 describes the receipt, with the hashes taken then. What happened since stands in the audit log of the "
        "workstation, where each entry is bound to the one before it. record-proof.json proves that these entries stand there."
    )
    rows = tuple(
        (format_own_time(step.when, lines=True), str(step.says), _AFTERWARDS if step.entry is None else str(step.entry))
        for step in report.custody
    )
    yield Rows(("When", "What happened", "Entry"), rows, (36, 132, 22), caption="Steps since receipt")
    yield ParagraphBlock(
        f"The packet is sealed with the key {about.fingerprint}. Anybody can check it without this program: README.txt says how, "
        "on Linux and on Windows. With Triage: triage packet verify FOLDER."
    )

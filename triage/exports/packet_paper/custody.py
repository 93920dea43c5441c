"""Part 9: the chain of custody in sentences, with the handover as the last step, and how to check it."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.packet_paper.wording import NOT_RECORDED
from triage.exports.pdf_documents import Block, HeadingBlock, ParagraphBlock, Rows
from triage.exports.time_labels import format_own_time
from triage.model.exports import CustodyStep
from triage.model.packet import Packet, PacketReport

CHECK = (
    "Anybody can check the packet without this program. README.txt says how with sha256sum and openssl, on Linux and on Windows. "
    "With Triage: triage packet verify FOLDER. record-proof.json proves that the entries named below stand in the audit log."
)


def print_custody(report: PacketReport, packet: Packet) -> Iterator[Block]:
    """Yields the steps, the oldest first. The hashes of what came stand in parts 2 and 4."""
    yield HeadingBlock("9 Chain of custody", 2)
    yield ParagraphBlock(
        "Receipt is described in part 2, with the hashes taken then. What happened since stands in the audit log of the "
        "workstation, where each entry is bound to the one before it. " + CHECK
    )
    rows = [_list_step(step) for step in report.custody if step.entry is not None]
    rows.append((format_own_time(packet.about.made), packet.about.officer.name, describe_handover(packet), "with the register"))
    yield Rows(("When", "Who", "What happened", "Entry"), tuple(rows), (6, 3, 11, 3), caption="Steps since receipt")


def _list_step(step: CustodyStep) -> tuple[str, ...]:
    what = step.what[:1].upper() + step.what[1:]
    text = f"{what}: {step.subject}" if step.subject else what
    return (format_own_time(step.when), step.who, text, str(step.entry))


def describe_handover(packet: Packet) -> str:
    """Returns to whom the packet goes, on what carrier."""
    handover = packet.handover
    carrier = handover.medium or NOT_RECORDED
    serial = handover.medium_serial or NOT_RECORDED
    note = f" Note: {handover.note}." if handover.note else ""
    return (
        f"The packet is handed over to: {handover.handed_to or NOT_RECORDED}. Carrier: {carrier}; serial number: {serial}. It is "
        f"signed with the key {packet.about.fingerprint}.{note}"
    )

"""Part 2: the source documents as received, with one receipt for each bundle, and the versions of the report."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.packet_paper.wording import NOT_RECORDED, join_and
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows
from triage.exports.time_labels import format_own_time
from triage.model.packet import Edition, PacketReceipt, PacketReport

_WRITE_BLOCKED = {None: "", True: "yes", False: "no"}


def print_sources(report: PacketReport, edition: Edition) -> Iterator[Block]:
    """Yields the receipts, the documents with their hashes, and what each version changed."""
    yield HeadingBlock("2 Source documents as received", 2)
    where = "They lie in data/sources of this packet, byte for byte." if edition == "full" else "This edition leaves them out."
    yield ParagraphBlock(
        f"The documents below were received. {where} Each exhibit has a number that was given at receipt and never changes. The "
        "SHA-256 was taken at receipt."
    )
    for receipt in report.receipts:
        yield Pairs(_list_receipt(receipt), caption=f"Receipt of bundle {receipt.bundle}")
    rows = tuple(
        (
            source.exhibit,
            f"{source.path.rpartition('/')[2]}\n{source.size:,} bytes, {source.format}",
            source.sha256,
            f"{source.state}; bundle {join_and(str(n) for n in source.received_in) or NOT_RECORDED}",
        )
        for source in report.sources
    )
    yield Rows(
        ("Exhibit", "Document", "SHA-256 at receipt", "Version and bundle"), rows, (24, 33, 105, 28), caption="Source documents"
    )
    yield from _print_versions(report)


def _list_receipt(receipt: PacketReceipt) -> tuple[tuple[str, str], ...]:
    said = receipt.receipt
    state = format_own_time(receipt.finished) if receipt.finished else "the import was interrupted"
    if receipt.completed_by is not None:
        state += f"; bundle {receipt.completed_by} completed it"
    stated = (
        ("Received from", said.received_from),
        ("Delivered by", said.delivered_by),
        ("Handed over at", said.received_at),
        ("Carrier", said.medium),
        ("Serial number of the carrier", said.medium_serial),
        ("Seal", said.seal),
        ("Write blocker", _WRITE_BLOCKED[said.write_blocked]),
        ("Note", said.note),
    )
    missing = [name for name, value in stated if not value]
    return (
        *((name, value) for name, value in stated if value),
        *((("Not recorded", "; ".join(missing)),) if missing else ()),
        ("Imported", f"{format_own_time(receipt.imported)} by {receipt.by}\nfinished {state}"),
        *((f"Delivered {each.kind}", f"{each.path}, {each.size:,} bytes\nSHA-256 {each.sha256}") for each in receipt.containers),
    )


def _print_versions(report: PacketReport) -> Iterator[Block]:
    """Yields one paragraph a version when there is more than one."""
    if len(report.versions) < 2:
        yield ParagraphBlock("The report has one version.")
        return
    yield ParagraphBlock(f"The report has {len(report.versions)} versions. The parts below state the last one.")
    for version in report.versions:
        changes = "".join(f"\n- {str(change).replace('→', 'to')}" for change in version.changes)
        nothing = "It is the first." if version.n == 1 else "It changes nothing that Triage reads."
        yield ParagraphBlock(
            f"Version {version.n} was imported {format_own_time(version.imported)} from bundle {version.bundle}, and rests on "
            f"{join_and(version.sources)}. " + (f"It changed:{changes}" if changes else nothing)
        )

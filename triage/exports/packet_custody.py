"""The chain of custody as rows for programs: the receipt of each bundle with the hashes of it brought, then later steps."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.handover import Receipt
from triage.model.packet import PacketReceipt, PacketReport

Row = dict[str, object]


def list_custody_rows(report: PacketReport, tool: str) -> Iterator[Row]:
    """Yields the rows of one report, the receipts first."""
    for receipt in report.receipts:
        for container in receipt.containers:
            what = f"SHA-256 of the delivered {container.kind} recorded"
            yield _receipt_row(report, receipt, tool, what, container.path, container.sha256)
        pieces = [(s.exhibit, s.path, s.sha256) for s in report.sources if receipt.bundle in s.received_in]
        pieces += [(f.exhibit, f.path, f.sha256) for f in report.files if receipt.bundle in f.received_in]
        for exhibit, path, sha256 in dict.fromkeys(pieces):
            yield _receipt_row(report, receipt, tool, format_receipt(receipt.receipt), path, sha256) | {"exhibit": exhibit}
    for step in report.custody:
        yield {
            "report": report.show.report_id,
            "when": step.when,
            "who": step.who,
            "what": step.what,
            "says": step.says,
            "subject": step.subject,
            "tool": tool,
            "input_sha256": None,
            "entry": step.entry,
            "leaf": step.leaf,
        }


def _receipt_row(report: PacketReport, receipt: PacketReceipt, tool: str, what: str, path: str, sha256: str) -> Row:
    """Returns the row of one thing that was received."""
    return {
        "report": report.show.report_id,
        "when": receipt.imported,
        "who": receipt.by,
        "what": what,
        "subject": path,
        "tool": tool,
        "input_sha256": sha256,
        "entry": None,
        "leaf": None,
        "bundle": receipt.bundle,
    }


def format_receipt(receipt: Receipt) -> str:
    """Returns a receipt in words; a blank is "not recorded"."""
    pieces = (
        ("Received from", receipt.received_from),
        ("Delivered by", receipt.delivered_by),
        ("Handed over at", receipt.received_at),
        ("Carrier", receipt.medium),
        ("Serial number", receipt.medium_serial),
        ("Seal", receipt.seal),
        ("Write blocker", {None: None, True: "yes", False: "no"}[receipt.write_blocked]),
        ("Note", receipt.note),
    )
    return ". ".join(f"{name}: {value or 'not recorded'}" for name, value in pieces) + "."

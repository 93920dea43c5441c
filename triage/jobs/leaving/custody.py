"""The chain of custody of one report, from the receipt of its bundle to the packet, each step with its audit log leaf."""

from __future__ import annotations

import json

from triage.jobs.session import Session
from triage.model.exports import CustodyStep
from triage.model.handover import Receipt
from triage.store.database import Reader
from triage.store.queries import audit_log, bundles, media, reports

_WORDS = {
    "import started": "bundle received, import started",
    "container received": "SHA-256 of the delivery recorded",
    "import completed": "interrupted import completed by a later import of the same content",
    "import finished": "import of the bundle finished",
    "report imported": "source documents imported",
    "media added": "media imported, hashed and encrypted",
    "media revealed": "media item viewed",
    "report decided": "decision recorded",
    "decision undone": "decision undone",
    "packet consented": "second person agreed to an evidence packet",
    "packet made": "evidence packet made",
    "packet not finished": "evidence packet was not finished",
}


def list_custody(session: Session, db: Reader, report_id: int, tool: str) -> tuple[CustodyStep, ...]:
    """Returns the steps of a report's custody: its receipt, then the audit log entries about it, the oldest first."""
    rows = [row for i in bundles.find_bundles_of_report(db, report_id) if (row := bundles.load_bundle(db, i)) is not None]
    rows += [row for i in _find_completing(rows) if (row := bundles.load_bundle(db, i)) is not None]
    users = {user.id: user.name for user in session.store.users.all()}
    steps = _list_receipts(db, report_id, rows, users, tool)
    for n, text, leaf in audit_log.list_entries_about(db, report_id, [row.id for row in rows]):
        entry = json.loads(text)
        steps.append(
            CustodyStep(
                when=entry["when"],
                who=users.get(entry["user"], f"user {entry['user']}"),
                what=_WORDS.get(entry["kind"], entry["kind"]),
                subject=_format_subject(entry["about"]),
                tool=tool,
                input_sha256=None,
                entry=n,
                leaf=leaf.hex(),
            )
        )
    return tuple(steps)


def _find_completing(rows: list[bundles.BundleRow]) -> list[int]:
    """Returns the later imports that completed one of these; they recorded the hashes of what was handed over."""
    there = {row.id for row in rows}
    return sorted({row.completed_by for row in rows if row.completed_by is not None} - there)


def _list_receipts(
    db: Reader, report_id: int, rows: list[bundles.BundleRow], users: dict[int, str], tool: str
) -> list[CustodyStep]:
    """Returns how each bundle came, and the digest of each source document and file as received."""
    pieces = [(s.path, s.sha256) for _, s in reports.list_all_sources(db, report_id)]
    pieces += [(m.path, m.sha256) for m in media.list_files(db, report_id)]
    steps = []
    for row in rows:
        steps += [
            CustodyStep(
                when=row.started,
                who=users.get(row.user_id, f"user {row.user_id}"),
                what=f"SHA-256 of the delivered {kind} recorded",
                subject=path,
                tool=tool,
                input_sha256=sha256,
                entry=None,
                leaf=None,
            )
            for path, kind, sha256, _ in bundles.list_containers(db, row.id)
        ]
        for path, sha256 in dict.fromkeys(pieces):
            if bundles.has_entry(db, row.id, path, sha256):
                steps.append(
                    CustodyStep(
                        when=row.started,
                        who=users.get(row.user_id, f"user {row.user_id}"),
                        what=format_receipt(row.receipt),
                        subject=path,
                        tool=tool,
                        input_sha256=sha256,
                        entry=None,
                        leaf=None,
                    )
                )
    return steps


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


def _format_subject(about: dict[str, object]) -> str:
    """Returns what the audit log entry is about, in ids and counts."""
    return ", ".join(f"{name} {_format_value(value)}" for name, value in sorted(about.items()))


def _format_value(value: object) -> str:
    """Returns a list as its length in brackets, anything else as text."""
    if isinstance(value, list):
        return f"({len(value)})"
    return str(value)

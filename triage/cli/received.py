"""Defines the commands imports and set-aside: what was received, and what could not be read."""

from __future__ import annotations

from dataclasses import fields

from triage.cli.group import Common, triage, with_common
from triage.cli.output import format_time, print_json, print_line, print_list, print_table
from triage.model.handover import Receipt


@triage.command("imports")
@with_common
def imports_(common: Common) -> int:
    """List all imports, newest first, with receipts, contents and whether they finished."""
    from triage.jobs.intake import imports as imports_job

    with common.session() as session:
        rows = imports_job.list_imports(session)
    if common.json:
        print_json(rows)
        return 0
    print_table(
        ("bundle", "state", "started", "by", "paths", "reports", "documents", "media", "set aside", "receipt"),
        [
            (
                r.bundle,
                r.state if r.completed_by is None else f"{r.state}, completed by {r.completed_by}",
                format_time(r.started),
                r.user,
                ", ".join(r.paths),
                r.reports,
                r.documents,
                r.media,
                r.set_aside or "",
                _describe_receipt(r.receipt),
            )
            for r in rows
        ],
    )
    if any(r.state == "interrupted" and r.completed_by is None for r in rows):
        print_line("To complete an interrupted import, import the same paths again.")
    return 0


def _describe_receipt(receipt: Receipt) -> str:
    """Returns the stated fields of a receipt in one line."""
    stated = [(field.name.replace("_", " "), getattr(receipt, field.name)) for field in fields(receipt)]
    return "; ".join(f"{name}: {value}" for name, value in stated if value is not None)


@triage.command("set-aside")
@with_common
def set_aside(common: Common) -> int:
    """List files that could not be read, newest first. They are kept; a later import that can read one removes it here.

    A table ends after the newest 1,000 and says so; JSON holds all.
    """
    from triage.jobs import status

    with common.session() as session:
        ids = status.list_quarantined_ids(session)
        print_list(
            ids,
            lambda part: status.load_quarantined(session, part),
            {
                "bundle": lambda row: row.bundle_id,
                "received": lambda row: format_time(row.received),
                "path": lambda row: row.path,
                "reason": lambda row: row.reason,
            },
            json=common.json,
        )
    return 0

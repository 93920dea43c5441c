"""Defines the commands imports and set-aside: what was received, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from triage.cli.group import Common, triage, with_common
from triage.cli.output import format_time, print_line, print_list
from triage.model.handover import Receipt

if TYPE_CHECKING:
    from triage.jobs.intake.imports import ImportRow


@triage.command("imports")
@with_common
def imports_(common: Common) -> int:
    """List all imports, newest first, with receipts, contents and whether they finished.

    A table ends after the newest 1,000 and says so; JSON holds all.
    """
    from triage.jobs.intake import imports as imports_job

    with common.session() as session:
        open_ones = 0

        def load(part: Sequence[int]) -> dict[int, ImportRow]:
            """Reads some imports, and counts those that can be completed."""
            nonlocal open_ones
            found = imports_job.load_imports(session, part)
            open_ones += sum(row.state == "interrupted" and row.completed_by is None for row in found.values())
            return found

        print_list(
            imports_job.list_import_ids(session),
            load,
            _IMPORTS,
            json=common.json,
            empty="No import yet. Import a bundle with: triage import PATH",
        )
    if open_ones and not common.json:
        print_line("To complete an interrupted import, import the same paths again.")
    return 0


_IMPORTS: dict[str, Callable[[ImportRow], object]] = {
    "bundle": lambda r: r.bundle,
    "state": lambda r: r.state if r.completed_by is None else f"{r.state}, completed by {r.completed_by}",
    "started": lambda r: format_time(r.started),
    "by": lambda r: r.user,
    "paths": lambda r: ", ".join(r.paths),
    "reports": lambda r: r.reports,
    "documents": lambda r: r.documents,
    "media": lambda r: r.media,
    "set aside": lambda r: r.set_aside or "",
    "receipt": lambda r: _describe_receipt(r.receipt),
}


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
            empty="No file is set aside.",
        )
    return 0

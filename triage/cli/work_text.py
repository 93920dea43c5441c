"""Shows work packages: as JSON with the contract's keys, and as lines for people."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from triage.cli.output import format_count, print_line, print_table
from triage.model.work import WorkConflict, WorkImport


def name_other_store(value: Any, held: str = "with_", key: str = "with") -> dict[str, Any]:
    """Returns an object of triage.model.work as JSON has it: the other store stands under `key`, a word of Python."""
    document = {key if each.name == held else each.name: getattr(value, each.name) for each in fields(value)}
    if "conflicts" in document and isinstance(document["conflicts"], tuple):
        document["conflicts"] = [name_other_store(conflict) for conflict in document["conflicts"]]
    return document


def print_package(package: WorkImport) -> None:
    """Prints what a work package or results brought beside its reports."""
    what = "Work package" if package.kind == "work" else "Results of work package"
    print_line(f"{what} {package.id} from {package.sender}: {format_count(package.reports, 'report', 'reports')}")
    print_line(f"New decisions, grades, corrections, notices and list matches: {package.added}")
    if package.destroyed:
        print_line(f"Destroyed here by order, nothing of them came back: {', '.join(package.destroyed)}")
    if package.without_results:
        print_line(f"Without results: {', '.join(package.without_results)}")
    print_conflicts([each for each in package.conflicts if not each.resolved])


def print_conflicts(conflicts: list[WorkConflict]) -> None:
    """Prints the fields that two stores set differently."""
    if conflicts:
        print_table(
            ("report", "field", "here", "there", "with", "resolved"),
            [(c.report_id, c.field, c.here or "-", c.there or "-", c.with_, _describe_end(c)) for c in conflicts],
        )


def _describe_end(conflict: WorkConflict) -> str:
    """Returns how a conflict was resolved."""
    return f"{conflict.taken}, by {conflict.resolved_by}: {conflict.reason}" if conflict.resolved else "waits for a lead"

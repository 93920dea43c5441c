"""Prints work packages, results and conflicts for people."""

from __future__ import annotations

from triage.cli.output import format_count, format_time, format_word, print_line, print_table
from triage.model.work import ShowNotice, ShowWork, WorkConflict, WorkImport


def print_package(package: WorkImport) -> None:
    """Prints what a work package or results brought beside its reports."""
    what = "Work package" if package.kind == "work" else "Results of work package"
    print_line(f"{what} {package.id} from {package.sender}: {format_count(package.reports, 'report', 'reports')}")
    print_line(f"New decisions, grades, corrections, notices and list matches: {package.added}")
    if package.beside is not None:
        print_line(str(package.beside))
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


def print_work(packages: tuple[ShowWork, ...]) -> None:
    """Prints the packages that a report came or went with, and the other workstation's score card."""
    for work in packages:
        way = "to" if work.direction == "sent" else "from"
        due = f", due {work.due}" if work.due else ""
        print_line(f"Work package {work.package_id} {way} {work.with_}, sent {format_time(work.sent)}{due}")
        if work.status is not None:
            print_line(f"  there: status {format_word(work.status)}, case {work.case or 'none'}, stage {work.stage or 'none'}")
        if work.card is not None:
            card = work.card
            print_line(f"  their card: band {card.band}, risk {card.risk:.1f}, actionability {card.actionability:.1f}")
            for rule, points, why in card.factors:
                print_line(f"    {points:+.1f} {why} [{rule}]")
        for receipt in work.receipts:
            print_line(f"  {receipt}")
        for conflict in work.conflicts:
            if not conflict.resolved:
                print_line(f"  conflict in {conflict.field}: here {conflict.here or '-'}, there {conflict.there or '-'}")


def print_notices(notices: tuple[ShowNotice, ...]) -> None:
    """Prints the written notices to preserve data."""
    if notices:
        print_table(
            ("notice issued", "to", "number", "by", "Court told"),
            [(n.issued, n.to_whom, n.number or "-", n.by, n.court_informed or "not recorded") for n in notices],
        )


def _describe_end(conflict: WorkConflict) -> str:
    """Returns how a conflict was resolved."""
    return f"{conflict.taken}, by {conflict.resolved_by}: {conflict.reason}" if conflict.resolved else "waits for a lead"

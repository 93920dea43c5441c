"""Defines the commands sweep, same, not-same, possible and held.

They concern matches between images, found by hashes or decided by people.
"""

from __future__ import annotations

from collections.abc import Callable

import click

from triage.cli.exit_codes import SET_ASIDE
from triage.cli.group import Common, triage, with_common
from triage.cli.output import (
    choose_limit,
    cut_table,
    format_time_cell,
    print_json,
    print_json_list,
    print_line,
    print_list,
    print_table,
    progress_bar,
    say_left_out,
)
from triage.cli.stopping import stoppable
from triage.model.matches import HeldHash

_HELD: dict[str, Callable[[HeldHash], object]] = {
    "number": lambda row: row.id,
    "hash of a": lambda row: row.of,
    "hash": lambda row: row.hash,
    "lists": lambda row: ", ".join(map(str, row.lists)),
    "files": lambda row: row.files,
    "reports": lambda row: row.reports,
    "since": lambda row: format_time_cell(row.since),
    "decision": lambda row: row.outcome,
    "by": lambda row: row.decided_by,
}
"""The columns of the table of held hashes: heading and cell."""


@triage.command()
@click.option("--most", type=click.IntRange(1), metavar="N", help="Stop after N files; the next run continues from there.")
@with_common
def sweep(common: Common, most: int | None) -> int:
    """Run the thorough background comparison.

    Finds crops, borders and rotations of images and videos, and possible matches. Reports of the highest band come first.
    """
    from triage.jobs.sweeping.sweep import run_sweep as sweep_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        result = sweep_job(session, most=most, again=True, on_progress=bar, cancel=cancel)
    if common.json:
        print_json(result)
    else:
        compared = f"{result.pictures} images and {result.films} videos compared"
        print_line(f"{compared}, {result.pairs} new pairs, {result.possible} possible, {result.left} left")
        if result.held:
            print_line(f"Hashes that match too many files and wait for review: {result.held}. See: triage held")
        for why, pictures in result.unchecked.items():
            print_line(f"not checked: uneven crops of {pictures} images: {why}; the next sweep tries again")
    return SET_ASIDE if result.unchecked else 0


@triage.command()
@click.argument("sha256")
@click.argument("other")
@with_common
def same(common: Common, sha256: str, other: str) -> int:
    """Record that two files, or a file and a list's PDQ hash, show the same image. The match counts from now on."""
    from triage.jobs.review import pairs as sameness

    with common.session() as session:
        sameness.confirm_same(session, sha256, other)
    if common.json:
        print_json({"same": [sha256, other]})
    else:
        print_line("Recorded as the same image.")
    return 0


@triage.command("not-same")
@click.argument("sha256")
@click.argument("other")
@with_common
def not_same(common: Common, sha256: str, other: str) -> int:
    """Record that two files are different images although their hashes are close. A list's PDQ hash can stand for one."""
    from triage.jobs.review import pairs as sameness

    with common.session() as session:
        sameness.reject_same(session, sha256, other)
    if common.json:
        print_json({"not_same": [sha256, other]})
    else:
        print_line("Recorded as different images. They will not be matched again.")
    return 0


@triage.command()
@with_common
def possible(common: Common) -> int:
    """List possible matches that nobody has confirmed or rejected yet, of the gravest reports first.

    A table ends after the first 1,000 and says so; JSON holds all.
    """
    from triage.jobs.review import pairs as sameness

    with common.session() as session:
        if common.json:
            print_json_list(sameness.read_possible_pairs(session))
            return 0
        found = cut_table(sameness.list_possible_pairs(session, choose_limit(None, json=False)), None)
        total = sameness.count_waiting_pairs(session)
    if not found:
        print_line("No possible match waits for review.")
        return 0
    print_table(
        ("file", "reports", "may be", "of", "PDQ distance", "dHash distance", "quality", "how"),
        [
            (
                pair.sha256,
                ", ".join(pair.reports),
                pair.other,
                f"{pair.list} of {pair.list_date}" if pair.list else ", ".join(pair.other_reports),
                pair.distance,
                f"{pair.second.distance} of 480" if pair.second else "none in the list",
                " and ".join("not stated" if q is None else str(q) for q in (pair.quality, pair.other_quality)),
                pair.variant,
            )
            for pair in found
        ],
    )
    say_left_out(len(found), total, "first")
    return 0


@triage.group(invoke_without_command=True)
@with_common
@click.pass_context
def held(context: click.Context, common: Common) -> int:
    """List hashes that match too many files. They have no effect until a lead confirms them.

    A table ends after the first 1,000 and says so; JSON holds all.
    """
    from triage.jobs.review import held_hashes as held_job

    if context.invoked_subcommand is not None:
        context.obj = common
        return 0
    with common.session() as session:
        ids = held_job.list_held_ids(session)
        empty = "No hash is held for review."
        print_list(ids, lambda part: held_job.load_held(session, part), _HELD, json=common.json, empty=empty, which="first")
    return 0


@held.command("confirm")
@click.argument("number", type=int)
@with_common
def held_confirm(common: Common, number: int) -> int:
    """Confirm a held hash, as a lead. Its matches count from now on."""
    return _decide_held(common, number, True)


@held.command("reject")
@click.argument("number", type=int)
@with_common
def held_reject(common: Common, number: int) -> int:
    """Reject a held hash, as a lead. It never has an effect."""
    return _decide_held(common, number, False)


def _decide_held(common: Common, number: int, confirm: bool) -> int:
    """Confirms or rejects a held hash and prints the result."""
    from triage.jobs.review import held_hashes as held_job

    with common.session() as session:
        found: HeldHash = held_job.decide_held(session, number, confirm=confirm)
    if common.json:
        print_json(found)
    else:
        print_line(f"{found.hash} is {found.outcome}: {found.files} files in {found.reports} reports.")
    return 0

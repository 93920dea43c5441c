"""sweep, same, not-same, possible, held: which pictures are the same, by search and by what people say."""

from __future__ import annotations

import click

from triage.cli.exit_codes import SET_ASIDE
from triage.cli.group import Common, triage, with_common
from triage.cli.output import print_json, print_line, print_table, progress_bar
from triage.cli.stopping import stoppable
from triage.jobs.review import held_hashes as held_job
from triage.jobs.review import pairs as sameness
from triage.jobs.sweeping.sweep import sweep as sweep_job
from triage.model.matches import HeldHash


@triage.command()
@click.option("--most", type=click.IntRange(1), metavar="N", help="Stop after so many files; the next run goes on from there.")
@with_common
def sweep(common: Common, most: int | None) -> int:
    """Look for crops, borders and turns of the store's pictures and films, and for possible matches, gravest and newest first."""
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        result = sweep_job(session, most=most, again=True, on_progress=bar, cancel=cancel)
    if common.json:
        print_json(result)
    else:
        looked = f"{result.pictures} pictures and {result.films} films looked for"
        print_line(f"{looked}, {result.pairs} new pairs, {result.possible} possible, {result.left} left")
        if result.held:
            print_line(f"{result.held} hashes match so many files that they are held for review: triage held")
        for why, pictures in result.unchecked.items():
            print_line(f"not checked: uneven crops of {pictures} pictures: {why}; the next sweep tries again")
    return SET_ASIDE if result.unchecked else 0


@triage.command()
@click.argument("sha256")
@click.argument("other")
@with_common
def same(common: Common, sha256: str, other: str) -> int:
    """Say that two files, or a file and a list's PDQ hash, are the same picture: what was possible counts from now on."""
    with common.session() as session:
        sameness.same(session, sha256, other)
    if common.json:
        print_json({"same": [sha256, other]})
    else:
        print_line("They are the same picture from now on.")
    return 0


@triage.command("not-same")
@click.argument("sha256")
@click.argument("other")
@with_common
def not_same(common: Common, sha256: str, other: str) -> int:
    """Say that two files, or a file and a list's PDQ hash, are not the same picture, whatever their hashes say."""
    with common.session() as session:
        sameness.not_same(session, sha256, other)
    if common.json:
        print_json({"not_same": [sha256, other]})
    else:
        print_line("They share no group again, and neither says anything of the other.")
    return 0


@triage.command()
@with_common
def possible(common: Common) -> int:
    """Pictures that may be the same: each waits for somebody to say `same` or `not-same`."""
    with common.session() as session:
        found = sameness.possible_pairs(session)
    if common.json:
        print_json(found)
        return 0
    if not found:
        print_line("No possible match waits.")
        return 0
    print_table(
        ("file", "reports", "may be", "of", "PDQ distance", "difference hash", "quality", "how"),
        [
            (
                pair.sha256,
                ", ".join(pair.reports),
                pair.other,
                f"{pair.list} of {pair.list_date}" if pair.list else ", ".join(pair.other_reports),
                pair.distance,
                f"{pair.second.distance} of 480" if pair.second else "a list has none",
                " and ".join("not said" if q is None else str(q) for q in (pair.quality, pair.other_quality)),
                pair.variant,
            )
            for pair in found
        ],
    )
    return 0


@triage.group(invoke_without_command=True)
@with_common
@click.pass_context
def held(context: click.Context, common: Common) -> int:
    """Hashes that match hundreds of files: they count for nothing until a lead confirms them."""
    if context.invoked_subcommand is not None:
        context.obj = common
        return 0
    with common.session() as session:
        found = held_job.all_held(session)
    if common.json:
        print_json(found)
    elif not found:
        print_line("No hash is held for review.")
    else:
        print_table(
            ("number", "hash of a", "hash", "lists", "files", "reports", "since", "said", "by"),
            [(h.id, h.of, h.hash, ", ".join(h.lists), h.files, h.reports, h.since, h.outcome, h.decided_by) for h in found],
        )
    return 0


@held.command("confirm")
@click.argument("number", type=int)
@with_common
def held_confirm(common: Common, number: int) -> int:
    """A lead says that the hash is what it seems: what matches it counts from now on."""
    return _decide(common, number, True)


@held.command("reject")
@click.argument("number", type=int)
@with_common
def held_reject(common: Common, number: int) -> int:
    """A lead says that the hash says too little: it never counts."""
    return _decide(common, number, False)


def _decide(common: Common, number: int, confirm: bool) -> int:
    with common.session() as session:
        found: HeldHash = held_job.decide_held(session, number, confirm=confirm)
    if common.json:
        print_json(found)
    else:
        print_line(f"{found.hash} is {found.outcome}: {found.files} files in {found.reports} reports.")
    return 0

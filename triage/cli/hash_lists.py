"""Defines the lists commands: hash lists that files are compared with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.consenting import with_consent
from triage.cli.exit_codes import SET_ASIDE
from triage.cli.group import Common, triage, with_common
from triage.cli.output import (
    choose_listed,
    format_count,
    format_time_cell,
    print_json,
    print_line,
    print_list,
    print_table,
    progress_bar,
    say_left_out,
)
from triage.cli.stopping import stoppable
from triage.model.list_summary import LIST_KINDS, ListSummary
from triage.model.matches import FoundOnList

if TYPE_CHECKING:
    from triage.jobs.consent import Consent


@triage.group()
def lists() -> None:
    """Manage the hash lists that files are compared with."""


@lists.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="How hits will name the list; include its date.")
@click.option("--kind", required=True, type=click.Choice(LIST_KINDS), help="What a hit means.")
@click.option("--profile", help="Meaning of its categories: US, UK, DHS or CUSTOM:NAME,CODE=MEANING,...")
@with_consent
@with_common
def lists_add(common: Common, file: Path, name: str, kind: str, profile: str | None, consent: Consent | None) -> int:
    """Import a hash list and compare the whole store with it. A long list that was stopped goes on with the same command.

    \b
    Example:
      triage lists add hashes.json --name "INTERPOL 2026-10" --kind known --profile UK
    """
    from triage.jobs.lists import lists as lists_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        summary = lists_job.add_list(
            session, file, name=name, kind=kind, profile=profile, on_progress=bar, cancel=cancel, consent=consent
        )
    if common.json:
        print_json(summary)
    else:
        print_summary(summary)
    return SET_ASIDE if summary.unread else 0


def print_summary(summary: ListSummary) -> None:
    """Prints what was read of a list."""
    kinds = ", ".join(f"{n} {kind.upper()}" for kind, n in summary.hash_kinds.items()) or "none that can be compared"
    entries = "1 entry" if summary.entries == 1 else f"{summary.entries} entries"
    print_line(f"{summary.name}: {entries} ({summary.format}); hashes: {kinds}")
    for kind, n in summary.unmatched_kinds.items():
        print_line(f"{n} {'PhotoDNA' if kind == 'photodna' else kind}: {summary.unmatched_why[kind]}")
    for note in summary.notes:
        print_line(note)
    if summary.unread:
        print_line(f"{format_count(summary.unread, 'place', 'places')} of the file could not be read:")
        for example in summary.unread_examples:
            print_line(f"  {example}")


@lists.command("list")
@with_common
def lists_list(common: Common) -> int:
    """List all hash lists in this store."""
    from triage.jobs.lists import lists as lists_job

    with common.session() as session:
        found = lists_job.list_hash_lists(session)
    if common.json:
        print_json(found)
    else:
        print_table(
            ("name", "kind", "profile", "format", "added", "entries", "not read"),
            [
                (
                    s.name,
                    s.kind,
                    s.profile,
                    s.format,
                    format_time_cell(s.added),
                    "not whole" if s.unfinished else s.entries,
                    s.unread or "",
                )
                for s in found
            ],
            empty="No hash list yet. Add one with: triage lists add FILE --name NAME --kind KIND",
        )
        for name in (s.name for s in found if s.unfinished):
            print_line(f"{name} was not read to the end and has no effect: add the same file again to go on, or remove the list.")
    return 0


@lists.command("remove")
@click.argument("name")
@with_consent
@with_common
def lists_remove(common: Common, name: str, consent: Consent | None) -> int:
    """Remove a list from the store. Every score card is computed again. A second lead agrees where that lowers reports."""
    from triage.jobs.lists import lists as lists_job

    with common.session() as session:
        lists_job.remove_list(session, name, consent)
    if common.json:
        print_json({"name": name, "removed": True})
    else:
        print_line(f"{name} is removed.")
    return 0


@lists.command("distance")
@click.argument("name")
@click.argument("bits", metavar="BITS")
@with_consent
@with_common
def lists_distance(common: Common, name: str, bits: str, consent: Consent | None) -> int:
    """Set up to how many BITS of 256 the images of a list match: 0 to 31, or "usual". The store is compared again.

    \b
    Example:
      triage lists distance "INTERPOL 2026-10" 16
    """
    from triage.jobs.lists import lists as lists_job

    if bits != "usual" and not bits.isdecimal():
        raise click.UsageError('Give a number of bits from 0 to 31, or "usual".')
    radius = None if bits == "usual" else int(bits)
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        summary = lists_job.set_list_distance(session, name, radius, bar, cancel, consent=consent)
    if common.json:
        print_json(summary)
    else:
        print_line(f"The images of {summary.name} match at the {'usual distance' if radius is None else f'distance {radius}'}.")
    return 0


@lists.command("conflicts")
@with_common
def lists_conflicts(common: Common) -> int:
    """List files that one list counts as known material and another as harmless. Both lists stand; a person decides.

    A table ends after the first 1,000 and says so; JSON holds all.
    """
    from triage.jobs.lists import list_conflicts as conflicts_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        found = conflicts_job.find_list_conflicts(session, bar, cancel)
    shared = [{"known": known, "harmless": harmless, "hashes": n} for (known, harmless), n in found.shared.items()]
    if common.json:
        print_json({"files": found.files, "shared": shared})
        return 0
    if not found.files:
        print_line("No file of the store is disputed between lists.")
    else:
        listed = choose_listed(found.files, json=False)
        print_table(
            ("report", "file", "known in", "tier", "harmless in", "tier"),
            [(c.report_id or "none", c.file, c.known, c.known_tier, c.harmless, c.harmless_tier) for c in listed],
        )
        say_left_out(len(listed), len(found.files), "first")
    for each in shared:
        print_line(f"{each['known']} and {each['harmless']} hold {each['hashes']} hashes in common.")
    return 0


@lists.command("hits")
@click.argument("name")
@with_common
def lists_hits(common: Common, name: str) -> int:
    """List the files of this store that a list holds, with the paths that it states.

    A table ends after the first 1,000 and says so; JSON holds all.
    """
    from triage.jobs.lists import hits as hits_job

    with common.session() as session:
        found = hits_job.find_hits(session, name)
        empty = f"No file of this store is in {name}."
        print_list(
            found.ids, lambda part: hits_job.load_hits(session, found, part), _HITS, json=common.json, empty=empty, which="first"
        )
    return 0


_HITS: dict[str, Callable[[FoundOnList], object]] = {
    "report": lambda hit: hit.report_id or "none",
    "file": lambda hit: hit.file,
    "tier": lambda hit: _describe_tier(hit),
    "hash": lambda hit: f"{hit.hash_kind} {hit.value[:16]}{' (declared)' if hit.declared else ''}",
    "counts as": lambda hit: hit.counts_as,
    "path": lambda hit: hit.path,
    "says": lambda hit: hit.says,
}


def _describe_tier(hit: FoundOnList) -> str:
    """Returns the tier of a hit with its distance and quality."""
    if hit.distance is None:
        return hit.tier
    how = f", {hit.variant}" if hit.way is not None and not hit.way.is_plain else ""
    return f"{hit.tier}, distance {hit.distance}, quality {hit.quality}{how}" + (", held for review" if hit.held else "")

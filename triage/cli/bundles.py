"""import, lists, match, demo: what comes in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.near import how_near
from triage.cli.output import print_json, progress_bar, say, table
from triage.cli.stopping import stoppable
from triage.errors import WorldError
from triage.jobs.demo import Demo, make_demo
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.lists import lists as lists_job
from triage.jobs.reading.match_files import match as match_job
from triage.model.custody import Receipt
from triage.model.matches import FoundOnList, MatchResult
from triage.model.views import ImportResult, ListSummary

SET_ASIDE = 3
"""Exit code: done, but something was set aside."""


@triage.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Passwords, one a line.")
@click.option("--received-from", metavar="WHO", help="Whom it comes from.")
@click.option("--delivered-by", metavar="WHO", help="Who brought it.")
@click.option("--received-at", metavar="WHEN", help="When it was handed over, as told.")
@click.option("--medium", metavar="WHAT", help="On what: make and model.")
@click.option("--medium-serial", metavar="NUMBER")
@click.option("--seal", metavar="TEXT", help="The seal's number, and whether it was whole.")
@click.option("--write-blocked/--not-write-blocked", default=None, help="Was it read through a write blocker?")
@click.option("--note")
@with_common
def import_(common: Common, paths: tuple[Path, ...], password_file: Path | None, **told: Any) -> int:
    """Take in files, folders, zips and nested zips, in any mix."""
    passwords = _lines(password_file) if password_file else []
    receipt = Receipt(**told)
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        result = import_bundles(session, paths, receipt=receipt, passwords=passwords, on_progress=bar, cancel=cancel)
    if common.json:
        print_json(result)
    else:
        tell_import(result)
    return SET_ASIDE if result.quarantined else 0


def _lines(file: Path) -> list[bytes]:
    try:
        return [line for line in file.read_bytes().splitlines() if line]
    except OSError as error:
        raise WorldError("The password file {file} can't be read.", file=file.name, detail=str(error)) from error


def tell_import(result: ImportResult) -> None:
    counts, media = result.reports, result.media
    say(f"Reports: {counts.new} new, {counts.updated} updated, {counts.unchanged} unchanged")
    say(f"Media: {media.new} new, {media.duplicate} duplicate, {media.near_duplicate} near duplicate")
    say(f"In {result.seconds:.1f} s; {len(result.skipped)} skipped as junk, {len(result.quarantined)} set aside")
    if result.held:
        say(f"{result.held} hashes match so many files that they are held for review: triage held")
    if result.quarantined:
        table(("set aside", "reason"), [(q.path, q.reason) for q in result.quarantined])


@triage.group()
def lists() -> None:
    """Hash lists that media are compared with."""


@lists.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True)
@click.option("--kind", required=True, type=click.Choice(lists_job.KINDS))
@click.option("--profile", help="What its categories mean: US, UK, DHS or CUSTOM:NAME,CODE=MEANING,...")
@with_common
def lists_add(common: Common, file: Path, name: str, kind: str, profile: str | None) -> int:
    """Take in a hash list and compare it with the whole store."""
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        summary = lists_job.add_list(session, file, name=name, kind=kind, profile=profile, on_progress=bar, cancel=cancel)
    if common.json:
        print_json(summary)
    else:
        tell_list(summary)
    return SET_ASIDE if summary.unread else 0


def tell_list(summary: ListSummary) -> None:
    kinds = ", ".join(f"{n} {kind.upper()}" for kind, n in summary.hash_kinds.items()) or "none that is compared"
    entries = "1 entry" if summary.entries == 1 else f"{summary.entries} entries"
    say(f"{summary.name}: {entries} ({summary.format}); hashes: {kinds}")
    for kind, n in summary.unmatched_kinds.items():
        say(f"{n} {'PhotoDNA' if kind == 'photodna' else kind}: {summary.unmatched_why[kind]}")
    for note in summary.notes:
        say(note)
    if summary.unread:
        say(f"{summary.unread} places of the file could not be read:")
        for example in summary.unread_examples:
            say(f"  {example}")


@lists.command("list")
@with_common
def lists_list(common: Common) -> int:
    """The lists in this store."""
    with common.session() as session:
        found = lists_job.all_lists(session)
    if common.json:
        print_json(found)
    else:
        table(
            ("name", "kind", "profile", "format", "added", "entries", "not read"),
            [(s.name, s.kind, s.profile, s.format, s.added, s.entries, s.unread or "") for s in found],
        )
    return 0


@lists.command("remove")
@click.argument("name")
@with_common
def lists_remove(common: Common, name: str) -> int:
    """Take a list out of the store; every card is made anew."""
    with common.session() as session:
        lists_job.remove_list(session, name)
    if common.json:
        print_json({"name": name, "removed": True})
    else:
        say(f"{name} is removed.")
    return 0


@lists.command("hits")
@click.argument("name")
@with_common
def lists_hits(common: Common, name: str) -> int:
    """Which files of this store a list holds, and where it says they lie."""
    with common.session() as session:
        found = lists_job.list_hits(session, name)
    if common.json:
        print_json(found)
    elif not found:
        say(f"No file of this store stands in {name}.")
    else:
        table(
            ("report", "file", "tier", "hash", "counts as", "path", "says"),
            [
                (
                    hit.report_id or "none",
                    hit.file,
                    _tier(hit),
                    f"{hit.hash_kind} {hit.value[:16]}{' (declared)' if hit.declared else ''}",
                    hit.counts_as,
                    hit.path,
                    hit.says,
                )
                for hit in found
            ],
        )
    return 0


def _tier(hit: FoundOnList) -> str:
    if hit.distance is None:
        return hit.tier
    how = f", {hit.variant}" if hit.way is not None and not hit.way.is_plain else ""
    return f"{hit.tier}, distance {hit.distance}, quality {hit.quality}{how}" + (", held for review" if hit.held else "")


@triage.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@with_common
def match(common: Common, files: tuple[Path, ...]) -> int:
    """What does the store know about files outside it?"""
    with common.session() as session:
        results = match_job(session, files)
    unread = [result for result in results if result.sha256 is None]
    if len(unread) == len(results):
        raise WorldError("{file} was not checked for {not_checked}.", file=results[0].file, not_checked=results[0].not_checked[0])
    if common.json:
        print_json(results)
    else:
        for result in results:
            _tell_match(result)
    return SET_ASIDE if unread else 0


def _tell_match(result: MatchResult) -> None:
    say(f"{result.file}  SHA-256 {result.sha256 or 'not known'}")
    for exact in result.exact:
        say(f"  same bytes: {', '.join(exact.names)} in {', '.join((*exact.reports, *exact.lists))}")
    for near in result.near:
        where = ", ".join((*near.reports, *near.lists)) or "media without a report"
        say(f"  {near.tier}, in {where}: {how_near(near)}")
    if result.checked and not result.exact and not result.near:
        say("  nothing found")
    for done in result.checked:
        say(f"  checked: {done}")
    for missing in result.not_checked:
        say(f"  not checked: {missing}")


@triage.command()
@click.argument("directory", required=False, type=click.Path(file_okay=False, path_type=Path), default=Path("demo"))
@click.option("--no-window", is_flag=True, help="Stop before the app opens.")
@click.option(
    "--pictures",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where pictures of the screens go when there is no display; beside the store unless named.",
)
@click.option("--reports", default=300, show_default=True, help="How many reports the feed holds.")
@with_common
def demo(common: Common, directory: Path, no_window: bool, pictures: Path | None, reports: int) -> int:
    """Make a synthetic national feed, import it and open the app. Pictures are drawn, identifiers invented."""
    with progress_bar() as bar:
        made = make_demo(directory, store=common.store, reports=reports, on_progress=bar)
    if common.json:
        print_json(made)
    else:
        say(f"Feed {made.feed}, store {made.store}, user {made.user!r}, passphrase in {made.passphrase_file}")
        tell_import(made.imported)
        say()
        table(
            ("report", "band", "risk", "action", "office", "next deadline", "flags"),
            [
                (r.report_id, r.band, f"{r.risk:.1f}", f"{r.actionability:.1f}", r.office, r.deadline, ", ".join(r.flags))
                for r in made.queue
            ],
        )
    return 0 if no_window else show_window(made, pictures)


def show_window(made: Demo, pictures: Path | None) -> int:
    """Open the desktop on the demo, or save pictures of it where there is no display."""
    from triage.ui.demo import open_demo  # Qt is loaded only here

    return open_demo(made.store, made.user, made.passphrase_file, pictures)

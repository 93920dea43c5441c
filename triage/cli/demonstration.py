"""Defines the command demo, which creates, imports and opens an invented national feed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.group import OUT_FOLDER, Common, triage, with_common
from triage.cli.imports import print_import
from triage.cli.output import format_time_cell, print_json, print_line, print_table, progress_bar
from triage.errors import WorldError

if TYPE_CHECKING:
    from triage_demo.demo_store import Demo, Shown


@triage.command()
@click.argument("directory", required=False, type=OUT_FOLDER, default=Path("demo"))
@click.option("--no-window", is_flag=True, help="Stop before the app opens.")
@click.option(
    "--pictures",
    type=OUT_FOLDER,
    help="Folder for screenshots when there is no display; beside the store unless named.",
)
@click.option("--reports", type=click.IntRange(min=1), metavar="N", help="Reports in the feed of a new demo; 300 unless named.")
@with_common
def demo(common: Common, directory: Path, no_window: bool, pictures: Path | None, reports: int | None) -> int:
    """Make an invented national feed, import it and open the app. Images are drawn, identifiers invented.

    It prints what the demo shows and how to find each part.

    \b
    Example:
      triage demo demo --no-window
    """
    common.require_writable()
    require_demo()
    from triage_demo.demo_store import make_demo

    with progress_bar() as bar:
        made = make_demo(directory, store=common.store, reports=reports, on_progress=bar)
    if common.json:
        print_json(made)
    else:
        print_line(f"Feed {made.feed}, store {made.store}, user {made.user!r}, passphrase in {made.passphrase_file}")
        print_import(made.imported)
        print_line()
        print_line("A second delivery, a week later:")
        print_import(made.second)
        print_line()
        print_table(("the demo shows", "where", "find it with"), _list_what_is_shown(made.shown))
        print_line()
        print_table(
            ("report", "band", "risk", "action", "office", "next deadline", "flags"),
            [
                (
                    r.report_id,
                    r.band,
                    f"{r.risk:.1f}",
                    f"{r.actionability:.1f}",
                    r.office,
                    format_time_cell(r.deadline),
                    ", ".join(r.flags),
                )
                for r in made.queue
            ],
        )
    return 0 if no_window else show_window(made, pictures)


def _list_what_is_shown(shown: Shown) -> list[tuple[str, str, str]]:
    known, forwarded = shown.lists
    return [
        ("conflict between sources", shown.conflict, f"triage show {shown.conflict}"),
        ("second version of a report", shown.new_version, f"triage show {shown.new_version}"),
        ("videos, and a still image of one", shown.videos, f"triage show {shown.videos}"),
        ("unreadable file", f"{shown.videos}, {shown.unreadable}", "triage set-aside"),
        ("hash list: exact copy", f"{shown.list_exact}, {known}", f"triage lists hits {known}"),
        ("hash list: near match", f"{shown.list_near}, {known}", f"triage lists hits {known}"),
        ("hash list: possible match", f"{shown.list_possible}, {known}", "triage possible"),
        ("held hash", forwarded, "triage held"),
        ("graded series", shown.graded, f"triage show {shown.graded}"),
        ("grade that waits for a second person", f"{shown.videos}, {shown.waiting}", "triage grade waiting"),
        ("case with an overdue stage", shown.case, f"triage case show {shown.case}"),
        ("complaints", ", ".join(shown.complaints), f"triage links {shown.complaints[0]}"),
    ]


def require_demo() -> None:
    """Checks that the invented feed is installed; it is no part of the product.

    Raises:
        WorldError: It is not here
    """
    if find_spec("triage_demo") is None:
        raise WorldError("The invented feed is not installed here; it comes with the source and with the bundle.")


def show_window(made: Demo, pictures: Path | None) -> int:
    """Opens the desktop on the demo, or saves screenshots of it where there is no display."""
    from triage_demo.demo_window import open_demo  # Qt is loaded only here

    return open_demo(made.store, made.user, made.passphrase_file, pictures)

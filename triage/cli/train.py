"""Defines the command train, which makes a training store and opens the app on it."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.demonstration import require_demo
from triage.cli.group import OUT_FOLDER, Common, triage, with_common
from triage.cli.output import print_json, print_line, progress_bar

ROLES = ("analyst", "lead", "examiner", "admin", "auditor")


@triage.command()
@click.argument("directory", required=False, type=OUT_FOLDER, default=Path("training"))
@click.option("--name", default="trainee", show_default=True, help="User name of the trainee.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="Role to learn, by default analyst.")
@click.option("--no-window", is_flag=True, help="Stop before the app opens.")
@with_common
def train(common: Common, directory: Path, name: str, roles: tuple[str, ...], no_window: bool) -> int:
    """Make a training store with invented data and open its tutorials. Call it again to go on.

    The page Training has lessons and tasks for each role that is named. The store is marked as training for good.

    \b
    Example:
      triage train training --role lead --no-window
    """
    common.require_writable()
    require_demo()
    from triage_demo.training_store import make_training_store

    with progress_bar() as bar:
        made = make_training_store(directory, name=name, roles=roles, on_progress=bar)
    if common.json:
        print_json(made)
    else:
        print_line(f"Training store {made.store}, user {made.user!r}, passphrase in {made.trainee_file}")
        print_line(f"Bundle to import: {made.practice}. All passphrases: {made.passphrase_file}")
        print_line("Everything in it is invented. Import no real report there.")
    if no_window:
        return 0
    from triage_demo.demo_window import open_demo  # Qt is loaded only here

    return open_demo(made.store, made.user, made.trainee_file)

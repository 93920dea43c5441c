"""Defines the options of every command whose file leaves the store: how it is handed over, and whether it may overwrite."""

from __future__ import annotations

from collections.abc import Callable

import click

from triage.model.handover import Handover

force_option = click.option("--force", is_flag=True, help="Overwrite an existing file.")


def handover_options(command: Callable[..., int]) -> Callable[..., int]:
    """Adds the options that say how an export leaves, for the register of outgoing data."""
    for option in (
        click.option("--handover-note", metavar="TEXT", help="A note on the handover."),
        click.option(
            "--carrier-serial", "--medium-serial", "medium_serial", metavar="NUMBER", help="Serial number of the carrier."
        ),
        click.option("--carrier", "--medium", "medium", metavar="WHAT", help="Disk or stick it leaves on: make and model."),
        click.option("--handed-to", metavar="WHO", help="Who receives it."),
    ):
        command = option(command)
    return command


def read_handover(given: dict[str, str | None]) -> Handover:
    """Takes the handover's options out of a command's options."""
    return Handover(
        handed_to=given.pop("handed_to"),
        medium=given.pop("medium"),
        medium_serial=given.pop("medium_serial"),
        note=given.pop("handover_note"),
    )

"""Defines the options that name the second person of an act."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import click

from triage.cli.group import read_secret

_OPTIONS = (
    click.option(
        "--consent-user", metavar="USER", help="The second person, who agrees; needed once the store has had two users."
    ),
    click.option("--consent-passphrase-file", metavar="FILE", help="File with that person's passphrase; else the terminal asks."),
)


def with_consent(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of a second person as one `consent` argument, None when nobody was named."""

    def wrapped(*arguments: Any, consent_user: str | None, consent_passphrase_file: str | None, **values: Any) -> Any:
        """Reads the second person's passphrase and calls the command."""
        from triage.jobs.consent import Consent

        if consent_user is None and consent_passphrase_file is not None:
            raise click.UsageError("Name the second person with --consent-user.")
        consent = None
        if consent_user is not None:
            consent = Consent(consent_user, read_secret(consent_passphrase_file, f"Passphrase of {consent_user}"))
        return command(*arguments, consent=consent, **values)

    wrapped_command: Callable[..., Any] = update_wrapper(wrapped, command)
    for option in reversed(_OPTIONS):
        wrapped_command = option(wrapped_command)
    return wrapped_command

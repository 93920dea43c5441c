"""The command group and the options that every command shares, before or after its name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click
import platformdirs

from triage import __version__
from triage.cli.output import warn
from triage.errors import WorldError
from triage.jobs.session import Session, unlock
from triage.model.printable import make_printable


@dataclass(slots=True)
class Common:
    store: Path | None = None
    user: str | None = None
    passphrase_file: str | None = None
    json: bool = False

    def directory(self) -> Path:
        return self.store or Path(platformdirs.user_data_dir("triage", appauthor=False)) / "store"

    def user_name(self) -> str:
        if self.user:
            return self.user
        if not sys.stdin.isatty():
            raise WorldError("Say who you are with --user NAME.")
        return str(click.prompt("User", err=True))

    def passphrase(self, prompt: str = "Passphrase", confirm: bool = False) -> str:
        return read_secret(self.passphrase_file, prompt, confirm)

    def session(self, *, examine: bool = False, initial: bool = False) -> Session:
        """Opens the store. With `initial` also for a user whose passphrase somebody else set, who is about to change it."""
        session = unlock(self.directory(), self.user_name(), self.passphrase(), examine=examine)
        if session.user.initial and not initial:
            with session:
                session.require_own_passphrase()
        if not examine and (since := session.unsettled_since()) is not None:
            warn(f"Restored from a backup of {since}; what was destroyed since may be in it: see triage register.")
        return session


def read_secret(file: str | None, prompt: str, confirm: bool = False) -> str:
    """The first line of a file (`-` is standard input), else asked on the terminal."""
    if file == "-":
        return sys.stdin.readline().rstrip("\r\n")
    if file is not None:
        if not Path(file).exists():
            raise click.UsageError(f"The passphrase file {file} does not exist.", click.get_current_context(silent=True))
        try:
            return Path(file).read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise WorldError("The passphrase file {file} can't be read.", file=file, detail=str(error)) from error
    if not sys.stdin.isatty():
        raise WorldError("{prompt}: there is no terminal to ask on; give --passphrase-file FILE.", prompt=prompt)
    return str(click.prompt(make_printable(prompt), hide_input=True, confirmation_prompt=confirm, err=True))


_OPTIONS = (
    click.option("--store", type=click.Path(file_okay=False, path_type=Path), help="The store's folder."),
    click.option("--user", help="Who works with it; `init` makes this user the first."),
    click.option("--passphrase-file", help="File with the passphrase, - for standard input; else the terminal is asked."),
    click.option("--json", "json", is_flag=True, help="One JSON document on standard output."),
)


def with_common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options as one `common` argument; what stands after the command's name wins."""

    @click.pass_context
    def wrapped(context: click.Context, /, **values: Any) -> Any:
        common = Common(**vars_of(context.find_object(Common)))
        for name in ("store", "user", "passphrase_file", "json"):
            given = values.pop(name)
            if given:
                setattr(common, name, given)
        return command(common, **values)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return update_wrapper(wrapped, command)


def vars_of(common: Common | None) -> dict[str, Any]:
    common = common or Common()
    return {"store": common.store, "user": common.user, "passphrase_file": common.passphrase_file, "json": common.json}


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="triage")
@click.option("--store", type=click.Path(file_okay=False, path_type=Path))
@click.option("--user")
@click.option("--passphrase-file")
@click.option("--json", "json", is_flag=True)
@click.pass_context
def triage(context: click.Context, store: Path | None, user: str | None, passphrase_file: str | None, json: bool) -> int:
    """Work through CyberTipline reports, offline. Without a command the desktop app opens."""
    context.obj = Common(store, user, passphrase_file, json)
    if context.invoked_subcommand is not None:
        return 0
    from triage.ui.app import run as run_desktop  # Qt is loaded only for the desktop

    named = [("--store", str(store) if store else None), ("--user", user)]
    return run_desktop([word for option, value in named if value for word in (option, value)])

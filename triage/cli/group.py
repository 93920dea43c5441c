"""Defines the command `triage` and the options that all its commands share."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import platformdirs

from triage import __version__
from triage.cli.command_list import CommandList
from triage.cli.output import warn
from triage.cli.stopping import stoppable
from triage.errors import WorldError
from triage.model.printable import make_printable
from triage.target_path import resolve_target

if TYPE_CHECKING:
    from triage.jobs.session import Session


@dataclass(slots=True)
class Common:
    """Holds the options that all commands share."""

    store: Path | None = None
    user: str | None = None
    passphrase_file: str | None = None
    json: bool = False
    read_only: bool = False

    def require_writable(self) -> None:
        """Raises WorldError when the store was to be read only. For commands that write without opening it first."""
        if self.read_only:
            raise WorldError("This command writes to a store, so --read-only can't be used with it; nothing was changed.")

    def directory(self) -> Path:
        """Returns the folder of the store, which is the platform's data folder when none was named."""
        return self.store or Path(platformdirs.user_data_dir("triage", appauthor=False)) / "store"

    def user_name(self) -> str:
        """Returns the user's name; asks for it on the terminal when it was not given."""
        if self.user:
            return self.user
        if not sys.stdin.isatty():
            raise WorldError("Give your user name with --user NAME.")
        return str(click.prompt("User", err=True))

    def passphrase(self, prompt: str = "Passphrase", confirm: bool = False) -> str:
        """Returns the user's passphrase from its file or the terminal."""
        return read_secret(self.passphrase_file, prompt, confirm)

    def session(self, *, examine: bool = False, initial: bool = False) -> Session:
        """Opens the store.

        Args:
            examine: Also opens a store that does not fit its signed head, to be checked but not written.
            initial: Also opens it for a user whose passphrase somebody else set, who is about to change it.
        """
        from triage.jobs.session import unlock  # the store's libraries are loaded only when one is opened

        place, name, passphrase = self.directory(), self.user_name(), self.passphrase()
        with stoppable() as cancel:
            session = unlock(
                place,
                name,
                passphrase,
                examine=examine,
                read_only=self.read_only,
                hear=lambda message: None if message is None else warn(str(message)),
                cancel=cancel,
            )
        if session.user.initial and not initial:
            with session:
                session.require_own_passphrase()
        if not examine and (since := session.unsettled_since()) is not None:
            warn(f"Restored from a backup of {since}. Reports destroyed since then may be in it; see: triage register --help")
        return session


def read_secret(file: str | None, prompt: str, confirm: bool = False) -> str:
    """Returns the first line of a file (`-` is standard input), or asks on the terminal when no file was named."""
    secret = _read_secret(file, prompt, confirm)
    _require_text(click.get_current_context(silent=True), {prompt: secret})
    return secret


def _read_secret(file: str | None, prompt: str, confirm: bool) -> str:
    """Returns what `read_secret` returns; it may be no text."""
    if file == "-":
        return sys.stdin.readline().rstrip("\r\n")
    if file is not None:
        if not Path(file).exists():
            raise click.UsageError(f"The passphrase file {file} does not exist.", click.get_current_context(silent=True))
        try:
            return Path(file).read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise WorldError(
                "The passphrase file {file} can't be read. Name a text file that you may read, with the passphrase in its first"
                " line.",
                file=file,
                detail=str(error),
            ) from error
    if not sys.stdin.isatty():
        raise WorldError("{prompt}: there is no terminal to ask on; give --passphrase-file FILE.", prompt=prompt)
    return str(click.prompt(make_printable(prompt), hide_input=True, confirmation_prompt=confirm, err=True))


class TargetPath(click.Path):
    """A path that the command writes. One in the folder of a store or backup is refused before any work is done."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Returns the path as it was typed.

        Raises:
            WorldError: It lies in the folder of a store or backup
        """
        path = super().convert(value, param, ctx)
        resolve_target(Path(os.fsdecode(path)))
        return path


OUT_FILE = TargetPath(dir_okay=False, path_type=Path)
OUT_FOLDER = TargetPath(file_okay=False, path_type=Path)
OUT_EITHER = TargetPath(path_type=Path)
"""A folder, or a file where an option says so."""
_FOLDER = click.Path(file_okay=False, path_type=Path)
_SHARED: tuple[tuple[str, str | None, dict[str, Any]], ...] = (
    ("--store", "TRIAGE_STORE", {"type": _FOLDER, "metavar": "DIR", "help": "Folder of the store."}),
    ("--user", "TRIAGE_USER", {"metavar": "NAME", "help": "Your user name."}),
    (
        "--passphrase-file",
        "TRIAGE_PASSPHRASE_FILE",
        {"metavar": "FILE", "help": "File with your passphrase; - reads standard input. Without it the terminal asks."},
    ),
    ("--json", None, {"is_flag": True, "help": "Print one JSON document on standard output."}),
    (
        "--read-only",
        None,
        {"is_flag": True, "help": "Change no byte of the store, which may lie on write-protected media."},
    ),
)
"""Option, environment variable, and how click reads the option."""


def _add_shared_options(command: Callable[..., Any], *, environment: bool) -> Callable[..., Any]:
    """Adds the shared options to a command; with `environment` they also read environment variables."""
    for name, variable, how in reversed(_SHARED):
        named = {"envvar": variable, "show_envvar": True} if environment and variable else {}
        command = click.option(name, **how, **named)(command)
    return command


def with_common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the shared options as one `common` argument. An option behind the command's name wins.

    Only the top level reads the environment, so that an option wins over a variable wherever it stands.
    """

    @click.pass_context
    def wrapped(context: click.Context, /, **values: Any) -> Any:
        """Merges the options of the command with those given before its name, and calls the command."""
        common = replace(context.find_object(Common) or Common())
        for name in ("store", "user", "passphrase_file", "json", "read_only"):
            given = values.pop(name)
            if given:
                setattr(common, name, given)
        _require_text(context, {"user": common.user, **values})
        return command(common, **values)

    return update_wrapper(_add_shared_options(wrapped, environment=False), command)


def _require_text(context: click.Context | None, values: dict[str, Any]) -> None:
    """Raises UsageError for a word that is no text: a terminal hands on bytes of another encoding. Paths may be any bytes."""
    for name, value in values.items():
        words = value if isinstance(value, tuple) else (value,)
        if not name.endswith("_file") and any(isinstance(word, str) and _is_no_text(word) for word in words):
            raise click.UsageError(
                f"{name.replace('_', ' ').capitalize()} is not written in UTF-8. Set the terminal to UTF-8 and type it again",
                context,
            )


def _is_no_text(word: str) -> bool:
    """Returns whether a word holds a lone surrogate, which stands for a byte that was not understood."""
    return any("\ud800" <= char <= "\udfff" for char in word)


def _with_shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the shared options with their environment variables to the top level."""
    return _add_shared_options(command, environment=True)


def load_desktop() -> Callable[[Sequence[str]], int]:
    """Loads the desktop and returns what runs it.

    Python does not look for cycles meanwhile: nearly all that is loaded stays, and 300 looks take 7 % of the time.
    """
    gc.disable()
    try:
        from triage.ui.app import run
    finally:
        gc.enable()
    return run


@click.group(cls=CommandList, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="triage")
@click.option("--locked", nargs=3, hidden=True, help="What a lock hands to the program that it starts: run, beginning, reason.")
@_with_shared_options
@click.pass_context
def triage(
    context: click.Context,
    store: Path | None,
    user: str | None,
    passphrase_file: str | None,
    json: bool,
    read_only: bool,
    locked: tuple[str, str, str] | None,
) -> int:
    """Work through CyberTipline reports, offline. Without a command the desktop app opens."""
    context.obj = Common(store, user, passphrase_file, json, read_only)
    if context.invoked_subcommand is not None:
        return 0
    if read_only:
        raise WorldError("The desktop opens a store to work in it; use the commands with --read-only. See: triage --help")
    from triage.cli.display import require_display

    require_display()
    run_desktop = load_desktop()  # Qt is loaded only for the desktop
    named = [("--store", str(store) if store else None), ("--user", user)]
    words = [word for option, value in named if value for word in (option, value)]
    return run_desktop([*words, *(("--locked", *locked) if locked else ())])

"""Defines the command completion, and answers the shell's requests for completion."""

from __future__ import annotations

import os

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from triage.cli.group import triage

SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
VARIABLE = "_TRIAGE_COMPLETE"
"""Set by the scripts: `bash_complete` asks for the words that can follow."""


@triage.command()
@click.argument("shell", type=click.Choice(list(SHELLS)))
def completion(shell: str) -> int:
    """Print the script that completes triage's commands and options in a shell.

    \b
    Example, for bash:
      triage completion bash > ~/.local/share/bash-completion/completions/triage
    """
    click.echo(ShellComplete.source(_build_completion(shell)))  # not BashComplete's, which starts bash to learn its version
    return 0


def answer_completion() -> bool:
    """Prints what can follow the words on the shell's command line, when the shell asked for it."""
    shell, _, what = os.environ.get(VARIABLE, "").partition("_")
    if shell not in SHELLS or what != "complete":
        return False
    click.echo(_build_completion(shell).complete())
    return True


def _build_completion(shell: str) -> ShellComplete:
    """Returns click's completion for a shell."""
    return SHELLS[shell](triage, {}, "triage", VARIABLE)

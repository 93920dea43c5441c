"""Entry point: commands, and errors as exit codes: 0 done, 1 could not, 2 usage, 3 done but something was set aside, 130 stopped.

Whatever goes wrong is one sentence on one line of standard error, never a traceback.
"""

from __future__ import annotations

import io
import os
import sys

import click

from triage import hardening
from triage.cli import admin, backups, bundles, casework, group, keeping, outputs, reading, received, sameness
from triage.cli.output import warn
from triage.cli.stopping import SENTENCE, STOPPED
from triage.errors import Cancelled, WorldError
from triage.store.log import log_error


def main() -> None:
    hardening.harden()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal can't show must not end the work
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Returns the exit code."""
    try:
        with group.triage.make_context("triage", list(arguments)) as context:  # not main(): it has words of its own for Ctrl-C
            code = group.triage.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        return _end(2, _usage(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nobody reads any more; the last flush must not complain
        return 1
    except click.Abort:
        return _end(STOPPED, "Stopped; nothing was changed.")  # only a question on the terminal ends so
    except (Cancelled, KeyboardInterrupt):
        return _end(STOPPED, SENTENCE)
    except Exception as error:
        return _end(1, _sentence(error))
    return code if isinstance(code, int) else 0


def _sentence(error: Exception) -> str:
    """What a person is told; what is not the world's fault is a fault of ours, and its place goes to the log."""
    if isinstance(error, click.ClickException):
        return error.format_message()
    where = log_error(error)
    if isinstance(error, WorldError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"The system refused: {error.strerror}."
    told = f"details, without any content, are in {where}" if where else "no store was open, so it was not logged"
    return f"This is a fault of Triage ({type(error).__name__}); {told}. What was already taken in stays."


def _usage(error: click.UsageError) -> str:
    """Returns what is wrong with the arguments, and where they are explained."""
    command = error.ctx.command_path if error.ctx is not None else "triage"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return f"{command} needs a command after it. See: {command} --help"
    return f"{error.format_message().rstrip('.')}. See: {command} --help"


def _end(code: int, sentence: str) -> int:
    warn(sentence)
    return code


# Importing the modules registers their commands.
_COMMANDS = (admin, backups, bundles, casework, keeping, outputs, reading, received, sameness)

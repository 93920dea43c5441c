"""Entry point: commands, and errors as exit codes: 0 done, 1 could not, 2 usage, 3 done but something was set aside."""

from __future__ import annotations

import io
import os
import sys

import click

from triage import hardening
from triage.cli import admin, backups, bundles, casework, group, keeping, outputs, reading, received, sameness
from triage.cli.output import visible
from triage.errors import WorldError
from triage.store.log import log_error


def main() -> None:
    hardening.harden()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal can't show must not end the work
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code; a refusal is one sentence on one line of standard error, never a traceback."""
    try:
        with group.triage.make_context("triage", list(arguments)) as context:  # not main(): it has words of its own for Ctrl-C
            code = group.triage.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nobody reads any more; the last flush must not complain
        return 1
    except Exception as error:
        return _refuse(_sentence(error))
    except KeyboardInterrupt:
        return _refuse("Stopped; what was already taken in stays.")
    return code if isinstance(code, int) else 0


def _sentence(error: Exception) -> str:
    """What a person is told; what is not the world's fault is a fault of ours, and its place goes to the log."""
    if isinstance(error, click.Abort):
        return "Stopped."
    if isinstance(error, click.ClickException):
        return error.format_message()
    where = log_error(error)
    if isinstance(error, WorldError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"The system refused: {error.strerror}."
    told = f"details, without any content, are in {where}" if where else "no store was open, so it was not logged"
    return f"This is a fault of Triage ({type(error).__name__}); {told}. What was already taken in stays."


def _refuse(sentence: str) -> int:
    print(visible(" ".join(sentence.split())), file=sys.stderr)  # noqa: T201
    return 1


# Importing the modules registers their commands.
_COMMANDS = (admin, backups, bundles, casework, keeping, outputs, reading, received, sameness)

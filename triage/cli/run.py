"""Runs a command and turns errors into exit codes.

0: done. 1: could not. 2: usage. 3: done, but something was set aside. 130: stopped with Ctrl-C.

Whatever goes wrong is one sentence on one line of standard error, never a traceback.
"""

from __future__ import annotations

import io
import os
import sys

import click

from triage import hardening
from triage.cli import group
from triage.cli.exit_codes import STOPPED
from triage.cli.output import warn
from triage.errors import Cancelled, WorldError

_KEPT = {
    "backup": "The backup is incomplete; run the command again to complete it.",
    "export": "Nothing was written.",
    "import": "What was already imported stays.",
    "packet": "Nothing was written.",
    "sweep": "What was already compared stays; the next run continues from there.",
}
"""What is left after Ctrl-C, by command."""
_KEPT_OTHERWISE = "Finished steps stay; the unfinished one was undone."


def main() -> None:
    """Runs the command of this process and ends it with the exit code."""
    hardening.harden()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal can't show must not end the work
    if "_TRIAGE_COMPLETE" in os.environ:
        from triage.cli.completion import answer_completion

        if answer_completion():
            return
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs a command. Returns the exit code."""
    context: click.Context | None = None
    try:
        context = group.triage.make_context("triage", list(arguments))  # not main(): it has words of its own for Ctrl-C
        with context:
            code = group.triage.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        return _end_with(2, _describe_usage_error(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nobody reads any more; the last flush must not complain
        return 1
    except click.Abort:
        return _end_with(STOPPED, "Stopped. Nothing was changed.")  # only a question on the terminal ends so
    except (Cancelled, KeyboardInterrupt):
        return _end_with(STOPPED, f"Stopped. {_describe_what_stays(context)}")
    except Exception as error:
        return _end_with(1, _describe_error(error))
    return code if isinstance(code, int) else 0


def _describe_what_stays(context: click.Context | None) -> str:
    """Returns what a stopped command leaves behind."""
    command = context.invoked_subcommand if context is not None else None
    return _KEPT.get(command or "", _KEPT_OTHERWISE)


def _describe_error(error: Exception) -> str:
    """Returns what a person is told. The place of a fault of ours goes to the log."""
    if isinstance(error, click.ClickException):
        return error.format_message()
    from triage.store.log import log_error

    where = log_error(error)
    if isinstance(error, WorldError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"The system refused: {error.strerror}."
    log = f"Details, without any content, are in {where}" if where else "No store was open, so it was not logged"
    return f"This is a fault of Triage ({type(error).__name__}). {log}. Finished steps stay."


def _describe_usage_error(error: click.UsageError) -> str:
    """Returns what is wrong with the arguments, and where they are explained."""
    command = error.ctx.command_path if error.ctx is not None else "triage"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return f"{command} needs a command after it. See: {command} --help"
    return f"{error.format_message().rstrip('.')}. See: {command} --help"


def _end_with(code: int, sentence: str) -> int:
    """Prints a sentence on standard error and returns the exit code."""
    warn(sentence)
    return code

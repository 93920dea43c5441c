"""Entry point: commands, and errors as exit codes: 0 done, 1 could not, 2 usage, 3 done but something was set aside."""

from __future__ import annotations

import sys

import click

from triage import hardening
from triage.cli import admin, bundles, group, outputs, reading
from triage.errors import WorldError
from triage.store.log import log_error


def main() -> None:
    hardening.harden()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code; a refusal is one sentence on one line of standard error, never a traceback."""
    if not arguments:
        from triage.ui.app import run as run_desktop  # Qt is loaded only for the desktop

        return run_desktop([])
    try:
        code = group.triage.main(args=arguments, prog_name="triage", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return 2
    except click.Abort:
        return _refuse("Stopped.")
    except click.ClickException as error:
        return _refuse(error.format_message())
    except WorldError as error:
        log_error(error)
        return _refuse(str(error))
    except KeyboardInterrupt:
        return _refuse("Stopped; what was already taken in stays.")
    except BrokenPipeError:
        return 1
    return code if isinstance(code, int) else 0


def _refuse(sentence: str) -> int:
    print(" ".join(sentence.split()), file=sys.stderr)  # noqa: T201
    return 1


# Importing the modules registers their commands.
_COMMANDS = (admin, bundles, outputs, reading)

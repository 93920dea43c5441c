"""Every output has a row in the table: each command that writes a file for people, and each kind of entry in the register."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import click

from tests.cli.test_help import find_command
from tests.cli.test_hostile_text import commands
from tests.outputs.output import Output, load_table
from tests.source_trees import SOURCES, nodes
from tests.test_architecture import name

TABLE = tuple(load_table())
NO_OUTPUTS = {
    "retention destroy": "writes each certificate as destroy does, by the same function",
    "backup": "a backup of the whole store, sealed under its keys (tests/jobs/test_backup.py)",
    "demo": "invented reports",
    "init": "a new store",
    "restore": "a new store",
    "train": "a new store with invented reports",
}
"""Commands that write files which are not handed to people."""
OF_THE_DESKTOP = {"training_certificate"}
"""Kinds that only the desktop writes; tests/jobs/training/test_trainee.py tests it."""
WRITERS = ("write_out", "add_to_register", "register_outgoing")


def list_targets(command: click.Command) -> Iterator[click.Parameter]:
    """Yields the options and arguments that name something to write: paths that need not exist."""
    for parameter in command.params:
        if isinstance(parameter.type, click.Path) and not parameter.type.exists and parameter.name != "store":
            yield parameter


def find_target(output: Output) -> click.Parameter | None:
    """Returns what the row's target is given as."""
    found = list_targets(find_command(tuple(output.command.split())))
    return next((p for p in found if (output.option in p.opts) == (output.option is not None)), None)


def test_every_command_that_writes_for_people_is_in_the_table() -> None:
    writing = {command for command in commands() if any(list_targets(find_command(tuple(command.split()))))}
    assert sorted(writing - {output.command for output in TABLE} - set(NO_OUTPUTS)) == [], "declare it in tests/outputs/table"
    assert sorted(set(NO_OUTPUTS) - set(commands())) == [], "there is no such command"


def test_every_row_names_a_command_with_its_target() -> None:
    assert [output.name for output in TABLE if find_target(output) is None] == []
    assert len({output.name for output in TABLE}) == len(TABLE)


def test_every_kind_of_the_register_is_in_the_table() -> None:
    kinds, unclear = set(), []
    for path in (path for path in SOURCES if "jobs" in path.parts):
        for call in nodes(path, ast.Call):
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if called not in WRITERS:
                continue
            kind = next((word.value for word in call.keywords if word.arg == "kind"), None)
            if isinstance(kind, ast.Constant):
                kinds.add(kind.value)
            elif ast.unparse(kind) != "kind" if kind else True:  # `kind` is passed on, or named in a loop
                unclear.append(f"{name(path)}: {ast.unparse(call)}")
    assert unclear == [], "give the kind as a word"
    declared = {kind for output in TABLE for kind in output.kinds}
    assert sorted(kinds - declared - OF_THE_DESKTOP) == [], "declare it in tests/outputs/table"


def test_every_output_takes_the_options_of_a_handover() -> None:
    wanted = {"--handed-to", "--carrier", "--carrier-serial", "--handover-note"}
    for output in TABLE:
        options = {option for parameter in find_command(tuple(output.command.split())).params for option in parameter.opts}
        assert wanted <= options, output.command

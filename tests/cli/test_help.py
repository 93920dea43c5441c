"""The help of every command: each option explained, nothing cut off, an example where one is needed."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from tests.cli.test_hostile_text import commands
from triage.cli import group
from triage.cli.command_list import COMMANDS
from triage.model.casework import Closing

WITH_EXAMPLE = (
    ("import",), ("queue",), ("show",), ("set",), ("match",), ("lists", "add"), ("export", "queue"), ("packet", "create"),
    ("packet", "verify"), ("backup",), ("restore",), ("check",), ("audit", "verify"), ("user", "add"), ("destroy",),
    ("rules", "budget"),
)  # fmt: skip


def find_command(words: tuple[str, ...]) -> click.Command:
    found: click.Command = group.triage
    for word in words:
        assert isinstance(found, click.Group)
        inner = found.get_command(click.Context(found), word)
        assert inner is not None, words
        found = inner
    return found


def options() -> Iterator[tuple[str, click.Option]]:
    for name in commands():
        for parameter in find_command(tuple(name.split())).params:
            if isinstance(parameter, click.Option):
                yield name, parameter
    yield from (("triage", option) for option in group.triage.params if isinstance(option, click.Option))


def test_every_option_has_help() -> None:
    assert [f"{name} {option.opts[0]}" for name, option in options() if not option.help] == []


@pytest.mark.parametrize("words", WITH_EXAMPLE)
def test_the_main_commands_show_an_example(words: tuple[str, ...]) -> None:
    text = CliRunner().invoke(group.triage, [*words, "--help"]).output
    example = text.partition("Example:\n")[2].strip().splitlines()[0]
    assert example.startswith(f"triage {' '.join(words)} ") or example == f"triage {' '.join(words)}"


def test_set_lists_the_reasons_for_closing() -> None:
    text = CliRunner().invoke(group.triage, ["set", "--help"]).output
    assert all(reason.value in text for reason in Closing if reason is not Closing.CLEARED)


def test_every_command_is_in_the_list_with_its_module_and_a_line_that_fits() -> None:
    for name, (module, line) in COMMANDS.items():
        command = find_command((name,))
        assert len(line) <= 60 and command.callback is not None, name
        assert command.callback.__module__ == f"triage.cli.{module}", name
    assert set(group.triage.commands) == set(COMMANDS)


@pytest.mark.parametrize("name", [(), *((name,) for name in COMMANDS)])
def test_no_line_of_a_list_of_commands_is_cut(name: tuple[str, ...]) -> None:
    assert "..." not in CliRunner().invoke(group.triage, [*name, "--help"]).output.partition("\nCommands:")[2]

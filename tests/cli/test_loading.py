"""What a command loads: help loads no use case, and a command that reads loads no library of another one's work."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.cli.conftest import Desk

HEAVY = {
    "PIL", "PySide6", "av", "email", "fasttext", "fpdf", "lxml", "multiprocessing", "numpy", "phonenumbers", "pypdfium2", "pyzipper",
    "rich", "shapely", "tzfpy", "uharfbuzz", "xlsxwriter", "zxcvbn",
}  # fmt: skip
"""Libraries that take long to load. Each is loaded where it is used."""
READING = (
    ("queue",), ("show", "900000001"), ("stats",), ("check",), ("audit", "verify"), ("audit", "outgoing"), ("case", "list"),
    ("user", "list"), ("policy", "list"), ("imports",), ("set-aside",), ("lists", "list"), ("keys", "show"),
)  # fmt: skip
OWN = {"queue": {"numpy"}, "check": {"numpy"}}
"""Libraries with which a command does its own work: the queue is selected, sorted and checked with numpy."""
_RUN = """
import json, sys
from triage.__main__ import main
sys.argv = ["triage", *json.loads(sys.argv[1])]
try:
    main()
except SystemExit as end:
    code = end.code
sys.stderr.write(json.dumps([code, list(sys.modules)]))
"""
_HELP = """
import json, sys
import click
from triage.cli import group
def walk(command, words):
    command.get_help(click.Context(command, info_name=words))
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            walk(command.get_command(click.Context(command), name), words + " " + name)
walk(group.triage, "triage")
sys.stderr.write(json.dumps([0, list(sys.modules)]))
"""


def load(desk: Desk, program: str, *arguments: str) -> list[str]:
    """Runs a program in a process of its own; returns the modules that it has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(arguments)],
        capture_output=True,
        text=True,
        env=desk.env,
        timeout=100,
        check=False,
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr
    return sorted(modules)


def find_heavy(modules: list[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} & HEAVY


def test_help_loads_neither_use_cases_nor_the_store(desk: Desk) -> None:
    modules = load(desk, _HELP)
    assert "triage.cli.outputs" in modules, "all commands are loaded"
    ours = [name for name in modules if name.startswith(("triage.jobs.", "triage.store.", "triage.exports.", "triage.priority."))]
    assert ours == [], "import it in the command that uses it"
    assert find_heavy(modules) == set()


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_command_that_reads_loads_no_library_of_other_work(desk: Desk, command: tuple[str, ...]) -> None:
    common = ("--store", str(desk.store), "--user", "first", "--passphrase-file", str(desk.work / "words"), "--json")
    assert find_heavy(load(desk, _RUN, *command, *common)) <= OWN.get(command[0], set())

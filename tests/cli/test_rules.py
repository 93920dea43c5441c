"""Rules that every command keeps. They are asked of the tree of commands, so that new commands inherit them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Desk
from tests.cli.test_help import find_command
from tests.cli.test_hostile_text import COMMANDS
from tests.cli.test_read_only import describe
from triage.cli.exit_codes import SET_ASIDE, STOPPED

COMMON = {"store", "user", "passphrase_file", "json", "read_only"}
WITHOUT_STORE = {"completion"}
REPORT = "900000001"
READS_SECRETS = ("_file", "_files")
"""How options end that name a file with a passphrase or half of a key."""


def parameters() -> Iterator[tuple[str, click.Parameter]]:
    for name in COMMANDS:
        yield from ((name, each) for each in find_command(tuple(name.split())).params if each.name not in COMMON)


def fill(command: str, chosen: click.Parameter, value: str) -> list[str]:
    """Returns arguments that say something valid of form for all that is required, and `value` for one parameter."""
    words: list[str] = []
    for each in find_command(tuple(command.split())).params:
        if each is not chosen and (not each.required or each.name in COMMON):
            continue
        given = value if each is chosen else example(each.type)
        words += [given] if isinstance(each, click.Argument) else [each.opts[0], given]
    return words


def example(kind: click.ParamType) -> str:
    if isinstance(kind, click.Choice):
        return str(kind.choices[0])
    if isinstance(kind, click.Path):
        return "bundle" if kind.dir_okay else "words"
    return "1" if isinstance(kind, click.types.IntParamType) else "x"


INPUTS = [(name, each) for name, each in parameters() if isinstance(each.type, click.Path) and each.type.exists]
SECRETS = [
    (name, each)
    for name, each in parameters()
    if isinstance(each, click.Option) and str(each.name).endswith(READS_SECRETS) and not isinstance(each.type, click.Path)
]


def test_each_takes_the_common_options() -> None:
    taken = {name: {each.name for each in find_command(tuple(name.split())).params} for name in COMMANDS}
    assert {
        name: COMMON - options for name, options in taken.items() if name not in WITHOUT_STORE and not options >= COMMON
    } == {}


@pytest.mark.parametrize(("name", "each"), INPUTS, ids=[f"{name} {each.name}" for name, each in INPUTS])
def test_a_path_that_does_not_exist_is_wrong_usage(desk: Desk, name: str, each: click.Parameter) -> None:
    done = desk.call(*name.split(), *fill(name, each, "no-such-file"))
    assert done.code == 2 and not done.out, done
    (line,) = done.err.splitlines()
    assert "no-such-file" in line and f"triage {name} --help" in line


def test_no_input_is_read_without_saying_that_it_must_exist() -> None:
    """A path that need not exist is something to write: tests/outputs/test_table.py asks for its row."""
    assert len(INPUTS) > 12 and len(SECRETS) > 5


@pytest.mark.usefixtures("cheap_passphrases")
@pytest.mark.parametrize("name", COMMANDS)
def test_ctrl_c_is_one_line_that_says_what_was_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    def press(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    own = copy_desk(desk, tmp_path)
    monkeypatch.setattr("triage.jobs.session.unlock", press)
    done = own.call(*name.split(), *COMMANDS[name])
    if done.code == STOPPED:
        (line,) = done.err.splitlines()
        assert line.startswith("Stopped. ") and line.endswith("."), line
    else:  # refused before a store is opened, or needs none
        assert done.code in (0, 1, 2, SET_ASIDE), done


@pytest.mark.parametrize("name", COMMANDS)
def test_read_only_changes_no_byte_and_every_object_has_its_schema(desk: Desk, tmp_path: Path, name: str) -> None:
    own = copy_desk(desk, tmp_path)
    before = describe(own.store)
    done = own.call(*name.split(), *COMMANDS[name], *(() if name in WITHOUT_STORE else ("--read-only", "--json")))
    assert describe(own.store) == before
    assert done.code in (0, 1, 2, SET_ASIDE) and "fault of Triage" not in done.err
    assert done.code in (0, SET_ASIDE) or done.out or len(done.err.splitlines()) == 1, done
    if done.out and name not in WITHOUT_STORE:
        document = json.loads(done.out)
        assert isinstance(document, list) or document["schema"] == "triage/1"


UNKNOWN = (
    (("queue", "--office", "NOWHERE"), ("ISB", "HQ")),
    (("queue", "--assignee", "nobody"), ("first",)),
    (("export", "queue", "--office", "NOWHERE", "--out", "q.csv"), ("ISB", "HQ")),
    (("set", REPORT, "--assign", "nobody"), ("first",)),
    (("user", "disable", "nobody"), ("first",)),
    (("user", "roles", "nobody", "--role", "lead"), ("first",)),
    (("user", "passphrase", "--for", "nobody", "--new-passphrase-file", "words"), ("first",)),
    (("user", "profile", "nobody", "--rank", "Inspector"), ("first",)),
    (("user", "add", "next", "--role", "boss", "--new-passphrase-file", "words"), ("lead", "examiner")),
    (("show", "999"), (REPORT,)),
    (("show", REPORT, "--version", "99"), ("1",)),
    (("why", "999", REPORT), (REPORT,)),
    (("links", "999"), (REPORT,)),
    (("set", "999", "--note", "x"), (REPORT,)),
    (("packet", "create", "999", "--out", "p"), (REPORT,)),
    (("hold", "999", "--reason", "x"), (REPORT,)),
    (("case", "open", "999"), (REPORT,)),
    (("case", "show", "C-1"), ("none yet",)),
    (("case", "officer", "C-1", "nobody"), ()),
    (("lists", "remove", "nothing"), ("none yet",)),
    (("lists", "hits", "nothing"), ("none yet",)),
    (("keys", "distrust", "nobody"), ("none yet",)),
    (("policy", "set", "nothing", "1"), ("receipt-required",)),
)


@pytest.mark.parametrize(("command", "choices"), UNKNOWN, ids=[" ".join(command) for command, _ in UNKNOWN])
def test_what_is_not_known_is_refused_with_what_can_be_chosen(
    desk: Desk, tmp_path: Path, command: tuple[str, ...], choices: tuple[str, ...]
) -> None:
    refusal = copy_desk(desk, tmp_path).call(*command).refusal
    assert [choice for choice in choices if choice not in refusal] == [], refusal


def copy_desk(desk: Desk, folder: Path) -> Desk:
    work = Path(shutil.copytree(desk.work, folder / "work", symlinks=True))
    return replace(desk, work=work, store=work / "store")

"""Every command that writes refuses the folder of a store or backup, before it asks for anything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Desk
from triage.cli.group import triage

REFUSED = "folder of a store or backup"


def list_targets(command: click.Command, *words: str) -> Iterator[tuple[tuple[str, ...], click.Parameter, bool]]:
    """Yields each path of each command that need not be there, other than that of the store, and whether it knows --force."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            sub = command.get_command(context, name)
            assert sub is not None
            yield from list_targets(sub, *words, name)
    for param in command.params:
        if isinstance(param.type, click.Path) and not param.type.exists and "--store" not in param.opts:
            yield words, param, any("--force" in each.opts for each in command.params)


TARGETS = list(list_targets(triage))


def list_tree(folder: Path) -> dict[Path, bytes | None]:
    """Returns what lies in a folder, with the content of each file but the log."""
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*") if "log" not in path.parts}


@pytest.fixture(scope="module")
def other(desk: Desk) -> Path:
    """A backup of the store."""
    assert desk.run("backup", "other").code == 0
    (desk.work / "link").symlink_to(desk.store)
    return desk.work / "other"


def test_all_commands_that_write_are_found() -> None:
    found = {" ".join(words) for words, _, _ in TARGETS}
    assert {"export queue", "audit export-head", "backup", "destroy", "packet create", "register export", "rules export"} <= found
    assert len(found) > 30


@pytest.mark.parametrize(("words", "param", "forced"), TARGETS, ids=[" ".join((*w, *p.opts)) for w, p, _ in TARGETS])
def test_no_command_writes_into_a_store_or_backup(
    desk: Desk, other: Path, words: tuple[str, ...], param: click.Parameter, forced: bool
) -> None:
    before = list_tree(desk.store), list_tree(other)
    option = () if isinstance(param, click.Argument) else (param.opts[0],)
    folder = isinstance(param.type, click.Path) and not param.type.file_okay
    for place in (desk.store, other, desk.work / "link", desk.store / "vault" / ".." / "new"):
        for name in ("new.pdf", *(() if folder else ("keys.json", "backup.json"))):
            for force in ((), ("--force",)) if forced else ((),):
                assert REFUSED in desk.call(*words, *force, *option, place / name).refusal
    assert (list_tree(desk.store), list_tree(other)) == before


def test_no_store_is_made_in_a_store_or_backup(desk: Desk, other: Path) -> None:
    before = list_tree(desk.store), list_tree(other)
    for place in (desk.store, other, desk.work / "link"):
        common = ("--store", place / "new" / "store", "--user", "first", "--passphrase-file", desk.work / "words")
        assert REFUSED in desk.call("init", *common, common=False).refusal
        assert REFUSED in desk.call("restore", other, *common, common=False).refusal
        (desk.work / "through").unlink(missing_ok=True)
        (desk.work / "through").symlink_to(place / "new")
        assert REFUSED in desk.call("backup", desk.work / "through").refusal
    assert (list_tree(desk.store), list_tree(other)) == before

"""The whole way of an update from the command line, and each refusal as one sentence."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.jobs.conftest import CHEAP
from tests.update_files import ISSUER, STRANGER, write_update
from triage.cli import signed_updates as _updates  # noqa: F401 - defines the command
from triage.cli.group import triage
from triage.errors import WorldError
from triage.importers.update_file import read_update
from triage.resources import replace_tables
from triage.store.store import Store


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Any]:
    Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store.close()
    (tmp_path / "words").write_text("seven green boats")
    shared = ("--store", str(tmp_path / "store"), "--user", "first", "--passphrase-file", str(tmp_path / "words"))

    def run_update(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(triage, ["update", *words, *shared], standalone_mode=False)
        if result.exception is not None:
            assert isinstance(result.exception, WorldError)
            return 1, str(result.exception)
        return int(result.return_value), result.stdout

    yield run_update
    replace_tables({})


def test_an_update_from_show_to_undo(run: Any, tmp_path: Path) -> None:
    file = str(write_update(tmp_path / "u"))
    code, said = run("show", file)
    assert (code, "Nobody here trusts the issuer" in said) == (1, True)
    assert run("trust", ISSUER, "--name", "Headquarters")[0] == 0
    code, said = run("show", file, "--json")
    shown = json.loads(said)
    assert (code, shown["issuer_name"], shown["number"]) == (0, "Headquarters", 1)
    code, said = run("apply", file, "--digest", shown["digest"])
    assert (code, "Update 1 (offices number 1) is in use." in said) == (0, True)
    assert json.loads(run("list", "--json")[1])[0]["in_use"] is True
    assert run("undo", "1") == (0, "Update 1 is undone.\n")
    assert "undone 20" in run("list")[1]
    assert "Headquarters" in run("issuers")[1]
    assert run("distrust", "Headquarters")[0] == 0


def digest_of(file: Path) -> str:
    return read_update(file.read_bytes()).digest


def test_the_digest_that_was_shown_is_needed(tmp_path: Path) -> None:
    done = CliRunner().invoke(triage, ["update", "apply", str(write_update(tmp_path / "u"))])
    assert (done.exit_code, "--digest" in done.output) == (2, True)


def test_a_refusal_is_one_sentence(run: Any, tmp_path: Path) -> None:
    code, said = run("apply", str(write_update(tmp_path / "u", key=STRANGER)), "--digest", digest_of(tmp_path / "u"))
    assert code == 1
    assert said.startswith("Nobody here trusts the issuer of this update")


def test_a_command_to_copy_holds_the_name_of_the_file_as_one_word(run: Any, tmp_path: Path) -> None:
    run("trust", ISSUER, "--name", "Headquarters")
    file = write_update(tmp_path / "u; touch gone")
    said = run("show", str(file))[1].splitlines()[-1]
    assert shlex.split(said.split(": ", 1)[1])[:4] == ["triage", "update", "apply", str(file)]

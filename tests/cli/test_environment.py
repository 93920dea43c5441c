"""Environment variables, displays, shell completion, and the schema key."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Desk
from triage.cli import display
from triage.errors import WorldError


def variables(desk: Desk) -> dict[str, str]:
    words = str(desk.work / "words")
    return {"TRIAGE_STORE": str(desk.store), "TRIAGE_USER": "first", "TRIAGE_PASSPHRASE_FILE": words}


def test_the_environment_names_store_user_and_passphrase_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables(desk).items():
        monkeypatch.setenv(name, value)
    assert desk.call("queue", "--json", common=False).code == 0


@pytest.mark.parametrize("before", [True, False])
def test_an_option_wins_over_a_variable_on_either_side_of_the_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    for name in variables(desk):
        monkeypatch.setenv(name, "nobody")
    given = ("--store", desk.store, "--user", "first", "--passphrase-file", "words")
    arguments = (*given, "queue", "--json") if before else ("queue", "--json", *given)
    assert desk.call(*arguments, common=False).code == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a desktop")
@pytest.mark.parametrize("display", ["", ":7777"])
def test_without_a_display_the_desktop_ends_with_one_sentence(desk: Desk, display: str) -> None:
    done = desk.run(common=False, QT_QPA_PLATFORM="", DISPLAY=display, WAYLAND_DISPLAY="")
    assert "display" in done.refusal or "system library" in done.refusal


def test_a_missing_part_of_the_desktop_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "find_spec", lambda _: None)
    with pytest.raises(WorldError, match="not installed"):
        display.require_display({})


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a desktop")
def test_a_library_that_the_desktop_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file")

    monkeypatch.setattr("ctypes.CDLL", fail)
    monkeypatch.setattr("triage.cli.display.find_spec", lambda _: object())
    monkeypatch.setattr("triage.cli.display._find_x11_plugin", lambda: Path("libqxcb.so"))
    with pytest.raises(WorldError, match=r"system library libxcb-cursor\.so\.0"):
        display.require_display({"DISPLAY": ":0"})
    display.require_display({"QT_QPA_PLATFORM": "offscreen"})


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion(desk: Desk, shell: str) -> None:
    done = desk.call("completion", shell, common=False)
    assert done.code == 0 and b"_TRIAGE_COMPLETE" in done.out


def test_the_shell_is_answered_with_what_can_follow(desk: Desk) -> None:
    def follows(words: str, at: int) -> list[str]:
        done = desk.run(common=False, _TRIAGE_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(at))
        assert (done.code, done.err) == (0, "")
        return done.out.decode().split()

    assert follows("triage pack", 1) == ["plain,packet"]
    assert follows("triage packet v", 2) == ["plain,verify", "plain,viewing-log"]
    assert "plain,--office" in follows("triage queue --off", 2)


def test_every_object_carries_the_schema_and_arrays_stay_arrays(desk: Desk) -> None:
    for command in (("show", "900000001"), ("stats",), ("keys", "show"), ("policy", "list"), ("audit", "verify")):
        assert desk.call(*command, "--json").json["schema"] == "triage/1", command
    assert isinstance(desk.call("queue", "--json").json, list)

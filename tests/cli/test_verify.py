"""Whose key signed: by a store's known keys, by the fingerprint on paper, or not known at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS, Desk
from tests.jobs.conftest import CHEAP
from triage.store.store import Store


@pytest.fixture(scope="module")
def other(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Another workstation, which knows no key but its own."""
    store = tmp_path_factory.mktemp("other") / "store"
    Store.create(store, "first", WORDS, cost=CHEAP).store.close()
    return replace(desk, store=store)


@pytest.mark.parametrize("kind", ["queue", "packet"])
def test_unchanged_and_whose_key_are_two_questions(desk: Desk, other: Desk, tmp_path: Path, kind: str) -> None:
    out = tmp_path / ("q.csv" if kind == "queue" else "packet")
    made = ("export", "queue") if kind == "queue" else ("packet", "create", "900000001")
    key = desk.call(*made, "--out", out, "--json").json["signature_key"]
    verify = ("verify", out) if kind == "queue" else ("packet", "verify", out)

    nobody = desk.call(*verify, "--json", common=False)
    assert desk.call("verify", out, "--json", common=False).json == nobody.json, "a packet is verified by the short command too"
    assert (nobody.code, nobody.json["valid"], nobody.json["signer"]) == (0, True, {"known": None, "name": None})
    said = desk.call(*verify, common=False).out.decode()
    assert said == f"Unchanged since signed. Key {key}: compare it with the desk's paper.\n"

    assert desk.call(*verify, "--json").json["signer"] == {"known": True, "name": "this store"}
    stranger = other.call(*verify, "--json")
    assert (stranger.code, stranger.json["valid"], stranger.json["signer"]) == (1, True, {"known": False, "name": None})
    said = other.call(*verify).out.decode()
    assert "does NOT know" in said and "valid" not in said.lower()

    for paper, code in ((key, 0), (" ".join(key.upper()), 0), ("0" * 64, 1)):
        done = desk.call(*verify, "--fingerprint", paper, "--json", common=False)
        assert (done.code, done.json["valid"], done.json["signer"]) == (code, True, {"known": not code, "name": None})
    assert "ANOTHER KEY" in desk.call(*verify, "--fingerprint", "0" * 64, common=False).out.decode()
    assert desk.call(*verify, "--fingerprint", "12", common=False).code == 2


def test_a_key_that_was_trusted_is_known_by_its_name(desk: Desk, other: Desk, tmp_path: Path) -> None:
    key = desk.call("export", "queue", "--out", tmp_path / "q.csv", "--json").json["signature_key"]
    assert other.call("keys", "trust", key, "--name", "Lahore").code == 0
    done = other.call("verify", tmp_path / "q.csv", "--json")
    assert (done.code, done.json["signer"]) == (0, {"known": True, "name": "Lahore"})
    (tmp_path / "q.csv").write_text("changed")
    changed = other.call("verify", tmp_path / "q.csv", "--json")
    assert (changed.code, changed.json["valid"]) == (1, False)

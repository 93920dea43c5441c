"""What check and audit say of a store that was touched, and of one that is older than a head kept elsewhere."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS, Desk
from tests.jobs.conftest import CHEAP
from triage.store.store import Store


@pytest.fixture
def copy(desk: Desk, tmp_path: Path) -> Desk:
    """The same desk with a store of its own to be spoilt."""
    return Desk(desk.work, Path(shutil.copytree(desk.store, tmp_path / "store")))


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def test_a_clean_store(desk: Desk) -> None:
    done = desk.call("check", "--json")
    assert (done.code, done.json["valid"], done.json["problems"]) == (0, True, [])
    assert done.json["checked"]["reports"] == 1 and done.json["checked"]["media"] >= 1
    assert b"Everything agrees." in desk.call("check").out


def test_a_changed_byte_in_the_vault(copy: Desk) -> None:
    (pack,) = (copy.store / "vault").glob("*.pack")
    flip(pack, pack.stat().st_size // 2)
    done = copy.call("check", "--json")
    assert (done.code, done.json["valid"]) == (1, False)
    assert done.json["problems"] and all(problem.endswith(".") for problem in done.json["problems"])
    people = copy.call("check")
    assert people.code == 1 and b"Problems were found." in people.out and people.err == ""


def test_a_changed_byte_in_the_database(copy: Desk) -> None:
    flip(copy.store / "triage.db", 16_384 + 5_000)
    done = copy.call("check", "--json")
    assert done.code == 1 and "Traceback" not in done.err
    if done.out:
        assert done.json["valid"] is False
    else:
        assert len(done.err.splitlines()) == 1


def test_a_damaged_key_file(copy: Desk) -> None:
    (copy.store / "keys.json").write_bytes(b"{}")
    assert "key" in copy.call("queue").refusal


def test_an_exported_head_still_holds_later(copy: Desk, tmp_path: Path) -> None:
    assert copy.call("audit", "export-head", "--out", tmp_path / "head.json").code == 0
    assert copy.call("set", "900000001", "--status", "in_progress").code == 0
    done = copy.call("audit", "verify", "--head", tmp_path / "head.json", "--json")
    assert (done.code, done.json["valid"], done.json["problems"]) == (0, True, [])
    assert done.json["entries"] == json.loads((tmp_path / "head.json").read_bytes())["count"] + 2, (
        "the export itself, and the decision"
    )


def test_a_store_put_back_to_an_earlier_day_is_found_out(copy: Desk, tmp_path: Path) -> None:
    shutil.copytree(copy.store, tmp_path / "earlier")
    assert copy.call("set", "900000001", "--status", "in_progress").code == 0
    assert copy.call("audit", "export-head", "--out", tmp_path / "head.json").code == 0
    old = Desk(copy.work, tmp_path / "earlier")
    assert old.call("audit", "verify").code == 0, "by itself it looks whole"
    done = old.call("audit", "verify", "--head", tmp_path / "head.json", "--json")
    assert (done.code, done.json["valid"]) == (1, False)
    assert "exported head" in " ".join(done.json["problems"])
    only_database = Desk(copy.work, tmp_path / "mixed")
    shutil.copytree(copy.store, only_database.store)
    for name in ("triage.db", "triage.db-wal", "triage.db-shm"):
        (only_database.store / name).unlink(missing_ok=True)
        if (old.store / name).exists():
            shutil.copy(old.store / name, only_database.store / name)
    assert "older than the audit log's head" in only_database.call("queue").refusal
    assert only_database.call("audit", "verify").code == 1


def test_a_head_that_is_damaged_or_a_strangers_says_nothing_about_the_log(copy: Desk, desk: Desk, tmp_path: Path) -> None:
    assert copy.call("audit", "export-head", "--out", tmp_path / "head.json").code == 0
    head = json.loads((tmp_path / "head.json").read_bytes())
    assert copy.call("audit", "verify", "--head", tmp_path / "head.json", "--json").json["head_problem"] is None
    other = Desk(desk.work, tmp_path / "other")
    Store.create(other.store, "first", WORDS, cost=CHEAP).store.close()
    assert other.call("audit", "export-head", "--out", tmp_path / "other.json").code == 0
    (tmp_path / "empty.json").write_text("{}")
    (tmp_path / "edited.json").write_text(json.dumps(head | {"count": head["count"] - 1}))
    for name, why in (("empty", "damaged"), ("other", "another store"), ("edited", "changed after it was signed")):
        done = copy.call("audit", "verify", "--head", tmp_path / f"{name}.json", "--json")
        assert (done.code, done.json["valid"], done.json["problems"]) == (1, True, [])
        assert why in done.json["head_problem"]
        people = copy.call("audit", "verify", "--head", tmp_path / f"{name}.json")
        assert people.code == 1 and b"The audit log is whole." in people.out and why.encode() in people.out

"""sweep, possible, same, not-same, held and inherited grades, as a script calls them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import Desk
from tests.jobs.bundles import jpeg, le_json
from triage import limits
from triage.errors import InputError

NUMBER, LIKE = "900000001", "900000002"


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Desk:
    """With a second report whose picture is like the first one's."""
    shutil.copytree(desk.work, tmp_path / "work")
    made = replace(desk, work=tmp_path / "work", store=tmp_path / "work" / "store")
    folder = made.work / "more" / LIKE
    folder.mkdir(parents=True)
    (folder / "r.json").write_bytes(le_json(int(LIKE)))
    (folder / f"{LIKE}.jpg").write_bytes(jpeg(1, 60))
    assert made.call("import", "more", "--json").json["held"] == 0
    return made


def test_a_sweep_and_a_match_say_what_they_could_not_check(own: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_decoded(*_: object) -> bytes:
        raise InputError("The file could not be decoded: took too long.")

    with monkeypatch.context() as patched:
        patched.setattr("triage.decode.client.MediaPool.decode_cells", not_decoded)
        swept = own.call("sweep", "--json")
        pictures = swept.json["pictures"]
        assert (swept.code, swept.json["unchecked"]) == (3, {"could not be decoded: took too long": pictures})
        said = own.call("sweep").out.decode()
        assert f"not checked: uneven crops of {pictures} images: could not be decoded: took too long" in said
        assert "not checked: uneven crops: could not be decoded: took too long" in own.call("show", NUMBER).out.decode()
        told = own.call("match", f"more/{LIKE}/{LIKE}.jpg").out.decode()
        assert "not checked: uneven crops: could not be decoded: took too long" in told
    again = own.call("sweep", "--json")
    assert (again.code, again.json["unchecked"], again.json["left"]) == (0, {}, 0)


def test_what_people_say_of_two_pictures(own: Desk) -> None:
    swept = own.call("sweep", "--json").json
    assert swept.keys() >= {"pictures", "pairs", "left", "possible", "held"} and swept["left"] == 0
    assert "0 left" in own.call("sweep").out.decode()
    first, second = (own.call("show", number, "--json").json["files"][0] for number in (NUMBER, LIKE))
    (like,) = second["alike"]
    assert {"tier", "hash", "variant", "distance", "second", "quality", "other_quality", "joined_by", "grade"} < like.keys()
    assert own.call("possible", "--json").json == []
    assert "No possible match" in own.call("possible").out.decode()

    assert own.call("grade", NUMBER, first["sha256"], "--grade", "adult").code == 0
    assert own.call("grade", LIKE, second["sha256"], "--grade", "adult", "--inherit", first["sha256"]).code == 2
    told = own.call("grade", LIKE, second["sha256"], "--inherit", first["sha256"]).out.decode()
    assert f"adult, inherited from {first['sha256'][:12]}, seen by first at" in told
    verdict = own.call("show", LIKE, "--json").json["files"][0]["verdict"]
    assert (verdict["inherited_from"], verdict["inherited_distance"]) == (first["sha256"], like["distance"])

    assert own.call("not-same", first["sha256"], second["sha256"], "--json").json == {
        "schema": "triage/1",
        "not_same": [first["sha256"], second["sha256"]],
    }
    assert own.call("show", LIKE, "--json").json["files"][0]["verdict"]["grade"] is None
    assert own.call("same", first["sha256"], second["sha256"]).code == 0
    (again,) = own.call("show", LIKE, "--json").json["files"][0]["alike"]
    assert again["joined_by"] == "first"
    shown = own.call("show", LIKE).out.decode()
    assert f"match with {first['sha256']}: PDQ distance" in shown and "confirmed by first; seen by first at" in shown
    assert "neither a stored file" in own.call("same", first["sha256"], "ab" * 32).refusal
    found = own.call("audit", "verify", "--json").json
    assert found["valid"] is True


def test_held_hashes(own: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HELD_FROM", 2)
    assert own.call("held", "--json").json == []
    pdq = own.call("show", NUMBER, "--json").json["files"][0]["pdq"]
    (own.work / "list.csv").write_text(f"PDQ\n{pdq}\n")
    assert own.call("lists", "add", "list.csv", "--name", "device", "--kind", "case").code == 0
    (held,) = own.call("held", "--json").json
    assert held["hash"] == pdq and held["outcome"] == "waits for a lead"
    assert "waits for a lead" in own.call("held").out.decode()
    assert "held for review" in own.call("lists", "hits", "device").out.decode()
    assert "1 hashes held for review" in own.call("stats").out.decode()
    assert "confirmed" in own.call("held", "confirm", held["id"]).out.decode()
    assert own.call("held", "reject", held["id"], "--json").json["decided_by"] == "first"
    assert "No held hash has the number" in own.call("held", "confirm", 9).refusal
    (result,) = own.call("match", own.work / "more" / LIKE / f"{LIKE}.jpg", "--json").json
    near = next(near for near in result["near"] if near["lists"])
    assert near["held"] and near["list_hash"] == pdq and near["list_date"] and near["quality"]
    assert "held for review, not counted" in own.call("match", own.work / "more" / LIKE / f"{LIKE}.jpg").out.decode()

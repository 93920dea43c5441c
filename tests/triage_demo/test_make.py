"""The bundles on disk: the same bytes for the same seed, everything that the truth names, and the things that cannot be read."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from triage.errors import WorldError
from triage_demo.feed.bundles import LOCK
from triage_demo.feed.make import Feed, make


def contents(data: bytes, at: str) -> dict[str, bytes]:
    """All files of a zip and of zips in it."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            inner = archive.read(name)
            found |= contents(inner, f"{at}!/{name}") if name.endswith(".zip") else {f"{at}!/{name}": inner}
    return found


def everything(bundles: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(bundles.rglob("*")):
        if path.is_file():
            name, data = path.relative_to(bundles).as_posix(), path.read_bytes()
            readable = name.endswith(".zip") and name not in ("damaged.zip", "locked.zip")
            found |= contents(data, name) if readable else {name: data}
    return found


def test_the_same_seed_makes_the_same_bytes(feed: Feed, tmp_path: Path) -> None:
    again = make(tmp_path / "again", seed=5, reports=40)
    assert everything(again.bundles) == everything(feed.bundles)
    assert again.truth.read_bytes() == feed.truth.read_bytes()


def test_a_finished_feed_is_left_as_it_is_and_another_replaced(tmp_path: Path) -> None:
    first = make(tmp_path, seed=1, reports=2)
    stamp = first.truth.stat().st_mtime_ns
    assert make(tmp_path, seed=1, reports=2) == first
    assert first.truth.stat().st_mtime_ns == stamp
    before = everything(first.bundles)
    assert everything(make(tmp_path, seed=2, reports=2).bundles) != before


def test_a_strange_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bundles").mkdir()
    with pytest.raises(WorldError, match="no feed"):
        make(tmp_path, reports=2)


def test_the_truth_lies_outside_the_bundles(feed: Feed) -> None:
    assert feed.truth.parent == feed.bundles.parent
    assert not [path for path in everything(feed.bundles) if "truth" in path]


def test_every_file_that_the_truth_calls_present_is_there(feed: Feed, truth: dict[str, Any]) -> None:
    there = everything(feed.bundles)
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in there.items()}
    for report in truth["reports"]:
        below = report["path"]
        assert any(path.startswith(below) for path in there), below
        for file in report["files"]:
            found = [digest for path, digest in digests.items() if path.startswith(below) and path.endswith("/" + file["name"])]
            assert found == ([file["sha256"]] if file["present"] else [])


def test_what_cannot_be_read_is_there(feed: Feed, truth: dict[str, Any]) -> None:
    for path in [*truth["set_aside"], *truth["junk"], *truth["loose"]]:
        assert (feed.bundles / path).is_file()
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(feed.bundles / "damaged.zip")


def test_the_locked_zip_opens_with_its_password_only(feed: Feed, truth: dict[str, Any]) -> None:
    assert truth["passwords"] == [LOCK]
    with zipfile.ZipFile(feed.bundles / "locked.zip") as archive:
        first = archive.namelist()[0]
        with pytest.raises(RuntimeError, match="password"):
            archive.read(first)
        archive.setpassword(LOCK.encode())
        assert archive.testzip() is None
